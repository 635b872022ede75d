// While it is being found out who is there.
import QtQuick
import ExampleUi

Item {
    objectName: "waitingPage"

    Row {
        anchors.centerIn: parent
        spacing: 10

        Repeater {
            model: 3

            Rectangle {
                id: dot

                required property int index

                width: 12
                height: 12
                radius: 6
                color: Theme.accent

                SequentialAnimation on opacity {
                    loops: Animation.Infinite
                    PauseAnimation {
                        duration: dot.index * 140
                    }
                    NumberAnimation {
                        to: 0.2
                        duration: 320
                    }
                    NumberAnimation {
                        to: 1
                        duration: 320
                    }
                    PauseAnimation {
                        duration: 280 - dot.index * 140
                    }
                }
            }
        }
    }
}
