// A line of text of the inspector.
import QtQuick

Text {
    color: InspectorTheme.text
    font.pixelSize: InspectorTheme.size
    elide: Text.ElideRight
    textFormat: Text.PlainText
    verticalAlignment: Text.AlignVCenter
}
