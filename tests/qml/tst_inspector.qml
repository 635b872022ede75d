import QtQuick
import QtTest
import Hull
import HullTest

TestCase {
    id: test

    name: "HullInspector"
    when: windowShown
    width: 900
    height: 600
    visible: true

    MockDeployment {
        id: deployment
    }

    Component {
        id: screens

        Item {
            id: screen

            property alias address: backend.url
            property alias send: mutation
            property alias list: query
            property alias inspector: overlay
            property alias backend: backend

            anchors.fill: parent
            Hull.client: backend

            HullClient {
                id: backend

                HullQuery {
                    id: query

                    query: "messages:list"
                    args: ({channel: "general"})
                }
                HullQuery {
                    query: "messages:count"
                }
                HullMutation {
                    id: mutation

                    mutation: "messages:send"
                    optimisticUpdate: (store, args) => {
                        const known = {channel: "general"}
                        const rows = store.getQuery("messages:list", known)
                        store.setQuery("messages:list", known, rows.concat([{_id: "predicted", body: args.body}]))
                    }
                }
            }
            HullInspector {
                id: overlay
            }
        }
    }
    Component {
        id: spies

        SignalSpy {}
    }

    function init() {
        deployment.restart()
        deployment.query("messages:list", (args, db) => db.table("messages").scan())
        deployment.query("messages:count", (args, db) => db.table("messages").count())
        deployment.mutation("messages:send", (args, db) => {
            if (args.body === "")
                throw new Error("say something")
            return db.table("messages").insert(args)
        })
        deployment.insert("messages", {body: "first"})
    }

    function create(properties) {
        const screen = createTemporaryObject(screens, test, {address: deployment.url})
        tryCompare(screen.list, "status", HullQuery.Ready)
        screen.inspector.open = true
        tryCompare(screen.inspector.inspection.queries, "count", 2)
        return screen
    }

    function rowOf(model, path) {
        for (let i = 0; i < model.count; ++i)
            if (model.get(i).path === path)
                return model.get(i)
        return {}
    }

    function test_closedItLooksAtNothing() {
        const screen = createTemporaryObject(screens, test, {address: deployment.url})
        tryCompare(screen.list, "status", HullQuery.Ready)
        const inspection = screen.inspector.inspection
        wait(50)
        compare(inspection.queries.count, 0)
        compare(inspection.client, screen.backend)
        screen.inspector.open = true
        tryCompare(inspection.queries, "count", 2)
        screen.inspector.open = false
        compare(inspection.queries.count, 0)
    }

    function test_opensAndClosesByKeys() {
        const screen = createTemporaryObject(screens, test, {address: deployment.url})
        verify(!screen.inspector.open)
        keyClick(Qt.Key_H, Qt.ControlModifier | Qt.ShiftModifier)
        verify(screen.inspector.open)
        keyClick(Qt.Key_H, Qt.ControlModifier | Qt.ShiftModifier)
        verify(!screen.inspector.open)
    }

    function test_queriesAndTheirValues() {
        const screen = create()
        const inspection = screen.inspector.inspection
        const row = rowOf(inspection.queries, "messages:list")
        compare(row.args, '{channel: "general"}')
        compare(row.status, "ready")
        compare(row.subscribers, 1)
        verify(row.bytes > 30)
        verify(!row.optimistic)
        compare(row.retained, -1)
        const text = inspection.valueText(row.token)
        verify(text.startsWith("[\n  {\n    "), text)
        verify(text.includes('body: "first"'))
        verify(inspection.valueHtml(row.token).includes("&quot;first&quot;"))
        verify(inspection.valueText(row.token, 10).length <= 11)
        compare(inspection.valueText("nothing"), "")
        verify(inspection.transitions >= 1)
        verify(inspection.bytesReceived > 0 && inspection.bytesSent > 0)
    }

    function test_changesAreNoNewRows() {
        const screen = create()
        const inspection = screen.inspector.inspection
        const removed = createTemporaryObject(spies, test, {target: inspection.queries, signalName: "rowsRemoved"})
        const before = rowOf(inspection.queries, "messages:count").sinceChange
        deployment.insert("messages", {body: "second"})
        tryVerify(() => inspection.valueText(rowOf(inspection.queries, "messages:count").token) === "2")
        verify(rowOf(inspection.queries, "messages:count").sinceChange >= 0)
        compare(removed.count, 0)
    }

    function test_callsLayersAndTimings() {
        const screen = create()
        const inspection = screen.inspector.inspection
        deployment.hold("messages:send")
        screen.send.call({body: "hello"})
        tryCompare(inspection.calls, "count", 1)
        tryVerify(() => inspection.calls.get(0).progress === "sent")
        const call = inspection.calls.get(0)
        compare(call.path, "messages:send")
        compare(call.kind, "mutation")
        compare(call.args, '{body: "hello"}')
        verify(call.optimistic)
        compare(inspection.layers.count, 1)
        compare(inspection.layers.get(0).writes, ['messages:list {channel: "general"}'])
        verify(rowOf(inspection.queries, "messages:list").optimistic)
        deployment.release("messages:send")
        tryCompare(inspection.finished, "count", 1)
        tryCompare(inspection.calls, "count", 0)
        compare(inspection.layers.count, 0)
        compare(inspection.finished.get(0).error, "")
        verify(inspection.finished.get(0).took >= 0)
        compare(inspection.slowest, inspection.finished.get(0).took)

        screen.send.call({body: ""})
        tryCompare(inspection.finished, "count", 2)
        verify(inspection.finished.get(0).error.includes("say something"), "the newest is the first")
    }

    function test_filter() {
        const screen = create()
        const inspection = screen.inspector.inspection
        screen.inspector.filter = "COUNT"
        compare(inspection.queries.count, 1)
        compare(inspection.queries.get(0).path, "messages:count")
        screen.inspector.filter = "general"
        compare(inspection.queries.get(0).path, "messages:list")
        screen.inspector.filter = ""
        compare(inspection.queries.count, 2)
    }

    function test_followsTheClientToAnotherDeployment() {
        const screen = create()
        const inspection = screen.inspector.inspection
        screen.address = ""
        tryCompare(inspection.queries, "count", 0)
        screen.address = deployment.url
        tryCompare(inspection.queries, "count", 2)
        tryVerify(() => rowOf(inspection.queries, "messages:list").status === "ready")
    }

    function test_everyTabShowsItself() {
        const screen = create()
        deployment.hold("messages:send")
        screen.send.call({body: "hello"})
        tryCompare(screen.inspector.inspection.layers, "count", 1)
        let last = null
        for (const tab of ["queries", "calls", "layers", "timings"]) {
            screen.inspector.tab = tab
            const picture = grabImage(screen)
            compare(picture.width, 900)
            verify(last === null || !picture.equals(last), tab)
            last = picture
        }
        deployment.release("messages:send")
    }
}
