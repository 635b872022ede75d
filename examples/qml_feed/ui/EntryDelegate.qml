// One entry of the log.
import QtQuick
import QtQuick.Layouts
import ExampleUi

Item {
    id: root

    required property int index
    required property string _id
    required property string author
    required property string text
    required property double at
    required property int likes

    property bool given: false

    signal liked

    function timeText(time: double): string {
        const date = new Date(time)
        if (date.toDateString() === new Date().toDateString())
            return Qt.formatTime(date, "hh:mm")
        return date.toLocaleString(Qt.locale(), "d MMM yyyy, hh:mm")
    }

    implicitHeight: card.height + 10

    Rectangle {
        id: card

        width: root.width
        height: row.implicitHeight + 24
        radius: 16
        color: Theme.surface
        border.width: Theme.dark ? 0 : 1
        border.color: Theme.line

        RowLayout {
            id: row

            x: 16
            y: 14
            width: parent.width - 28
            spacing: 14

            Avatar {
                Layout.alignment: Qt.AlignTop
                implicitWidth: 40
                implicitHeight: 40
                name: root.author
            }
            ColumnLayout {
                Layout.fillWidth: true
                spacing: 3

                RowLayout {
                    spacing: 8

                    Text {
                        text: root.author
                        color: Theme.text
                        font.pixelSize: Theme.normal - 1
                        font.weight: Font.DemiBold
                    }
                    Text {
                        text: root.timeText(root.at)
                        color: Theme.faint
                        font.pixelSize: Theme.small
                    }
                }
                Text {
                    Layout.fillWidth: true
                    text: root.text
                    textFormat: Text.PlainText
                    wrapMode: Text.Wrap
                    color: Theme.text
                    font.pixelSize: Theme.normal
                    lineHeight: 1.15
                }
                Heart {
                    objectName: "heart"
                    Layout.leftMargin: -10
                    likes: root.likes
                    given: root.given
                    onClicked: root.liked()
                }
            }
        }
    }
}
