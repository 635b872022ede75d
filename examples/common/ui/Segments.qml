// A choice of a few words in one pill; the chosen one slides under the finger.
import QtQuick
import QtQuick.Controls.Basic

Rectangle {
    id: root

    required property list<string> choices
    property int current: 0

    implicitWidth: row.implicitWidth + 8
    implicitHeight: 38
    radius: 19
    color: Theme.field

    Rectangle {
        readonly property Item chosen: segments.count > 0 ? segments.itemAt(root.current) : null

        x: row.x + (chosen ? chosen.x : 0)
        y: row.y
        width: chosen ? chosen.width : 0
        height: row.height
        radius: height / 2
        color: Theme.dark ? "#343a47" : Theme.surface
        border.width: Theme.dark ? 0 : 1
        border.color: Theme.line

        Behavior on x {
            NumberAnimation {
                duration: 160
                easing.type: Easing.OutCubic
            }
        }
    }
    Row {
        id: row

        x: 4
        y: 4
        height: root.height - 8

        Repeater {
            id: segments

            model: root.choices

            AbstractButton {
                id: segment

                required property int index
                required property string modelData

                // Qt 6.4 cannot bind the ids around a delegate to it (pragma ComponentBehavior).
                // qmllint disable unqualified
                height: row.height
                onClicked: root.current = index
                // qmllint enable unqualified
                leftPadding: 14
                rightPadding: 14
                text: modelData

                contentItem: Text {
                    text: segment.text
                    verticalAlignment: Text.AlignVCenter
                    color: segment.index === root.current ? Theme.text : Theme.faint // qmllint disable unqualified
                    font.pixelSize: Theme.small + 1
                    font.weight: Font.Medium
                }
            }
        }
    }
}
