// A small mark: "optimistic", "stale", "sent".
import QtQuick

Rectangle {
    id: root

    property alias text: label.text
    property color tint: InspectorTheme.accent

    implicitWidth: label.implicitWidth + 12
    implicitHeight: 17
    radius: 8
    color: Qt.rgba(tint.r, tint.g, tint.b, 0.16)

    InspectorText {
        id: label

        anchors.centerIn: parent
        color: root.tint
        font.pixelSize: 10
    }
}
