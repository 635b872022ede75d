// Somebody's pen: a point with a name.
import QtQuick
import ExampleUi

Item {
    id: root

    required property string name
    required property color penColor

    Rectangle {
        x: -5
        y: -5
        width: 10
        height: 10
        radius: 5
        color: root.penColor
        border.width: 2
        border.color: Theme.surface
    }
    Rectangle {
        x: 9
        y: 7
        width: label.implicitWidth + 14
        height: 20
        radius: 10
        color: root.penColor

        Text {
            id: label

            anchors.centerIn: parent
            text: root.name
            textFormat: Text.PlainText
            color: "#ffffff"
            font.pixelSize: Theme.small - 1
            font.weight: Font.DemiBold
        }
    }
}
