// An optimistic layer in the inspector.
import QtQuick

InspectorRow {
    id: root

    required property int number
    required property var writes

    tint: InspectorTheme.violet
    args: writes.length > 0 ? "writes " + writes.join(", ") : "writes nothing"

    InspectorText {
        height: InspectorTheme.rowHeight
        text: "#" + root.number
        color: InspectorTheme.faint
    }
}
