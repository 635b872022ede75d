// A heart to press, and how often that was done.
import QtQuick
import QtQuick.Controls.Basic
import ExampleUi

AbstractButton {
    id: root

    required property int likes
    property bool given: false

    implicitHeight: 30
    leftPadding: 10
    rightPadding: 12
    hoverEnabled: true

    background: Rectangle {
        radius: height / 2
        color: root.hovered ? Theme.field : "transparent"
    }
    contentItem: Row {
        spacing: 6

        Canvas {
            readonly property color ink: root.given ? "#e5484d" : Theme.faint

            anchors.verticalCenter: parent.verticalCenter
            width: 16
            height: 15
            scale: root.down ? 1.3 : 1
            onInkChanged: requestPaint()
            onPaint: {
                const c = getContext("2d")
                c.reset()
                c.beginPath()
                c.moveTo(8, 13.5)
                c.bezierCurveTo(1, 8.5, 0.5, 6, 1, 4)
                c.bezierCurveTo(2, 0.8, 6.5, 0.8, 8, 4)
                c.bezierCurveTo(9.5, 0.8, 14, 0.8, 15, 4)
                c.bezierCurveTo(15.5, 6, 15, 8.5, 8, 13.5)
                c.closePath()
                if (root.given) {
                    c.fillStyle = ink
                    c.fill()
                } else {
                    c.lineWidth = 1.4
                    c.strokeStyle = ink
                    c.stroke()
                }
            }

            Behavior on scale {
                NumberAnimation {
                    duration: 120
                }
            }
        }
        Text {
            anchors.verticalCenter: parent.verticalCenter
            text: root.likes
            color: root.given ? Theme.text : Theme.faint
            font.pixelSize: Theme.small + 1
            font.weight: Font.Medium
        }
    }
}
