// An overlay that shows what a client does: live queries with their values, calls under way, optimistic layers, and
// how long calls took.
import QtQuick
import Hull

Item {
    id: root

    /// As set, or else the nearest one above.
    property alias client: inspection.client
    /// Shown, and looking. Closed it costs nothing.
    property bool open: false
    /// Keys that open and close it; empty: none.
    property string shortcut: "Ctrl+Shift+H"
    property alias filter: field.text
    /// "queries", "calls", "layers" or "timings".
    property string tab: "queries"
    /// Of the panel, in pixels; its upper edge can be dragged.
    property real panelHeight: Math.min(420, height * 0.6)
    readonly property alias inspection: inspection

    anchors.fill: parent
    z: 10000

    HullInspection {
        id: inspection

        active: root.open
        filter: root.filter
    }
    HullConnection {
        id: connection

        client: inspection.client
    }
    Shortcut {
        sequences: root.shortcut === "" ? [] : [root.shortcut]
        context: Qt.ApplicationShortcut
        onActivated: root.open = !root.open
    }

    Rectangle {
        id: panel

        visible: root.open
        enabled: root.open
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.bottom: parent.bottom
        height: Math.max(140, Math.min(root.panelHeight, root.height))
        color: InspectorTheme.ground

        // Nothing below is clicked by accident.
        MouseArea {
            anchors.fill: parent
            hoverEnabled: true
            acceptedButtons: Qt.AllButtons
            onWheel: wheel => wheel.accepted = true
        }
        Rectangle {
            width: parent.width
            height: 1
            color: InspectorTheme.accent
        }

        Item {
            id: head

            width: parent.width
            height: 40

            Rectangle {
                id: light

                anchors.verticalCenter: parent.verticalCenter
                x: 12
                width: 9
                height: 9
                radius: 4.5
                color: connection.connected ? InspectorTheme.good : InspectorTheme.warm
            }
            InspectorText {
                id: title

                anchors.left: light.right
                anchors.leftMargin: 9
                height: parent.height
                text: "Hull"
                font.weight: Font.DemiBold
                font.pixelSize: 14
            }
            InspectorText {
                anchors.left: title.right
                anchors.leftMargin: 12
                anchors.right: search.left
                anchors.rightMargin: 12
                height: parent.height
                color: InspectorTheme.dim
                text: {
                    const url = inspection.client ? inspection.client.url.toString() : "no client"
                    const parts = [url, connection.connected ? "connected" : connection.nextRetryIn >= 0
                        ? "lost, " + connection.retries + (connection.retries === 1 ? " try" : " tries") : "connecting"]
                    if (connection.connectionCount > 1)
                        parts.push(connection.connectionCount + " sockets")
                    parts.push(inspection.transitions + " transitions")
                    parts.push("\u2193 " + InspectorTheme.bytes(inspection.bytesReceived))
                    parts.push("\u2191 " + InspectorTheme.bytes(inspection.bytesSent))
                    return parts.join("  \u00b7  ")
                }
            }
            Rectangle {
                id: search

                anchors.right: closer.left
                anchors.rightMargin: 4
                anchors.verticalCenter: parent.verticalCenter
                width: 190
                height: 24
                radius: 12
                color: InspectorTheme.raised
                border.color: field.activeFocus ? InspectorTheme.accent : InspectorTheme.line

                TextInput {
                    id: field

                    anchors.fill: parent
                    anchors.leftMargin: 12
                    anchors.rightMargin: 12
                    verticalAlignment: TextInput.AlignVCenter
                    clip: true
                    color: InspectorTheme.text
                    selectionColor: InspectorTheme.selected
                    font.pixelSize: InspectorTheme.size
                    Keys.onEscapePressed: {
                        if (text === "")
                            root.open = false
                        else
                            text = ""
                    }
                }
                InspectorText {
                    anchors.fill: field
                    visible: field.text === ""
                    text: "Filter"
                    color: InspectorTheme.faint
                }
            }
            InspectorText {
                id: closer

                anchors.right: parent.right
                width: 40
                height: parent.height
                horizontalAlignment: Text.AlignHCenter
                text: "\u00d7"
                font.pixelSize: 20
                color: close.containsMouse ? InspectorTheme.text : InspectorTheme.dim

                MouseArea {
                    id: close

                    anchors.fill: parent
                    hoverEnabled: true
                    onClicked: root.open = false
                }
            }
        }
        MouseArea {
            id: grip

            property real from: 0

            width: parent.width
            height: 6
            cursorShape: Qt.SplitVCursor
            onPressed: mouse => from = mouse.y
            onPositionChanged: mouse => root.panelHeight = panel.height + from - mouse.y
        }

        Row {
            id: tabs

            anchors.top: head.bottom
            x: 4

            InspectorTab {
                title: "Queries"
                count: inspection.queries.count
                current: root.tab === "queries"
                onClicked: root.tab = "queries"
            }
            InspectorTab {
                title: "Calls"
                count: inspection.calls.count
                current: root.tab === "calls"
                onClicked: root.tab = "calls"
            }
            InspectorTab {
                title: "Layers"
                count: inspection.layers.count
                current: root.tab === "layers"
                onClicked: root.tab = "layers"
            }
            InspectorTab {
                title: "Timings"
                count: inspection.finished.count
                current: root.tab === "timings"
                onClicked: root.tab = "timings"
            }
        }
        Rectangle {
            id: rule

            anchors.top: tabs.bottom
            width: parent.width
            height: 1
            color: InspectorTheme.line
        }

        InspectorLists {
            id: lists

            anchors.top: rule.bottom
            anchors.bottom: parent.bottom
            width: Math.round(parent.width * 0.62)
            inspection: inspection
            tab: root.tab
        }
        Rectangle {
            id: divider

            anchors.top: rule.bottom
            anchors.bottom: parent.bottom
            anchors.left: lists.right
            width: 1
            color: InspectorTheme.line
        }
        InspectorDetail {
            anchors.top: rule.bottom
            anchors.bottom: parent.bottom
            anchors.left: divider.right
            anchors.right: parent.right
            inspection: inspection
            tab: root.tab
            selected: lists.selected
        }
    }
}
