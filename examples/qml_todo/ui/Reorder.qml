// A row of a list on its way to another place.
import QtQuick

QtObject {
    id: root

    required property ListView list
    readonly property real rowHeight: 60
    /// The row under the finger, and the place where it would fall; -1 while nothing is dragged.
    property int from: -1
    property int to: -1
    /// Whether the list animates what changes.
    property bool animated: true

    /// The model moves the row at once, as it does for a mutation with a prediction.
    signal dropped(int from, int to)

    function lift(row: int) {
        to = row
        from = row
    }

    /// The row is this far (pixels) below the place where it was lifted.
    function carry(distance: real) {
        to = Math.max(0, Math.min(list.count - 1, from + Math.round(distance / rowHeight)))
    }

    /// The other rows are shown where they will be already, so nothing may be animated once more.
    function drop() {
        animated = false
        if (from !== to)
            dropped(from, to)
        list.forceLayout()
        from = -1
        to = -1
        animated = true
    }
}
