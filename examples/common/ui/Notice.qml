// A line that says what went wrong, for a while.
import QtQuick

Text {
    id: root

    function show(message: string) {
        text = message
        clear.restart()
    }

    leftPadding: 28
    rightPadding: 28
    topPadding: 6
    bottomPadding: 10
    visible: text.length > 0
    textFormat: Text.PlainText
    color: Theme.bad
    font.pixelSize: Theme.small + 1
    wrapMode: Text.Wrap

    Timer {
        id: clear

        interval: 8000
        onTriggered: root.text = ""
    }
}
