// A field for one line, as a pill.
import QtQuick
import QtQuick.Controls.Basic

TextField {
    id: root

    implicitHeight: 46
    leftPadding: 18
    rightPadding: 18
    color: Theme.text
    placeholderTextColor: Theme.faint
    selectByMouse: true
    selectionColor: Theme.accent
    selectedTextColor: Theme.accentText
    font.pixelSize: Theme.normal

    background: Rectangle {
        radius: height / 2
        color: Theme.field
        border.width: root.activeFocus ? 1.5 : 0
        border.color: Theme.accent
    }
}
