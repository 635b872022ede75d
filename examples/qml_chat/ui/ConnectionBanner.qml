// Slides in while there is no connection; what is written meanwhile goes out later.
import QtQuick
import QtQuick.Layouts

Item {
    id: root

    required property bool shown
    required property bool hasEverConnected
    required property int retries
    required property int waiting

    implicitHeight: shown ? 40 : 0
    clip: true

    Behavior on implicitHeight {
        NumberAnimation {
            duration: 220
            easing.type: Easing.OutCubic
        }
    }

    Rectangle {
        width: parent.width
        height: 40
        y: root.height - height
        color: Theme.warning

        RowLayout {
            anchors.centerIn: parent
            spacing: 10

            Rectangle {
                implicitWidth: 8
                implicitHeight: 8
                radius: 4
                color: Theme.warningText

                SequentialAnimation on opacity {
                    running: root.shown
                    loops: Animation.Infinite
                    NumberAnimation {
                        to: 0.25
                        duration: 600
                    }
                    NumberAnimation {
                        to: 1
                        duration: 600
                    }
                }
            }
            Text {
                text: {
                    const reason = root.hasEverConnected ? qsTr("Connection lost") : qsTr("Nobody answers yet")
                    const what = root.retries > 1 ? qsTr("%1, try %2 …").arg(reason).arg(root.retries) : qsTr("Connecting …")
                    if (root.waiting === 0)
                        return what
                    return what + "  ·  " + (root.waiting === 1 ? qsTr("1 message waits") : qsTr("%1 messages wait").arg(root.waiting))
                }
                color: Theme.warningText
                font.pixelSize: Theme.small + 1
                font.weight: Font.Medium
            }
        }
    }
}
