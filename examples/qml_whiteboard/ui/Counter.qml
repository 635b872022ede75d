// A number with its name below.
import QtQuick
import ExampleUi

Column {
    id: root

    required property string label
    required property string value

    spacing: 1
    width: 78

    Text {
        anchors.right: parent.right
        text: root.value
        color: Theme.text
        font.pixelSize: Theme.large
        font.weight: Font.DemiBold
    }
    Text {
        anchors.right: parent.right
        text: root.label
        color: Theme.faint
        font.pixelSize: Theme.small - 1
    }
}
