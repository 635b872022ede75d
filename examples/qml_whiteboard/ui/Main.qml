// The board and its counters. Strokes and pens are two live queries; whoever draws, everybody sees it.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import ExampleUi
import Hull
import Whiteboard
import "predictions.js" as Predictions

ApplicationWindow {
    id: window

    property url deployment
    property string appearance: "system"
    property int drawers: 0
    property int rate: 30
    /// For a picture: enough has been drawn.
    readonly property bool settled: strokes.count >= Math.min(60, drawers * 4)
    property bool hasDrawn: false
    readonly property string me: "window " + Math.random().toString(36).slice(2, 8)

    function thousands(number: real): string {
        return Math.round(number).toLocaleString(Qt.locale(), "f", 0)
    }

    width: 1000
    height: 708
    minimumWidth: 620
    minimumHeight: 480
    visible: true
    title: qsTr("Hull whiteboard")
    color: Theme.window
    // Takes our pen along, unless that takes too long.
    onClosing: close => {
        if (!hasDrawn || farewell.running || !connection.connected)
            return
        close.accepted = false
        farewell.start()
        leave.call({
            drawer: me
        }).then(() => Qt.quit(), () => Qt.quit())
    }
    onAppearanceChanged: Theme.mode = appearance

    HullClient {
        id: backend

        url: window.deployment

        HullConnection {
            id: connection
        }
        HullQueryModel {
            id: strokes

            objectName: "strokes"
            query: "board:strokes"
            roles: ["color", "ink"]
        }
        HullQueryModel {
            id: pens

            objectName: "pens"
            query: "board:pens"
            roles: ["color", "ink"]
        }
        HullMutation {
            id: draw

            mutation: "board:draw"
            optimisticUpdate: Predictions.draw
            onFailed: error => notice.show(error.message)
        }
        HullMutation {
            id: leave

            mutation: "board:leave"
        }
        HullMutation {
            id: clear

            mutation: "board:clear"
            optimisticUpdate: Predictions.clear
            onFailed: error => notice.show(error.message)
        }
    }

    Crowd {
        id: crowd

        objectName: "crowd"
        deployment: window.deployment
        size: window.drawers
        rate: window.rate
        onRefused: why => notice.show(why)
    }

    // Our own movements, thirty times a second at most: what was drawn in between goes along.
    Timer {
        id: pace

        property var ink: []
        property real x: 0
        property real y: 0

        function send(down: bool) {
            const drawn = ink
            ink = []
            window.hasDrawn = true
            draw.call({
                drawer: window.me,
                name: qsTr("You"),
                color: "#5048e5",
                x: x,
                y: y,
                ink: drawn,
                down: down
            })
        }

        interval: 33
        onTriggered: send(true)
    }

    Timer {
        id: farewell

        interval: 600
        onTriggered: Qt.quit()
    }

    // What this window alone was told in the last second.
    Timer {
        id: here

        property int last: 0
        property int rate: 0

        interval: 1000
        repeat: true
        running: true
        onTriggered: {
            rate = board.changes - last
            last = board.changes
        }
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0

        TitleBar {
            Layout.fillWidth: true
            title: qsTr("Harbour board")
            connected: connection.connected
            details: pens.count === 1 ? qsTr("1 pen") : qsTr("%1 pens").arg(pens.count)

            Counter {
                label: qsTr("updates/s here")
                value: window.thousands(here.rate)
            }
            Counter {
                visible: crowd.size > 0
                label: qsTr("updates/s, all clients")
                value: window.thousands(crowd.seen + here.rate)
            }
            Counter {
                visible: crowd.size > 0
                label: qsTr("mutations/s")
                value: window.thousands(crowd.sent)
            }
            Counter {
                visible: crowd.size > 0
                label: qsTr("round trip")
                value: qsTr("%1 ms").arg(Math.round(crowd.roundTrip))
            }
            PillButton {
                quiet: true
                visible: crowd.size > 0
                text: crowd.drawing ? qsTr("Pause") : qsTr("Go on")
                onClicked: crowd.drawing ? crowd.rest() : crowd.start()
            }
            PillButton {
                quiet: true
                text: qsTr("Wipe")
                onClicked: clear.call()
            }
        }

        ConnectionBanner {
            Layout.fillWidth: true
            client: backend
            dark: Theme.dark
        }

        Item {
            Layout.fillWidth: true
            Layout.fillHeight: true

            Board {
                id: board

                anchors.centerIn: parent
                width: Math.min(parent.width - 40, (parent.height - 40) / 0.6)
                height: implicitHeight
                strokes: strokes
                pens: pens
                me: window.me
                onDrawn: (x, y, down) => {
                    pace.x = Math.round(x)
                    pace.y = Math.round(y)
                    if (pace.ink.length < 128)
                        pace.ink = pace.ink.concat([pace.x, pace.y])
                    if (down) {
                        if (!pace.running)
                            pace.start()
                    } else {
                        pace.stop()
                        pace.send(false)
                    }
                }
            }
        }

        Notice {
            id: notice

            objectName: "notice"
            Layout.fillWidth: true
        }
    }
}
