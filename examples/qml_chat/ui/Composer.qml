// Where a message is written. Enter sends, Shift+Enter breaks the line.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import ExampleUi

Rectangle {
    id: root

    property bool ready: true
    readonly property bool canSend: ready && field.text.trim().length > 0

    signal submitted(string text)

    function submit() {
        if (!canSend)
            return
        const text = field.text.trim()
        field.clear()
        submitted(text)
    }

    function takeFocus() {
        field.forceActiveFocus()
    }

    implicitHeight: row.implicitHeight + 28
    color: Theme.surface

    Rectangle {
        width: parent.width
        height: 1
        color: Theme.line
    }

    RowLayout {
        id: row

        anchors.fill: parent
        anchors.leftMargin: 20
        anchors.rightMargin: 20
        anchors.topMargin: 14
        anchors.bottomMargin: 14
        spacing: 12

        Rectangle {
            Layout.fillWidth: true
            Layout.alignment: Qt.AlignBottom
            implicitHeight: Math.max(46, Math.min(scroll.implicitHeight, 132))
            radius: 23
            color: Theme.field
            border.width: field.activeFocus ? 1.5 : 0
            border.color: Theme.accent

            ScrollView {
                id: scroll

                anchors.fill: parent
                anchors.leftMargin: 8
                anchors.rightMargin: 8

                TextArea {
                    id: field

                    topPadding: 13
                    bottomPadding: 13
                    leftPadding: 10
                    rightPadding: 10
                    color: Theme.text
                    placeholderText: root.ready ? qsTr("Write a message") : qsTr("Tell us your name first")
                    placeholderTextColor: Theme.faint
                    selectByMouse: true
                    selectionColor: Theme.accent
                    selectedTextColor: Theme.accentText
                    wrapMode: TextEdit.Wrap
                    font.pixelSize: Theme.normal
                    background: null

                    Keys.onPressed: event => {
                        const enter = event.key === Qt.Key_Return || event.key === Qt.Key_Enter
                        if (enter && !(event.modifiers & Qt.ShiftModifier)) {
                            root.submit()
                            event.accepted = true
                        }
                    }
                }
            }
        }

        AbstractButton {
            id: button

            Layout.alignment: Qt.AlignBottom
            implicitWidth: 46
            implicitHeight: 46
            enabled: root.canSend
            onClicked: root.submit()
            Accessible.name: qsTr("Send")

            background: Rectangle {
                radius: width / 2
                color: button.enabled ? (button.down ? Theme.accentPressed : Theme.accent) : Theme.field
                scale: button.down ? 0.95 : 1

                Behavior on color {
                    ColorAnimation {
                        duration: 120
                    }
                }
            }
            contentItem: Text {
                text: "\u2191"
                color: button.enabled ? Theme.accentText : Theme.faint
                font.pixelSize: 22
                font.weight: Font.DemiBold
                horizontalAlignment: Text.AlignHCenter
                verticalAlignment: Text.AlignVCenter
            }
        }
    }
}
