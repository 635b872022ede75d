// The head of one list of the inspector.
import QtQuick

Item {
    id: root

    required property string title
    required property int count
    property bool current: false

    signal clicked

    implicitWidth: row.implicitWidth + 24
    implicitHeight: 30

    Row {
        id: row

        anchors.centerIn: parent
        spacing: 6

        InspectorText {
            text: root.title
            color: root.current ? InspectorTheme.text : InspectorTheme.dim
            font.weight: root.current ? Font.DemiBold : Font.Normal
        }
        InspectorText {
            text: root.count
            color: root.count > 0 && root.current ? InspectorTheme.accent : InspectorTheme.faint
        }
    }
    Rectangle {
        anchors.bottom: parent.bottom
        width: parent.width
        height: 2
        color: InspectorTheme.accent
        visible: root.current
    }
    MouseArea {
        anchors.fill: parent
        onClicked: root.clicked()
    }
}
