// What stands in the middle while there is nothing to show: a picture, a title, a few words.
import QtQuick
import QtQuick.Layouts

ColumnLayout {
    id: root

    required property string title
    property string details
    default property alias picture: picture.data

    spacing: 8

    Item {
        id: picture

        Layout.alignment: Qt.AlignHCenter
        Layout.bottomMargin: 10
        visible: children.length > 0
        implicitWidth: childrenRect.width
        implicitHeight: childrenRect.height
    }
    Text {
        Layout.alignment: Qt.AlignHCenter
        text: root.title
        color: Theme.text
        font.pixelSize: Theme.large
        font.weight: Font.DemiBold
    }
    Text {
        Layout.alignment: Qt.AlignHCenter
        Layout.maximumWidth: 380
        horizontalAlignment: Text.AlignHCenter
        visible: root.details.length > 0
        text: root.details
        wrapMode: Text.Wrap
        color: Theme.faint
        font.pixelSize: Theme.normal - 1
        lineHeight: 1.2
    }
}
