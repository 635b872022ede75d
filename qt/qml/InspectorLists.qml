// The four lists of the inspector, of which one is shown.
import QtQuick
import Hull

Item {
    id: root

    required property HullInspection inspection
    required property string tab
    readonly property ListView current: tab === "queries" ? queries : tab === "calls" ? calls : tab === "layers" ? layers
        : timings
    readonly property int selected: current.currentIndex

    clip: true

    ListView {
        id: queries

        anchors.fill: parent
        visible: root.tab === "queries"
        boundsBehavior: Flickable.StopAtBounds
        model: root.inspection.queries
        delegate: InspectorQueryRow {}
    }
    ListView {
        id: calls

        anchors.fill: parent
        visible: root.tab === "calls"
        boundsBehavior: Flickable.StopAtBounds
        model: root.inspection.calls
        delegate: InspectorCallRow {}
    }
    ListView {
        id: layers

        anchors.fill: parent
        visible: root.tab === "layers"
        boundsBehavior: Flickable.StopAtBounds
        model: root.inspection.layers
        delegate: InspectorLayerRow {}
    }
    ListView {
        id: timings

        anchors.fill: parent
        visible: root.tab === "timings"
        boundsBehavior: Flickable.StopAtBounds
        model: root.inspection.finished
        delegate: InspectorTimingRow {}
    }
    InspectorText {
        anchors.centerIn: parent
        visible: root.current.count === 0
        text: root.inspection.filter !== "" ? "Nothing matches the filter" : root.tab === "queries" ? "No live queries"
            : root.tab === "calls" ? "No calls under way" : root.tab === "layers" ? "No optimistic layers"
            : "No calls are over yet"
        color: InspectorTheme.faint
    }
}
