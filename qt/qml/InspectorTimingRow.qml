// A call that is over in the inspector, and how long it took.
import QtQuick

InspectorRow {
    id: root

    required property string kind
    required property int took
    required property int ago
    required property real share
    required property string error
    required args

    tint: error === "" ? InspectorTheme.good : InspectorTheme.bad

    Rectangle {
        anchors.verticalCenter: parent.verticalCenter
        width: 120
        height: 6
        radius: 3
        color: InspectorTheme.line

        Rectangle {
            width: Math.max(3, parent.width * root.share)
            height: parent.height
            radius: 3
            color: root.tint
        }
    }
    InspectorText {
        height: InspectorTheme.rowHeight
        width: 52
        horizontalAlignment: Text.AlignRight
        text: InspectorTheme.time(root.took)
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
        text: InspectorTheme.time(root.ago)
        color: InspectorTheme.faint
    }
}
