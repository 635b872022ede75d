// What Authenticated and its kin have in common: a Loader of what is declared inside, and a look at who is signed in.
import QtQuick
import Hull

Loader {
    id: gate

    // What to show. An object declared inside becomes the component: it exists only while the gate is open.
    default property Component content: null
    // As set, or else the nearest one above.
    property alias client: watcher.client
    readonly property HullAuth auth: HullAuth {
        id: watcher
    }

    sourceComponent: gate.content
}
