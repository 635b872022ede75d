// What all rows of the inspector share: a function, its arguments, and what stands at the right of them.
import QtQuick

Rectangle {
    id: root

    required property int index
    required property string path
    property string args
    property color tint: InspectorTheme.accent
    default property alias marks: row.data

    width: ListView.view ? ListView.view.width : 0
    height: InspectorTheme.rowHeight
    color: ListView.isCurrentItem ? InspectorTheme.selected : mouse.containsMouse ? InspectorTheme.hovered : "transparent"

    MouseArea {
        id: mouse

        anchors.fill: parent
        hoverEnabled: true
        onClicked: root.ListView.view.currentIndex = root.index
    }
    Rectangle {
        id: dot

        anchors.verticalCenter: parent.verticalCenter
        x: 12
        width: 7
        height: 7
        radius: 3.5
        color: root.tint
    }
    InspectorText {
        id: name

        anchors.left: dot.right
        anchors.leftMargin: 9
        height: parent.height
        width: Math.min(implicitWidth, parent.width * 0.45)
        text: root.path
        font.family: InspectorTheme.mono
    }
    InspectorText {
        anchors.left: name.right
        anchors.leftMargin: 8
        anchors.right: row.left
        anchors.rightMargin: 8
        height: parent.height
        text: root.args
        color: InspectorTheme.dim
        font.family: InspectorTheme.mono
    }
    Row {
        id: row

        anchors.right: parent.right
        anchors.rightMargin: 12
        anchors.verticalCenter: parent.verticalCenter
        spacing: 8
    }
}
