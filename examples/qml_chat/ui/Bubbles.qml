// Two speech bubbles: the picture of a chat that has not begun.
import QtQuick
import ExampleUi

Item {
    implicitWidth: 92
    implicitHeight: 72
    width: implicitWidth
    height: implicitHeight

    Rectangle {
        width: 62
        height: 40
        radius: 14
        color: Theme.bubble
        border.width: Theme.dark ? 0 : 1
        border.color: Theme.line
    }
    Rectangle {
        x: 30
        y: 28
        width: 62
        height: 40
        radius: 14
        color: Theme.accent

        Row {
            anchors.centerIn: parent
            spacing: 6

            Repeater {
                model: 3

                Rectangle {
                    width: 6
                    height: 6
                    radius: 3
                    color: Theme.accentText
                }
            }
        }
    }
}
