// Somebody who may sign in.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import ExampleUi

AbstractButton {
    id: root

    required property string name
    required property string email

    implicitWidth: 360
    implicitHeight: 68
    hoverEnabled: true
    Accessible.name: name

    background: Rectangle {
        radius: 16
        color: root.hovered ? Theme.hover : Theme.surface
        border.width: root.hovered ? 1.5 : (Theme.dark ? 0 : 1)
        border.color: root.hovered ? Theme.accent : Theme.line
    }
    contentItem: RowLayout {
        spacing: 14

        Avatar {
            Layout.leftMargin: 8
            implicitWidth: 42
            implicitHeight: 42
            name: root.name
        }
        ColumnLayout {
            spacing: 2

            Text {
                text: root.name
                color: Theme.text
                font.pixelSize: Theme.normal
                font.weight: Font.DemiBold
            }
            Text {
                text: root.email
                color: Theme.faint
                font.pixelSize: Theme.small + 1
            }
        }
        Item {
            Layout.fillWidth: true
        }
        Text {
            Layout.rightMargin: 10
            text: "\u2192"
            color: root.hovered ? Theme.accent : Theme.faint
            font.pixelSize: Theme.large
        }
    }
}
