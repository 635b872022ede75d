// One task: a tick, its text, a grip to drag it by. While a row is dragged its neighbours make room.
import QtQuick
import QtQuick.Layouts
import ExampleUi

Item {
    id: root

    required property int index
    required property string _id
    required property string text
    required property bool done
    required property bool isOptimistic

    required property Reorder reorder
    readonly property bool dragged: reorder.from === index
    /// How far the card stands from the row's place, because another row is on its way.
    readonly property real shift: {
        if (reorder.from < 0 || dragged)
            return 0
        if (reorder.from < index && index <= reorder.to)
            return -height
        if (reorder.to <= index && index < reorder.from)
            return height
        return 0
    }

    signal ticked(bool done)
    signal dismissed

    height: reorder.rowHeight
    z: dragged || settling.running ? 2 : 1

    NumberAnimation {
        id: settling

        target: card
        property: "offset"
        to: 0
        duration: 160
        easing.type: Easing.OutCubic
    }

    Rectangle {
        id: card

        property real offset: 0

        y: 4 + (root.dragged || settling.running ? offset : root.shift)
        width: root.width
        height: root.height - 8
        radius: 14
        color: root.dragged ? Theme.bubble : (hover.hovered ? Theme.hover : Theme.surface)
        border.width: Theme.dark && !root.dragged ? 0 : 1
        border.color: root.dragged ? Theme.accent : Theme.line
        opacity: root.isOptimistic ? 0.68 : 1
        scale: root.dragged ? 1.02 : 1

        Behavior on y {
            enabled: root.reorder.from >= 0 && !root.dragged

            NumberAnimation {
                duration: 150
                easing.type: Easing.OutCubic
            }
        }
        Behavior on scale {
            NumberAnimation {
                duration: 120
            }
        }
        HoverHandler {
            id: hover
        }

        RowLayout {
            anchors.fill: parent
            anchors.leftMargin: 8
            anchors.rightMargin: 6
            spacing: 4

            Tick {
                id: tick

                objectName: "tick"
                checked: root.done
                enabled: !root.isOptimistic
                Accessible.name: qsTr("Done")
                onToggled: {
                    root.ticked(checked)
                    // The model says what is shown, not the click.
                    checked = Qt.binding(() => root.done)
                }
            }
            Text {
                Layout.fillWidth: true
                text: root.text
                textFormat: Text.PlainText
                elide: Text.ElideRight
                color: root.done ? Theme.faint : Theme.text
                font.pixelSize: Theme.normal
                font.strikeout: root.done
            }
            ClockGlyph {
                Layout.rightMargin: 10
                visible: root.isOptimistic
            }
            RoundIcon {
                implicitWidth: 34
                implicitHeight: 34
                opacity: hover.hovered ? 1 : 0
                text: "\u00d7"
                font.pixelSize: 18
                enabled: !root.isOptimistic
                Accessible.name: qsTr("Remove")
                onClicked: root.dismissed()
            }
            Item {
                implicitWidth: 34
                implicitHeight: 40

                Grid {
                    anchors.centerIn: parent
                    columns: 2
                    spacing: 4

                    Repeater {
                        model: 6

                        Rectangle {
                            width: 3
                            height: 3
                            radius: 1.5
                            color: Theme.faint
                        }
                    }
                }
                MouseArea {
                    id: grip

                    property real pressedAt: 0

                    function place(mouse: MouseEvent): real {
                        return mapToItem(root.reorder.list, mouse.x, mouse.y).y
                    }

                    function drop() {
                        const before = root.y + card.y
                        root.reorder.drop()
                        card.offset = before - root.y - 4
                        settling.restart()
                    }

                    objectName: "grip"
                    anchors.fill: parent
                    preventStealing: true
                    enabled: !root.isOptimistic
                    cursorShape: pressed ? Qt.ClosedHandCursor : Qt.OpenHandCursor
                    onPressed: mouse => {
                        pressedAt = place(mouse)
                        card.offset = 0
                        root.reorder.lift(root.index)
                    }
                    onPositionChanged: mouse => {
                        card.offset = place(mouse) - pressedAt
                        root.reorder.carry(card.offset)
                    }
                    onReleased: drop()
                    onCanceled: {
                        root.reorder.carry(0)
                        drop()
                    }
                }
            }
        }
    }
}
