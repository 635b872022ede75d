// The board: strokes, pens with what they are drawing, and our own pen under the mouse.
import QtQuick
import ExampleUi
import Hull
import Whiteboard

Rectangle {
    id: root

    required property HullQueryModel strokes
    required property HullQueryModel pens
    /// Whose pen is not labelled, because it is ours.
    required property string me
    readonly property real unit: width / 1000
    readonly property alias changes: counter.total

    /// Our pen, in the board's units; `down` draws.
    signal drawn(real x, real y, bool down)

    implicitHeight: width * 0.6
    radius: 18
    color: Theme.surface
    border.width: Theme.dark ? 0 : 1
    border.color: Theme.line
    clip: true

    QtObject {
        id: counter

        readonly property int total: drying.changes + wet.changes
    }

    // A grid of dots, to see that it is a board.
    Grid {
        anchors.centerIn: parent
        columns: 24
        spacing: root.width / 24 - 2

        Repeater {
            model: 24 * 14

            Rectangle {
                width: 2
                height: 2
                radius: 1
                color: Theme.line
            }
        }
    }

    InkItem {
        id: drying

        anchors.fill: parent
        opacity: 0.9
        model: root.strokes
    }
    InkItem {
        id: wet

        anchors.fill: parent
        model: root.pens
        lineWidth: 3.4
    }

    MouseArea {
        anchors.fill: parent
        cursorShape: Qt.CrossCursor
        onPressed: mouse => root.drawn(mouse.x / root.unit, mouse.y / root.unit, true)
        onPositionChanged: mouse => root.drawn(mouse.x / root.unit, mouse.y / root.unit, true)
        onReleased: mouse => root.drawn(mouse.x / root.unit, mouse.y / root.unit, false)
    }

    Repeater {
        model: root.pens

        Pen {
            required property var modelData

            // Qt 6.4 cannot bind the ids around a delegate to it (pragma ComponentBehavior).
            // qmllint disable unqualified
            x: modelData.x * root.unit
            y: modelData.y * root.unit
            visible: modelData.drawer !== root.me
            // qmllint enable unqualified
            name: modelData.name
            penColor: modelData.color
        }
    }
}
