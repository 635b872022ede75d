// The head of a window: title, how live it is, and to the right what the window puts there.
import QtQuick
import QtQuick.Layouts

Rectangle {
    id: root

    required property string title
    required property bool connected
    /// Said after "live".
    property string details
    default property alias content: content.data

    implicitHeight: 68
    color: Theme.surface

    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: 24
        anchors.rightMargin: 20
        spacing: 12

        ColumnLayout {
            spacing: 3

            Text {
                text: root.title
                color: Theme.text
                font.pixelSize: Theme.large
                font.weight: Font.DemiBold
            }
            RowLayout {
                spacing: 7

                Rectangle {
                    implicitWidth: 8
                    implicitHeight: 8
                    radius: 4
                    color: root.connected ? Theme.good : Theme.faint
                }
                Text {
                    text: {
                        const state = root.connected ? qsTr("live") : qsTr("offline")
                        return root.details === "" ? state : state + "  ·  " + root.details
                    }
                    color: Theme.faint
                    font.pixelSize: Theme.small
                }
            }
        }
        Item {
            Layout.fillWidth: true
        }
        RowLayout {
            id: content

            spacing: 12
        }
    }

    Rectangle {
        anchors.bottom: parent.bottom
        width: parent.width
        height: 1
        color: Theme.line
    }
}
