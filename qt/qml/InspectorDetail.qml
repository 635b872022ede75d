// What the selected row of the inspector holds: a query's value, a call's arguments, what a layer touches.
import QtQuick
import Hull

Item {
    id: root

    required property HullInspection inspection
    required property string tab
    required property int selected
    property var row: ({})
    property string body

    function update() {
        const models = {queries: inspection.queries, calls: inspection.calls, layers: inspection.layers,
            timings: inspection.finished}
        row = models[tab].get(selected)
        const escaped = text => "<pre style=\"white-space:pre-wrap\">" + text.replace(/&/g, "&amp;").replace(/</g, "&lt;")
            + "</pre>"
        let next = ""
        if (row.path === undefined)
            next = ""
        else if (tab === "queries" && row.error !== "")
            next = escaped(row.error) + inspection.valueHtml(row.token)
        else if (tab === "queries")
            next = inspection.valueHtml(row.token)
        else if (tab === "layers")
            next = escaped("writes\n  " + row.writes.join("\n  ") + "\n\nreads\n  " + row.reads.join("\n  "))
        else
            next = escaped((row.args === "" ? "{}" : row.args) + (row.error ? "\n\n" + row.error : ""))
        if (body !== next)
            body = next
    }

    onTabChanged: update()
    onSelectedChanged: update()
    Component.onCompleted: update()

    Connections {
        target: root.inspection

        function onRefreshed() {
            root.update()
        }
    }

    InspectorText {
        id: title

        x: 14
        width: parent.width - 28
        height: root.row.path === undefined ? 0 : 30
        text: root.row.path === undefined ? "" : root.row.path + (root.tab === "layers" ? "" : "  " + root.row.args)
        font.family: InspectorTheme.mono
    }
    Flickable {
        id: flickable

        anchors.top: title.bottom
        anchors.bottom: parent.bottom
        anchors.left: title.left
        anchors.right: title.right
        anchors.bottomMargin: 8
        clip: true
        contentHeight: text.implicitHeight
        boundsBehavior: Flickable.StopAtBounds

        TextEdit {
            id: text

            width: flickable.width
            readOnly: true
            selectByMouse: true
            wrapMode: TextEdit.Wrap
            textFormat: TextEdit.RichText
            text: root.body
            color: InspectorTheme.text
            selectionColor: InspectorTheme.selected
            font.family: InspectorTheme.mono
            font.pixelSize: InspectorTheme.size
        }
    }
    InspectorText {
        anchors.centerIn: parent
        visible: root.row.path === undefined
        text: "Select a row"
        color: InspectorTheme.faint
    }
}
