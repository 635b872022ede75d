// A round button with one sign.
import QtQuick
import QtQuick.Controls.Basic

AbstractButton {
    id: root

    property bool filled: false

    implicitWidth: 46
    implicitHeight: 46
    hoverEnabled: true
    font.pixelSize: 22
    font.weight: Font.DemiBold

    background: Rectangle {
        radius: width / 2
        scale: root.down ? 0.95 : 1
        color: {
            if (root.filled)
                return root.enabled ? (root.down ? Theme.accentPressed : Theme.accent) : Theme.field
            return root.hovered || root.down ? Theme.field : "transparent"
        }

        Behavior on color {
            ColorAnimation {
                duration: 120
            }
        }
    }
    contentItem: Text {
        text: root.text
        font: root.font
        color: root.filled && root.enabled ? Theme.accentText : Theme.faint
        horizontalAlignment: Text.AlignHCenter
        verticalAlignment: Text.AlignVCenter
    }
}
