// One live query in the inspector.
import QtQuick

InspectorRow {
    id: root

    required property string status
    required property int bytes
    required property int subscribers
    required property bool optimistic
    required property bool stale
    required property int retained
    required property int sinceChange
    required args

    tint: InspectorTheme.statusColor(status)

    // Glows for a moment when it has changed.
    onSinceChangeChanged: if (sinceChange >= 0 && sinceChange < 400) glow.restart()

    Rectangle {
        id: light

        parent: root
        anchors.fill: parent
        color: InspectorTheme.accent
        opacity: 0

        NumberAnimation {
            id: glow

            target: light
            property: "opacity"
            from: 0.22
            to: 0
            duration: 900
        }
    }
    InspectorChip {
        anchors.verticalCenter: parent.verticalCenter
        visible: root.optimistic
        text: "optimistic"
        tint: InspectorTheme.violet
    }
    InspectorChip {
        anchors.verticalCenter: parent.verticalCenter
        visible: root.stale
        text: "stale"
        tint: InspectorTheme.warm
    }
    InspectorChip {
        anchors.verticalCenter: parent.verticalCenter
        visible: root.retained >= 0
        text: "kept " + InspectorTheme.time(root.retained)
        tint: InspectorTheme.dim
    }
    InspectorText {
        height: InspectorTheme.rowHeight
        width: 32
        horizontalAlignment: Text.AlignRight
        text: "\u00d7" + root.subscribers
        color: root.subscribers > 0 ? InspectorTheme.dim : InspectorTheme.faint
    }
    InspectorText {
        height: InspectorTheme.rowHeight
        width: 58
        horizontalAlignment: Text.AlignRight
        text: InspectorTheme.bytes(root.bytes)
        color: InspectorTheme.dim
    }
    InspectorText {
        height: InspectorTheme.rowHeight
        width: 52
        horizontalAlignment: Text.AlignRight
        text: InspectorTheme.time(root.sinceChange)
        color: InspectorTheme.faint
    }
}
