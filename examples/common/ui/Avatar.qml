// A person as a coloured circle with initials.
import QtQuick

Rectangle {
    id: root

    required property string name

    implicitWidth: 36
    implicitHeight: 36
    radius: width / 2
    color: Theme.colorOf(name)

    Text {
        anchors.centerIn: parent
        text: Theme.initialsOf(root.name)
        color: "#ffffff"
        font.pixelSize: root.width * 0.38
        font.weight: Font.DemiBold
    }
}
