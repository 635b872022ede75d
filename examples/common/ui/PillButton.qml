// A button with words: filled for the thing to do, quiet for what one may do.
import QtQuick
import QtQuick.Controls.Basic

AbstractButton {
    id: root

    property bool quiet: false

    implicitHeight: 40
    leftPadding: 18
    rightPadding: 18
    font.pixelSize: Theme.normal - 1
    font.weight: Font.DemiBold
    hoverEnabled: true

    background: Rectangle {
        radius: height / 2
        scale: root.down ? 0.97 : 1
        color: {
            if (root.quiet)
                return root.hovered || root.down ? Theme.line : Theme.field
            if (!root.enabled)
                return Theme.field
            return root.down ? Theme.accentPressed : Theme.accent
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
        horizontalAlignment: Text.AlignHCenter
        verticalAlignment: Text.AlignVCenter
        color: {
            if (!root.enabled)
                return Theme.faint
            return root.quiet ? Theme.text : Theme.accentText
        }
    }
}
