// One note.
import QtQuick
import QtQuick.Layouts
import ExampleUi

Item {
    id: root

    required property string _id
    required property string text
    required property bool isOptimistic

    signal dismissed

    implicitHeight: card.height + 10

    Rectangle {
        id: card

        width: root.width
        height: row.implicitHeight + 28
        radius: 16
        color: Theme.surface
        border.width: Theme.dark ? 0 : 1
        border.color: Theme.line
        opacity: root.isOptimistic ? 0.68 : 1

        HoverHandler {
            id: hover
        }
        RowLayout {
            id: row

            x: 18
            y: 14
            width: parent.width - 28
            spacing: 10

            Text {
                Layout.fillWidth: true
                text: root.text
                textFormat: Text.PlainText
                wrapMode: Text.Wrap
                color: Theme.text
                font.pixelSize: Theme.normal
                lineHeight: 1.15
            }
            ClockGlyph {
                Layout.rightMargin: 8
                visible: root.isOptimistic
            }
            RoundIcon {
                implicitWidth: 30
                implicitHeight: 30
                visible: !root.isOptimistic
                opacity: hover.hovered ? 1 : 0.35
                text: "\u00d7"
                font.pixelSize: 18
                Accessible.name: qsTr("Remove")
                onClicked: root.dismissed()
            }
        }
    }
}
