// Title, how live we are, and who we are.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import ExampleUi

Rectangle {
    id: root

    property alias name: field.text
    required property bool connected
    required property int people

    implicitHeight: 68
    color: Theme.surface

    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: 24
        anchors.rightMargin: 20
        spacing: 12

        ColumnLayout {
            spacing: 3

            Text {
                text: qsTr("Harbour")
                color: Theme.text
                font.pixelSize: Theme.large
                font.weight: Font.DemiBold
            }
            RowLayout {
                spacing: 7

                Rectangle {
                    implicitWidth: 8
                    implicitHeight: 8
                    radius: 4
                    color: root.connected ? Theme.good : Theme.faint
                }
                Text {
                    text: {
                        if (!root.connected)
                            return qsTr("offline")
                        if (root.people === 0)
                            return qsTr("live")
                        return root.people === 1 ? qsTr("live  ·  1 voice") : qsTr("live  ·  %1 voices").arg(root.people)
                    }
                    color: Theme.faint
                    font.pixelSize: Theme.small
                }
            }
        }

        Item {
            Layout.fillWidth: true
        }

        Rectangle {
            implicitWidth: 190
            implicitHeight: 44
            radius: 22
            color: Theme.field
            border.width: field.activeFocus ? 1.5 : 0
            border.color: Theme.accent

            RowLayout {
                anchors.fill: parent
                anchors.leftMargin: 6
                anchors.rightMargin: 12
                spacing: 8

                Avatar {
                    implicitWidth: 32
                    implicitHeight: 32
                    name: field.text
                }
                TextField {
                    id: field

                    Layout.fillWidth: true
                    leftPadding: 0
                    rightPadding: 0
                    color: Theme.text
                    placeholderText: qsTr("Your name")
                    placeholderTextColor: Theme.faint
                    selectByMouse: true
                    selectionColor: Theme.accent
                    selectedTextColor: Theme.accentText
                    maximumLength: 32
                    font.pixelSize: Theme.normal - 1
                    background: null
                }
            }
        }
    }

    Rectangle {
        anchors.bottom: parent.bottom
        width: parent.width
        height: 1
        color: Theme.line
    }
}
