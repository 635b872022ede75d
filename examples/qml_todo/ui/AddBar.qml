// Where a task is written down.
import QtQuick
import QtQuick.Layouts
import ExampleUi

Rectangle {
    id: root

    signal submitted(string text)

    function submit() {
        const text = field.text.trim()
        if (text === "")
            return
        field.clear()
        submitted(text)
    }

    implicitHeight: 74
    color: Theme.surface

    Rectangle {
        width: parent.width
        height: 1
        color: Theme.line
    }
    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: 20
        anchors.rightMargin: 20
        spacing: 12

        TextBox {
            id: field

            Layout.fillWidth: true
            maximumLength: 200
            placeholderText: qsTr("What is to be done?")
            onAccepted: root.submit()
        }
        RoundIcon {
            text: "+"
            filled: true
            enabled: field.text.trim().length > 0
            Accessible.name: qsTr("Add")
            onClicked: root.submit()
        }
    }
}
