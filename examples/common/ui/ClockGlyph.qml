// A small clock: not confirmed yet.
import QtQuick

Rectangle {
    id: root

    property color ink: Theme.faint

    implicitWidth: 12
    implicitHeight: 12
    radius: width / 2
    color: "transparent"
    border.width: 1.4
    border.color: ink

    Rectangle {
        x: root.width / 2 - 0.6
        y: root.height * 0.22
        width: 1.3
        height: root.height * 0.33
        color: root.ink
    }
    Rectangle {
        x: root.width / 2 - 0.6
        y: root.height * 0.5 - 0.6
        width: root.width * 0.28
        height: 1.3
        color: root.ink
    }
}
