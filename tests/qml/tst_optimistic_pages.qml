import QtQuick
import QtTest
import Hull
import HullTest

TestCase {
    id: test

    name: "HullLocalStore"

    property var update: () => {}

    MockDeployment {
        id: deployment
    }

    Component {
        id: component

        HullClient {
            property alias pages: query
            property alias change: mutation
            readonly property SignalSpy failed: SignalSpy {
                target: mutation
                signalName: "failed"
            }

            HullQuery {
                id: query

                query: "items:list"
                args: ({list: "a", paginationOpts: {numItems: 10, cursor: null, id: 1}})
            }
            HullMutation {
                id: mutation

                mutation: "items:change"
                optimisticUpdate: (store, args) => test.update(store, args)
            }
        }
    }

    function init() {
        update = () => {}
        deployment.restart()
        deployment.offline = false
        deployment.query("items:list", (args, db) => db.table("items").paginate(args.paginationOpts))
        deployment.mutation("items:change", () => null)
        for (const n of [10, 20, 30])
            deployment.insert("items", {n: n})
        deployment.hold("items:change")
    }

    function create() {
        const client = createTemporaryObject(component, test, {url: deployment.url})
        tryCompare(client.pages, "status", HullQuery.Ready)
        return client
    }

    function shown(client) {
        return client.pages.value.page.map(row => row.n)
    }

    function test_pages_data() {
        const list = "items:list"
        const key = row => row.n
        return [
            {tag: "top", update: store => store.insertAtTop(list, {n: 5}), n: [5, 10, 20, 30]},
            {tag: "top of these", update: store => store.insertAtTop(list, {n: 5}, {list: "a"}), n: [5, 10, 20, 30]},
            {tag: "top of others", update: store => store.insertAtTop(list, {n: 5}, {list: "b"}), n: [10, 20, 30]},
            {tag: "bottom", update: store => store.insertAtBottomIfLoaded(list, {n: 40}), n: [10, 20, 30, 40]},
            {tag: "ascending", update: store => store.insertAtPosition(list, {n: 25}, {sortOrder: "asc", sortKeyFromItem: key}),
             n: [10, 20, 25, 30]},
            {tag: "key of several", update: store => store.insertAtPosition(
                list, {n: 15}, {sortOrder: "asc", sortKeyFromItem: row => ["x", row.n], argsToMatch: {list: "a"}}),
             n: [10, 15, 20, 30]},
            {tag: "update", update: store => store.updateItem(list, {list: "a"}, row => Object.assign(row, {n: row.n + 1})),
             n: [11, 21, 31]},
            {tag: "update of others", update: store => store.updateItem(list, {list: "b"}, row => ({n: 0})), n: [10, 20, 30]}
        ]
    }
    function test_pages(data) {
        const client = create()
        update = data.update
        client.change.call()
        compare(shown(client), data.n)
        deployment.release("items:change")
        tryVerify(() => !client.change.running)
        compare(client.change.error.kind, HullError.NoError)
        compare(shown(client), [10, 20, 30], "taken back, since nothing changed")
    }

    function test_descending() {
        deployment.query("items:list", (args, db) => db.table("items").paginate(args.paginationOpts, {newestFirst: true}))
        const client = create()
        compare(shown(client), [30, 20, 10])
        update = store => store.insertAtPosition("items:list", {n: 25}, {sortOrder: "desc", sortKeyFromItem: row => row.n})
        client.change.call()
        compare(shown(client), [30, 25, 20, 10])
        deployment.release("items:change")
    }

    function test_mistakes_data() {
        return [
            {tag: "key throws", why: "no key", update: store => store.insertAtPosition(
                "items:list", {n: 1}, {sortOrder: "asc", sortKeyFromItem: () => { throw new Error("no key") }})},
            {tag: "no order", why: "sortOrder is", update: store => store.insertAtPosition("items:list", {n: 1}, {})},
            {tag: "no function", why: "sortKeyFromItem is no function",
             update: store => store.insertAtPosition("items:list", {n: 1}, {sortOrder: "asc"})},
            {tag: "no value", why: "when: a Date is no Convex value",
             update: store => store.insertAtTop("items:list", {when: new Date()})},
            {tag: "no arguments", why: "arguments are an object", update: store => store.insertAtTop("items:list", {}, [1])},
            {tag: "undefined", why: "updateItem", update: store => store.updateItem("items:list", {list: "a"}, () => {})},
            {tag: "no path", why: "insertAtTop", update: store => store.insertAtTop("no path at all", {})}
        ]
    }
    function test_mistakes(data) {
        const client = create()
        deployment.forgetCalls()
        update = data.update
        client.change.call()
        tryCompare(client.failed, "count", 1)
        const message = client.change.error.message
        verify(message.includes(data.why), message)
        verify(message.includes("tst_optimistic_pages.qml:"), message)
        compare(shown(client), [10, 20, 30])
        compare(deployment.calls.length, 0)
    }

    function test_theStoreReadsAndWrites() {
        const client = create()
        let seen
        update = (store, args) => {
            const all = store.getAllQueries("items:list")
            seen = {count: all.length, list: all[0].args.list, unknown: store.getQuery("items:other"),
                    n: store.getQuery("items:list", all[0].args).page[0].n}
            store.setQuery("items:list", all[0].args, undefined)
        }
        client.change.call()
        compare(seen, {count: 1, list: "a", unknown: undefined, n: 10})
        compare(client.pages.status, HullQuery.Loading)
        deployment.release("items:change")
        tryCompare(client.pages, "status", HullQuery.Ready)
    }
}
