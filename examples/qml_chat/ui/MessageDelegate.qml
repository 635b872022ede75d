// One message: ours to the right, others to the left with name and avatar. Messages of one author in a row belong
// together. A predicted message is paler and carries a clock until the deployment has stored it.
import QtQuick
import QtQuick.Layouts
import ExampleUi

Item {
    id: root

    required property string author
    required property string body
    required property double _creationTime
    required property bool isOptimistic
    required property string me
    /// The row above; empty for the first.
    required property var previous

    readonly property bool mine: author === me
    readonly property bool newDay: !sameDay(previous._creationTime, _creationTime)
    readonly property bool startsGroup: newDay || previous.author !== author || _creationTime - previous._creationTime > 300000
    readonly property real widest: Math.min(560, width * 0.68)

    function sameDay(a: var, b: var): bool {
        return a !== undefined && new Date(a).toDateString() === new Date(b).toDateString()
    }

    function dayText(time: double): string {
        const now = Date.now()
        if (sameDay(time, now))
            return qsTr("Today")
        if (sameDay(time, now - 86400000))
            return qsTr("Yesterday")
        return new Date(time).toLocaleDateString(Qt.locale(), "dddd, d MMMM")
    }

    implicitHeight: column.implicitHeight

    Column {
        id: column

        width: parent.width
        topPadding: root.startsGroup && !root.newDay ? 14 : 3

        Item {
            width: parent.width
            height: visible ? 48 : 0
            visible: root.newDay

            Rectangle {
                anchors.centerIn: parent
                width: day.implicitWidth + 24
                height: 24
                radius: 12
                color: Theme.dark ? Theme.surface : "#e7e9f0"

                Text {
                    id: day

                    anchors.centerIn: parent
                    text: root.dayText(root._creationTime)
                    color: Theme.faint
                    font.pixelSize: Theme.small
                    font.weight: Font.Medium
                }
            }
        }

        RowLayout {
            width: parent.width
            layoutDirection: root.mine ? Qt.RightToLeft : Qt.LeftToRight
            spacing: 10

            Item {
                Layout.alignment: Qt.AlignTop
                implicitWidth: root.mine ? 0 : 36
                implicitHeight: 1
                visible: !root.mine

                Avatar {
                    y: nameLabel.visible ? nameLabel.height + 4 : 0
                    visible: root.startsGroup
                    name: root.author
                }
            }

            Column {
                spacing: 4

                Text {
                    id: nameLabel

                    leftPadding: 4
                    visible: root.startsGroup && !root.mine
                    text: root.author
                    color: Theme.dark ? Qt.lighter(Theme.colorOf(root.author), 1.25) : Theme.colorOf(root.author)
                    font.pixelSize: Theme.small + 1
                    font.weight: Font.DemiBold
                }
                Rectangle {
                    width: Math.ceil(label.contentWidth) + label.leftPadding + label.rightPadding
                    height: label.height
                    radius: 18
                    color: root.mine ? Theme.accent : Theme.bubble
                    border.width: root.mine || Theme.dark ? 0 : 1
                    border.color: Theme.line
                    opacity: root.isOptimistic ? 0.68 : 1

                    Behavior on opacity {
                        NumberAnimation {
                            duration: 180
                        }
                    }

                    Text {
                        id: label

                        width: Math.min(implicitWidth, root.widest)
                        leftPadding: 15
                        rightPadding: 15
                        topPadding: 9
                        bottomPadding: 10
                        text: root.body
                        textFormat: Text.PlainText
                        wrapMode: Text.Wrap
                        color: root.mine ? Theme.accentText : Theme.text
                        font.pixelSize: Theme.normal
                        lineHeight: 1.15
                    }
                }
            }

            RowLayout {
                Layout.alignment: Qt.AlignBottom
                Layout.bottomMargin: 4
                spacing: 5

                ClockGlyph {
                    visible: root.isOptimistic
                }
                Text {
                    text: root.isOptimistic ? qsTr("sending") : Qt.formatTime(new Date(root._creationTime), "hh:mm")
                    color: Theme.faint
                    font.pixelSize: Theme.small - 1
                }
            }

            Item {
                Layout.fillWidth: true
            }
        }
    }
}
