// A round box to tick.
import QtQuick
import QtQuick.Controls.Basic
import ExampleUi

AbstractButton {
    id: root

    checkable: true
    implicitWidth: 40
    implicitHeight: 40

    contentItem: Item {
        Rectangle {
            anchors.centerIn: parent
            width: 22
            height: 22
            radius: 11
            color: root.checked ? Theme.accent : "transparent"
            border.width: root.checked ? 0 : 1.6
            border.color: root.hovered ? Theme.accent : Theme.faint
            scale: root.down ? 0.9 : 1

            Behavior on color {
                ColorAnimation {
                    duration: 120
                }
            }

            // Two strokes that meet: no font has the same tick everywhere.
            Item {
                anchors.centerIn: parent
                anchors.verticalCenterOffset: -1
                width: 12
                height: 7
                rotation: -45
                visible: root.checked

                Rectangle {
                    width: 2
                    height: parent.height
                    radius: 1
                    color: Theme.accentText
                }
                Rectangle {
                    y: parent.height - 2
                    width: parent.width
                    height: 2
                    radius: 1
                    color: Theme.accentText
                }
            }
        }
    }
}
