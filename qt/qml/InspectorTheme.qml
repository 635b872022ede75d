// Colours and text of the inspector.
pragma Singleton
import QtQuick

QtObject {
    readonly property color ground: "#f0141923"
    readonly property color raised: "#1d2431"
    readonly property color hovered: "#1a212d"
    readonly property color selected: "#26344d"
    readonly property color line: "#2b3445"
    readonly property color text: "#e4e9f4"
    readonly property color dim: "#8b96ad"
    readonly property color faint: "#5d6880"
    readonly property color accent: "#5aa7ff"
    readonly property color good: "#4fd18b"
    readonly property color warm: "#f5b454"
    readonly property color bad: "#ff6b74"
    readonly property color violet: "#b48cff"
    readonly property string mono: Qt.platform.os === "windows" ? "Consolas" : Qt.platform.os === "osx" ? "Menlo" : "monospace"
    readonly property int size: 12
    readonly property int rowHeight: 26

    function bytes(count: real): string {
        if (count < 1000)
            return count + " B"
        if (count < 1000000)
            return (count / 1000).toFixed(count < 10000 ? 1 : 0) + " kB"
        return (count / 1000000).toFixed(1) + " MB"
    }

    function time(ms: real): string {
        if (ms < 0)
            return ""
        if (ms < 1000)
            return ms + " ms"
        if (ms < 10000)
            return (ms / 1000).toFixed(1) + " s"
        if (ms < 120000)
            return Math.round(ms / 1000) + " s"
        return Math.round(ms / 60000) + " min"
    }

    function statusColor(status: string): color {
        return status === "ready" || status === "answered" ? good : status === "error" ? bad : warm
    }
}
