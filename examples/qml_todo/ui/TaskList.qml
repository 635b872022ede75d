// The tasks in their order. A dragged row is dropped where the others have made room.
import QtQuick
import QtQuick.Controls.Basic

ListView {
    id: root

    readonly property Reorder reorder: Reorder {
        list: root
        onDropped: (from, to) => root.moved(from, to)
    }
    // How long a row takes to its new place, in milliseconds.
    property int glideTime: 220

    signal ticked(string id, bool done)
    signal dismissed(string id)
    signal moved(int from, int to)

    leftMargin: 24
    rightMargin: 24
    topMargin: 14
    bottomMargin: 14
    clip: true
    boundsBehavior: Flickable.StopAtBounds
    delegate: TaskDelegate {
        // Qt 6.4 cannot bind the ids around a delegate to it (pragma ComponentBehavior).
        // qmllint disable unqualified
        width: root.width - 48
        reorder: root.reorder
        onTicked: done => root.ticked(_id, done)
        onDismissed: root.dismissed(_id)
        // qmllint enable unqualified
    }

    add: Transition {
        enabled: root.reorder.animated

        NumberAnimation {
            property: "opacity"
            from: 0
            to: 1
            duration: 160
        }
    }
    remove: Transition {
        NumberAnimation {
            property: "opacity"
            to: 0
            duration: 140
        }
    }
    move: Transition {
        enabled: root.reorder.animated

        NumberAnimation {
            property: "y"
            duration: root.glideTime
            easing.type: Easing.OutCubic
        }
    }
    displaced: Transition {
        enabled: root.reorder.animated

        NumberAnimation {
            property: "y"
            duration: root.glideTime
            easing.type: Easing.OutCubic
        }
        // What was on its way in when the place changed.
        NumberAnimation {
            property: "opacity"
            to: 1
            duration: 160
        }
    }

    ScrollBar.vertical: ScrollBar {}
}
