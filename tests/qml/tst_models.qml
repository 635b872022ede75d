import QtQuick
import QtTest
import Hull
import HullTest

TestCase {
    id: test

    name: "Models"
    when: windowShown
    visible: true
    width: 300
    height: 300

    MockDeployment {
        id: deployment
    }

    function init() {
        deployment.restart()
    }

    Component {
        id: listed

        HullClient {
            property alias model: inner
            property alias count: repeater.count

            HullQueryModel {
                id: inner

                query: "messages:list"
            }

            Instantiator {
                id: repeater

                model: inner

                QtObject {
                    required property string body
                }
            }
        }
    }

    Component {
        id: document

        HullClient {
            property alias model: inner
            property alias title: watcher.title
            property alias done: watcher.done
            property alias titles: watcher.titles
            property alias changes: watcher.changes

            HullObjectModel {
                id: inner

                query: "tasks:get"
                args: ({id: "a"})
            }

            QtObject {
                id: watcher

                property var title: inner.document.title
                property var done: inner.document.done
                property int titles: 0
                property int changes: 0

                onTitleChanged: ++titles
                onDoneChanged: ++changes
            }
        }
    }

    Component {
        id: table

        HullClient {
            property alias model: inner

            HullTableModel {
                id: inner

                query: "people:list"
                columns: ["name", "address.town"]
                headers: ["Name"]
            }
        }
    }

    Component {
        id: tableView

        TableView {
            width: 200
            height: 200
            delegate: Item {
                required property var display

                objectName: "cell"
                implicitWidth: 50
                implicitHeight: 20
            }
        }
    }

    Component {
        id: feed

        HullClient {
            property alias model: inner

            HullPaginatedModel {
                id: inner

                query: "messages:page"
                pageSize: 20
            }
        }
    }

    Component {
        id: list

        ListView {
            width: 200
            height: 200
            cacheBuffer: 0
            delegate: Item {
                required property double n

                width: 200
                height: 20
            }
        }
    }

    Component {
        id: alone

        HullObjectModel {
            query: "tasks:get"
        }
    }

    function test_listModelTellsThatItLoads() {
        const client = createTemporaryObject(listed, test, {url: deployment.url})
        const model = client.model
        verify(!model.loading)
        deployment.setResult("messages:list", [{_id: "a", body: "one"}])
        tryCompare(model, "status", HullQueryModel.Ready)
        compare(client.count, 1)
        compare(model.get(0).body, "one")
        model.keepPrevious = true
        model.args = {channel: "b"}
        tryCompare(model, "loading", true)
        compare(model.count, 1)
        tryCompare(model, "loading", false)
        model.args = undefined
        tryCompare(model, "count", 0)
        compare(model.status, HullQueryModel.Null)
    }

    function test_objectModelShowsOneDocument() {
        deployment.setResult("tasks:get", {_id: "a", title: "first", done: false, keys: 3})
        const client = createTemporaryObject(document, test, {url: deployment.url})
        const model = client.model
        compare(client.title, undefined)
        const titles = client.titles
        tryCompare(model, "status", HullObjectModel.Ready)
        compare(client.title, "first")
        compare(client.done, false)
        compare(client.titles, titles + 1)
        verify(!model.missing)
        compare(model.get("keys"), 3)
        compare(model.get("nothing"), undefined)
        compare(deployment.callsTo("tasks:get").map(call => call.args), [{id: "a"}])
    }

    function test_onlyChangedFieldsNotify() {
        deployment.setResult("tasks:get", {_id: "a", title: "first", done: false, tags: ["x"]})
        const client = createTemporaryObject(document, test, {url: deployment.url})
        tryCompare(client, "title", "first")
        const titles = client.titles
        const changes = client.changes
        for (let i = 1; i <= 20; ++i) {
            deployment.setResult("tasks:get", {_id: "a", title: "first", done: i, tags: ["x"]})
            tryCompare(client, "done", i)
        }
        compare(client.titles, titles)
        compare(client.changes, changes + 20)
        deployment.setResult("tasks:get", {_id: "a", done: 20})
        tryCompare(client, "title", undefined)
        compare(client.titles, titles + 1)
        compare(client.changes, changes + 20)
    }

    function test_documentIsReadOnly() {
        deployment.setResult("tasks:get", {_id: "a", title: "first"})
        const client = createTemporaryObject(document, test, {url: deployment.url})
        tryCompare(client, "title", "first")
        client.model.document.title = "mine"
        compare(client.model.document.title, "first")
    }

    function test_missingDocument() {
        deployment.setResult("tasks:get", null)
        const client = createTemporaryObject(document, test, {url: deployment.url})
        tryCompare(client.model, "missing", true)
        compare(client.model.status, HullObjectModel.Ready)
        deployment.setResult("tasks:get", {_id: "a", title: "now"})
        tryCompare(client, "title", "now")
        verify(!client.model.missing)
        deployment.setResult("tasks:get", null)
        tryCompare(client.model, "missing", true)
        compare(client.title, undefined)
        deployment.setResult("tasks:get", [1])
        tryCompare(client.model, "status", HullObjectModel.Error)
        compare(client.model.error.kind, HullError.BadValue)
        deployment.failQuery("tasks:get", "broken")
        tryVerify(() => client.model.error.kind === HullError.FunctionFailed)
        verify(!client.model.missing)
    }

    function test_otherArgumentsClearTheDocument() {
        deployment.query("tasks:get", args => ({_id: args.id, title: "title of " + args.id}))
        const client = createTemporaryObject(document, test, {url: deployment.url})
        const model = client.model
        tryCompare(client, "title", "title of a")
        model.args = {id: "b"}
        tryVerify(() => client.title === undefined || client.title === "title of b")
        tryCompare(client, "title", "title of b")
        model.keepPrevious = true
        model.args = {id: "c"}
        tryCompare(model, "loading", true)
        compare(client.title, "title of b")
        tryCompare(client, "title", "title of c")
        model.active = false
        tryCompare(model, "status", HullObjectModel.Null)
        compare(client.title, undefined)
        tryVerify(() => deployment.liveQueries === 0)
    }

    function test_withoutClient() {
        const model = createTemporaryObject(alone, test)
        tryCompare(model, "status", HullObjectModel.Error)
        compare(model.error.kind, HullError.BadArgument)
        verify(model.error.message.startsWith("HullObjectModel has no client"))
    }

    function test_tableViewShowsCells() {
        deployment.setResult("people:list", [{_id: "a", name: "Ada", address: {town: "London"}}, {_id: "b", name: "Bob"}])
        const client = createTemporaryObject(table, test, {url: deployment.url})
        const view = createTemporaryObject(tableView, test, {model: client.model})
        tryCompare(client.model, "count", 2)
        const shown = () => {
            const texts = []
            for (let i = 0; i < view.contentItem.children.length; ++i) {
                const cell = view.contentItem.children[i]
                if (cell.objectName === "cell" && cell.visible && typeof cell.display === "string")
                    texts.push(cell.display)
            }
            return texts.sort()
        }
        tryVerify(() => shown().length === 3)
        compare(shown(), ["Ada", "Bob", "London"])
        deployment.setResult("people:list", [{_id: "a", name: "Ada", address: {town: "Rome"}}, {_id: "b", name: "Bob"}])
        tryVerify(() => shown().includes("Rome"))
        compare(client.model.headerData(0, Qt.Horizontal), "Name")
    }

    function test_feedLoadsOnScroll() {
        deployment.query("messages:page", (args, db) => db.table("messages").paginate(args.paginationOpts))
        deployment.change(db => {
            for (let i = 0; i < 90; ++i)
                db.table("messages").insert({n: i})
        })
        const client = createTemporaryObject(feed, test, {url: deployment.url})
        const model = client.model
        tryCompare(model, "count", 20)
        verify(model.canLoadMore)
        const view = createTemporaryObject(list, test, {model: model})
        for (let tries = 0; tries < 20 && !model.exhausted; ++tries) {
            const before = model.count
            view.positionViewAtEnd()
            tryVerify(() => model.count > before || model.exhausted)
        }
        compare(model.count, 90)
        verify(!model.loadMore())
        model.reset()
        compare(model.count, 90)
        tryCompare(model, "count", 20)
        model.args = undefined
        tryCompare(model, "count", 0)
    }
}
