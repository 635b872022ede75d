// A call under way in the inspector.
import QtQuick

InspectorRow {
    id: root

    required property string kind
    required property string progress
    required property int age
    required property bool optimistic
    required args

    tint: InspectorTheme.statusColor(progress)

    InspectorChip {
        anchors.verticalCenter: parent.verticalCenter
        visible: root.optimistic
        text: "layer"
        tint: InspectorTheme.violet
    }
    InspectorChip {
        anchors.verticalCenter: parent.verticalCenter
        text: root.progress
        tint: root.tint
    }
    InspectorText {
        height: InspectorTheme.rowHeight
        width: 60
        text: root.kind
        color: InspectorTheme.dim
    }
    InspectorText {
        height: InspectorTheme.rowHeight
        width: 52
        horizontalAlignment: Text.AlignRight
        text: InspectorTheme.time(root.age)
        color: InspectorTheme.faint
    }
}
