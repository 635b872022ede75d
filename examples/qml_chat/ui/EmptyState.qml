// What stands in the middle while there are no messages to show.
import QtQuick
import QtQuick.Layouts

ColumnLayout {
    id: root

    required property string title
    required property string details

    spacing: 8

    Item {
        Layout.alignment: Qt.AlignHCenter
        Layout.bottomMargin: 10
        implicitWidth: 92
        implicitHeight: 72

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
    Text {
        Layout.alignment: Qt.AlignHCenter
        text: root.title
        color: Theme.text
        font.pixelSize: Theme.large
        font.weight: Font.DemiBold
    }
    Text {
        Layout.alignment: Qt.AlignHCenter
        Layout.maximumWidth: 380
        horizontalAlignment: Text.AlignHCenter
        text: root.details
        wrapMode: Text.Wrap
        color: Theme.faint
        font.pixelSize: Theme.normal - 1
        lineHeight: 1.2
    }
}
