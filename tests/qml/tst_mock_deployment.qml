import QtQuick
import QtTest
import Hull
import HullTest

TestCase {
    id: test

    name: "MockDeployment"

    MockDeployment {
        id: deployment
    }

    Component {
        id: deployments

        MockDeployment {}
    }

    Component {
        id: clients

        HullClient {
            property alias query: live
            property alias send: mutation

            HullQuery {
                id: live

                query: "messages:list"
            }
            HullMutation {
                id: mutation

                mutation: "messages:send"
            }
        }
    }

    SignalSpy {
        id: failed

        signalName: "failed"
    }

    function init() {
        deployment.restart()
        deployment.offline = false
        deployment.users = undefined
        failed.clear()
        failed.target = null
    }

    function bodies(rows) {
        return rows === undefined ? [] : rows.map(row => row.body)
    }

    function connected() {
        const client = createTemporaryObject(clients, test, {url: deployment.url})
        tryVerify(() => deployment.liveQueries === 1)
        failed.target = client.send
        return client
    }

    // The text of what a function throws.
    function thrownBy(what) {
        try {
            what()
        } catch (error) {
            return error.message
        }
        return ""
    }

    function test_tables() {
        deployment.query("messages:list", (args, db) => db.table("messages").scan(row => row.body !== "hidden"))
        deployment.mutation("messages:send", (args, db) => {
            const table = db.table("messages")
            const first = table.insert({body: args.body, extra: 1, gone: true})
            table.patch(first, {extra: 2, gone: undefined})
            const second = table.insert({body: "hidden"})
            compare(table.count(), 2)
            compare(table.get(first).extra, 2)
            verify(!table.get(first).hasOwnProperty("gone"))
            compare(db.get(second).body, "hidden")
            compare(table.get("messages-99"), null)
            table.replace(second, {body: "replaced"})
            const third = table.insert({body: "x"})
            table.remove(third)
        })
        const client = connected()
        tryCompare(client.query, "status", HullQuery.Ready)
        client.send.call({body: "hello"})
        tryVerify(() => client.query.value.length === 2)
        compare(bodies(client.query.value), ["hello", "replaced"])
        compare(deployment.documents("messages").length, 2)
        verify(deployment.documents("messages")[0]._creationTime > 0)
        compare(deployment.insert("messages", {body: "from outside"}), "messages-4")
        tryVerify(() => client.query.value.length === 3)
        deployment.change(db => {
            db.table("messages").clear()
            db.table("messages").insert({body: "alone"})
        })
        tryVerify(() => client.query.value.length === 1)
        compare(bodies(client.query.value), ["alone"])
    }

    function test_whatAFunctionThrows_data() {
        return [
            {tag: "an error", run: () => { throw new Error("too loud") }, message: "Uncaught Error: too loud"},
            {tag: "data", run: () => { throw {code: 7} }, message: "Uncaught ConvexError", data: {code: 7}},
            {tag: "a result that is none", run: () => () => 1, message: "a function is no Convex value"},
            {tag: "no such table", run: (args, db) => db.table("a b").count(), message: "cannot name a table"},
            {tag: "no such document", run: (args, db) => db.table("t").remove("t-1"), message: "no document"},
            {tag: "a promise", run: () => Promise.resolve(1), message: "answer at once"},
            {tag: "the deployment", run: () => deployment.insert("t", {}), message: "works with its `db`"},
            {tag: "its counters", run: () => deployment.liveQueries, message: "works with its `db`"},
            {tag: "its functions", run: () => deployment.setResult("a:b", 1), message: "works with its `db`"},
            {tag: "the tables of an action", run: (args, db) => db.runQuery("a:b"), message: "Only actions"}
        ]
    }
    function test_whatAFunctionThrows(data) {
        deployment.setResult("messages:list", [])
        deployment.mutation("messages:send", data.run)
        const client = connected()
        client.send.call({})
        tryCompare(failed, "count", 1)
        verify(client.send.error.message.includes(data.message), client.send.error.message)
        if (data.data !== undefined)
            compare(client.send.error.data, data.data)
        compare(deployment.callsTo("messages:send").length, 1)
        verify(deployment.callsTo("messages:send")[0].failure.includes(data.message))
    }

    function test_aQueryCannotWrite() {
        deployment.query("messages:list", (args, db) => db.table("messages").insert({}))
        const client = connected()
        tryCompare(client.query, "status", HullQuery.Error)
        verify(client.query.error.message.includes("A query cannot write."))
    }

    function test_contextsEndWithTheirFunctions() {
        let kept
        let table
        deployment.query("messages:list", (args, db) => {
            kept = db
            table = db.table("messages")
            return table.scan()
        })
        const client = connected()
        tryCompare(client.query, "status", HullQuery.Ready)
        verify(thrownBy(() => table.scan()).includes("has ended"))
        verify(thrownBy(() => kept.get("messages-1")).includes("has ended"))
        compare(kept.user, null)
    }

    function test_actions() {
        deployment.query("messages:list", (args, db) => db.table("messages").scan())
        deployment.mutation("messages:send", (args, db) => db.table("messages").insert(args))
        deployment.action("messages:twice", (args, ctx) => ctx.runMutation("messages:send", args)
            .then(() => ctx.runMutation("messages:send", args))
            .then(() => ctx.runAction("messages:count")))
        deployment.action("messages:count", (args, ctx) => ctx.runQuery("messages:list").then(rows => rows.length))
        deployment.action("messages:plain", () => "at once")
        deployment.action("messages:careless", (args, ctx) => { ctx.runMutation("messages:send", args) })
        deployment.action("messages:catch", (args, ctx) => ctx.runMutation("messages:data").catch(data => data.code))
        deployment.mutation("messages:data", () => { throw {code: 7} })
        deployment.action("messages:reject", () => Promise.reject(new Error("later")))
        deployment.action("messages:tables", (args, ctx) => ctx.table("messages").scan())
        deployment.mutation("messages:start", (args, db) => { throw new Error("from inside") })
        deployment.action("messages:pass", (args, ctx) => ctx.runMutation("messages:start"))
        const client = connected()
        const outcome = {}
        const names = ["twice", "plain", "careless", "catch", "reject", "tables", "pass"]
        for (const name of names)
            callAction(client, "messages:" + name, {body: "x"}, outcome, name)
        tryVerify(() => Object.keys(outcome).length === names.length)
        verify(outcome.twice === 2 || outcome.twice === 3)
        compare(outcome.plain, "at once")
        compare(outcome.careless, null)
        compare(outcome.catch, 7)
        verify(outcome.reject.includes("Uncaught Error: later"), outcome.reject)
        verify(outcome.tables.includes("An action has no tables"), outcome.tables)
        verify(outcome.pass.includes("Uncaught Error: from inside"), outcome.pass)
        tryVerify(() => client.query.value.length === 3)
    }

    // An action through HTTP, as any client may.
    function callAction(client, path, args, outcome, name) {
        const request = new XMLHttpRequest() // qmllint disable unqualified
        request.onreadystatechange = () => {
            if (request.readyState !== XMLHttpRequest.DONE)
                return
            const answer = JSON.parse(request.responseText)
            outcome[name] = answer.status === "success" ? answer.value : answer.errorMessage
        }
        request.open("POST", client.url + "/api/action")
        request.setRequestHeader("Content-Type", "application/json")
        request.send(JSON.stringify({path: path, args: args, format: "json"}))
    }

    function test_holdAndRelease() {
        deployment.query("messages:list", (args, db) => db.table("messages").scan())
        deployment.mutation("messages:send", (args, db) => db.table("messages").insert(args))
        const client = connected()
        deployment.hold("messages:send")
        const call = client.send.call({body: "x"})
        wait(50)
        verify(call.running)
        compare(deployment.documents("messages").length, 0)
        deployment.release("messages:send")
        tryVerify(() => !client.send.running)
        compare(deployment.documents("messages").length, 1)
    }

    function test_calls() {
        deployment.setResult("messages:list", [])
        deployment.mutation("messages:send", () => null)
        const client = connected()
        compare(deployment.calls.map(call => [call.kind, call.path]), [["query", "messages:list"]])
        client.send.call({body: "one"})
        client.send.call({body: "two"})
        compare(deployment.waitForCall("messages:send").args, {body: "one"})
        const second = deployment.waitForCall("messages:send")
        compare(second.kind, "mutation")
        compare(second.args, {body: "two"})
        compare(second.user, null)
        verify(thrownBy(() => deployment.waitForCall("messages:send", 20)).includes("No call of messages:send"))
        deployment.forgetCalls()
        compare(deployment.calls, [])
    }

    function test_connections() {
        deployment.setResult("messages:list", "first")
        const client = connected()
        tryCompare(client.query, "value", "first")
        compare(deployment.openConnections, 1)
        deployment.dropConnections()
        tryCompare(client, "connected", false)
        tryCompare(client, "connected", true, 20000)
        deployment.offline = true
        tryCompare(client, "connected", false)
        tryVerify(() => deployment.openConnections === 0)
        deployment.setResult("messages:list", "second")
        compare(client.query.value, "first")
        deployment.offline = false
        tryCompare(client.query, "value", "second", 20000)
        deployment.closeConnections(1001, "going away")
        tryCompare(client, "connected", false)
        tryCompare(client, "connected", true, 20000)
    }

    function test_adminAndUsers() {
        deployment.users = {ada: {subject: "user-1", name: "Ada"}}
        compare(deployment.users.ada.name, "Ada")
        deployment.query("messages:list", (args, db) => db.admin ? "admin" : db.user ? db.user.name : "nobody")
        const client = createTemporaryObject(clients, test, {url: deployment.url})
        tryCompare(client.query, "value", "nobody")
        client.adminKey = deployment.adminKey
        tryCompare(client.query, "value", "admin")
    }

    function test_pages() {
        for (let i = 0; i < 5; ++i)
            deployment.insert("messages", {n: i})
        deployment.query("messages:list", (args, db) => db.table("messages").paginate(
            {numItems: 2, cursor: null}, {newestFirst: true, where: row => row.n !== 3}))
        const client = connected()
        tryCompare(client.query, "status", HullQuery.Ready)
        compare(client.query.value.page.map(row => row.n), [4, 2])
        verify(!client.query.value.isDone)
    }

    function test_files() {
        const id = deployment.addFile("hello", "text/plain")
        const file = deployment.file(id)
        compare(file.contentType, "text/plain")
        compare([...new Uint8Array(file.bytes)], [104, 101, 108, 108, 111])
        compare(deployment.file("nothing"), null)
        deployment.mutation("files:url", (args, db) => db.generateUploadUrl())
        deployment.query("messages:list", (args, db) => db.storageUrl(id))
        const client = connected()
        tryVerify(() => client.query.value !== undefined && client.query.value.includes("/api/storage/"))
    }

    function test_stoppedAndStartedAgain() {
        const one = createTemporaryObject(deployments, test)
        const before = one.url
        one.setResult("a:b", 1)
        one.running = false
        compare(one.url.toString(), "")
        verify(thrownBy(() => one.setResult("a:b", 1)).includes("does not run"))
        one.running = true
        verify(one.url.toString() !== "")
        verify(one.restart() !== before)
        compare(one.calls, [])
    }

    function test_restartedInsideAFunction() {
        let ran = 0
        let refused = ""
        deployment.mutation("messages:send", (args, db) => {
            ++ran
            deployment.restart()
            refused = thrownBy(() => db.table("messages").insert({}))
            return null
        })
        deployment.setResult("messages:list", [])
        const client = connected()
        client.send.call({})
        tryVerify(() => ran === 1)
        verify(refused.includes("has ended"), refused)
        compare(deployment.documents("messages"), [])
    }

    function test_mistakes() {
        verify(thrownBy(() => deployment.setResult("a:b", new Date())).includes("a Date is no Convex value"))
        verify(thrownBy(() => deployment.setResultJson("a:b", "{")) !== "")
        verify(thrownBy(() => deployment.query("a:b", 3)).includes("needs a function"))
        verify(thrownBy(() => deployment.query("not a path", () => 1)) !== "")
        verify(thrownBy(() => deployment.users = {ada: () => 1}).includes("ada: a function is no Convex value"))
        verify(thrownBy(() => deployment.insert("t", {_id: "x"})).includes("belong to the deployment"))
    }
}
