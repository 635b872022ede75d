// Says that the connection is lost, when the next try comes, and how many changes wait for it; goes by itself.
import QtQuick
import Hull

Item {
    id: banner

    // As set, or else the nearest one above.
    property alias client: connection.client
    // Milliseconds that a connection must be away before the banner shows: shorter gaps are nobody's business.
    property int delay: 500
    // By the palette, unless set.
    property bool dark: palette.window.hslLightness < palette.windowText.hslLightness
    // The connection was lost, or the first try failed, and there is none since.
    readonly property bool lost: !connection.connected && (connection.hasEverConnected || connection.retries > 0)
    readonly property bool shown: state !== "hidden"
    readonly property string text: {
        if (state === "back")
            return qsTr("Connected again")
        const waiting = connection.inflightMutations
        const changes = waiting === 0 ? "" : waiting === 1 ? qsTr(" · 1 change is waiting")
                                                           : qsTr(" · %1 changes are waiting").arg(waiting)
        const next = secondsLeft > 0 ? qsTr("Connection lost, next try in %1 s").arg(secondsLeft)
                                     : qsTr("Connection lost, trying to reconnect")
        return next + changes
    }
    // Until the next try; 0 while one is under way.
    property int secondsLeft: 0

    function retryNow() {
        connection.reconnectNow()
    }

    function count() {
        secondsLeft = Math.max(0, Math.ceil((private_.nextTry - Date.now()) / 1000))
    }

    implicitWidth: label.implicitWidth + dot.width + row.spacing + 32
    implicitHeight: shown ? 48 : 0
    visible: implicitHeight > 0
    clip: true
    state: "hidden"

    Accessible.role: Accessible.AlertMessage
    Accessible.name: text
    Accessible.ignored: !shown

    Behavior on implicitHeight {
        NumberAnimation {
            duration: 180
            easing.type: Easing.OutCubic
        }
    }

    onLostChanged: {
        if (lost) {
            if (state === "back")
                state = "lost"
            else
                patience.restart()
            return
        }
        patience.stop()
        if (state === "lost") {
            state = connection.connected ? "back" : "hidden"
            farewell.restart()
        }
    }

    QtObject {
        id: private_

        // When the next try comes, in milliseconds since the epoch.
        property double nextTry: 0
    }

    HullConnection {
        id: connection

        onNextRetryInChanged: {
            private_.nextTry = nextRetryIn < 0 ? 0 : Date.now() + nextRetryIn
            banner.count()
        }
    }

    Timer {
        id: patience

        interval: banner.delay
        onTriggered: banner.state = "lost"
    }
    Timer {
        id: farewell

        interval: 1600
        onTriggered: {
            if (banner.state === "back")
                banner.state = "hidden"
        }
    }
    Timer {
        interval: 200
        repeat: true
        running: banner.secondsLeft > 0 && banner.shown
        onTriggered: banner.count()
    }

    Rectangle {
        id: surface

        readonly property bool back: banner.state === "back"
        readonly property color ink: back ? (banner.dark ? "#b9f0cb" : "#14532d") : (banner.dark ? "#fde3b0" : "#5b3a05")
        readonly property color accent: back ? (banner.dark ? "#4ade80" : "#16a34a") : (banner.dark ? "#f5b13d" : "#d97706")

        anchors.fill: parent
        color: back ? (banner.dark ? "#12291b" : "#e9f7ee") : (banner.dark ? "#33270f" : "#fff5e1")

        Behavior on color {
            ColorAnimation {
                duration: 180
            }
        }

        Rectangle {
            anchors.bottom: parent.bottom
            width: parent.width
            height: 1
            color: surface.accent
            opacity: 0.45
        }
    }

    Row {
        id: row

        anchors.left: parent.left
        anchors.leftMargin: 16
        anchors.verticalCenter: parent.verticalCenter
        spacing: 10

        Rectangle {
            id: dot

            anchors.verticalCenter: parent.verticalCenter
            width: 9
            height: 9
            radius: 4.5
            color: surface.accent

            SequentialAnimation on opacity {
                running: banner.state === "lost" && banner.secondsLeft === 0
                loops: Animation.Infinite
                onStopped: dot.opacity = 1

                NumberAnimation {
                    to: 0.25
                    duration: 500
                }
                NumberAnimation {
                    to: 1
                    duration: 500
                }
            }
        }
        Text {
            id: label

            anchors.verticalCenter: parent.verticalCenter
            // The rest of the banner has its own place: a narrow window cuts the text.
            width: Math.min(implicitWidth, banner.width - 60 - (retry.visible ? retry.width + 12 : 0))
            elide: Text.ElideRight
            text: banner.text
            color: surface.ink
            font.pixelSize: 14
            Accessible.ignored: true
        }
    }

    Rectangle {
        id: retry

        objectName: "retryNow"
        anchors.right: parent.right
        anchors.rightMargin: 12
        anchors.verticalCenter: parent.verticalCenter
        width: action.implicitWidth + 24
        height: 30
        radius: 15
        visible: banner.state === "lost" && banner.secondsLeft > 0
        color: press.pressed ? Qt.alpha(surface.accent, 0.35) : hover.hovered ? Qt.alpha(surface.accent, 0.22) : "transparent"
        border.width: activeFocus ? 2 : 1
        border.color: surface.accent
        activeFocusOnTab: true

        Accessible.role: Accessible.Button
        Accessible.name: action.text
        Accessible.focusable: true
        Accessible.onPressAction: banner.retryNow()
        Keys.onSpacePressed: banner.retryNow()
        Keys.onReturnPressed: banner.retryNow()
        Keys.onEnterPressed: banner.retryNow()

        Text {
            id: action

            anchors.centerIn: parent
            text: qsTr("Retry now")
            color: surface.ink
            font.pixelSize: 13
            font.weight: Font.DemiBold
            Accessible.ignored: true
        }
        HoverHandler {
            id: hover

            cursorShape: Qt.PointingHandCursor
        }
        TapHandler {
            id: press

            onTapped: banner.retryNow()
        }
    }
}
