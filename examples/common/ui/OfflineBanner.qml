// Slides in while there is no connection; what is written meanwhile goes out later.
import QtQuick
import QtQuick.Layouts
import Hull

Item {
    id: root

    required property HullConnection connection
    /// What waits: "message", "messages".
    property string one: qsTr("change")
    property string many: qsTr("changes")
    readonly property bool shown: patience.passed && !connection.connected

    implicitHeight: shown ? 40 : 0
    clip: true

    Behavior on implicitHeight {
        NumberAnimation {
            duration: 220
            easing.type: Easing.OutCubic
        }
    }

    // A first connection that takes a moment is no news.
    Timer {
        id: patience

        property bool passed: root.connection.hasEverConnected

        interval: 800
        running: true
        onTriggered: passed = true
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
                    const waiting = root.connection.inflightMutations
                    const reason = root.connection.hasEverConnected ? qsTr("Connection lost") : qsTr("Nobody answers yet")
                    const what = root.connection.retries > 1 ? qsTr("%1, try %2 …").arg(reason).arg(root.connection.retries) : qsTr("Connecting …")
                    if (waiting === 0)
                        return what
                    return what + "  ·  " + (waiting === 1 ? qsTr("1 %1 waits").arg(root.one) : qsTr("%1 %2 wait").arg(waiting).arg(root.many))
                }
                color: Theme.warningText
                font.pixelSize: Theme.small + 1
                font.weight: Font.Medium
            }
        }
    }
}
