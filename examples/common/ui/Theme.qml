// Colours, sizes and type of all examples in one place. Follows the system's palette unless told otherwise.
pragma Singleton
import QtQuick

QtObject {
    id: theme

    /// "system", "light" or "dark".
    property string mode: "system"
    readonly property bool dark: mode === "dark" || (mode !== "light" && palette.window.hslLightness < 0.5)

    readonly property color window: dark ? "#0f1116" : "#f3f4f8"
    readonly property color surface: dark ? "#171a21" : "#ffffff"
    readonly property color hover: dark ? "#1d212a" : "#f8f9fb"
    readonly property color field: dark ? "#21252e" : "#f3f4f8"
    readonly property color line: dark ? "#282d37" : "#e4e6ed"
    readonly property color text: dark ? "#eceef2" : "#181b24"
    readonly property color faint: dark ? "#8d95a5" : "#737b8c"
    readonly property color accent: dark ? "#6d66f4" : "#5048e5"
    readonly property color accentPressed: dark ? "#5a53e0" : "#3f38c4"
    readonly property color accentText: "#ffffff"
    readonly property color bubble: dark ? "#232833" : "#ffffff"
    readonly property color bad: dark ? "#ff8f8f" : "#c02b2b"
    readonly property color good: dark ? "#3ecf8e" : "#17a673"

    readonly property int small: 12
    readonly property int normal: 15
    readonly property int large: 18

    readonly property SystemPalette palette: SystemPalette {}
    readonly property list<color> people: ["#e5484d", "#d6409f", "#8e4ec6", "#3e63dd", "#0091c2", "#12a594", "#46a758", "#d0740c"]

    /// The same colour for the same name, everywhere.
    function colorOf(name: string): color {
        let sum = 7
        for (let i = 0; i < name.length; ++i)
            sum = (sum * 31 + name.charCodeAt(i)) % 9973
        return people[sum % people.length]
    }

    function initialsOf(name: string): string {
        const words = name.trim().split(/\s+/).filter(word => word.length > 0)
        if (words.length === 0)
            return "?"
        const last = words.length > 1 ? words[words.length - 1][0] : ""
        return (words[0][0] + last).toUpperCase()
    }
}
