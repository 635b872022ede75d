import QtQuick
import QtTest
import Hull
import HullTest

TestCase {
    id: test

    name: "HullPendingCall"

    MockDeployment {
        id: deployment
    }

    Component {
        id: component

        HullClient {}
    }

    Component {
        id: dialogs

        Item {
            property alias send: mutation
            property alias client: mutation.client

            HullMutation {
                id: mutation

                mutation: "messages:send"
            }
        }
    }

    function init() {
        deployment.restart()
        deployment.offline = false
        deployment.query("messages:list", (args, db) => db.table("messages").scan().map(row => row.body))
        deployment.mutation("messages:send", (args, db) => {
            if (args.body === "bad")
                throw new Error("too loud")
            return db.table("messages").insert(args)
        })
        deployment.action("messages:echo", args => args.text)
    }

    function create() {
        return createTemporaryObject(component, test, {url: deployment.url})
    }

    function test_callsOfAClient() {
        const client = create()
        let chain = ""
        client.mutation("messages:send", {body: "hello"})
            .then(id => {
                chain += id
                return client.query("messages:list")
            })
            .then(rows => {
                chain += " " + rows.join()
                return client.action("messages:echo", {text: "echo"})
            })
            .then(text => chain += " " + text)
        tryVerify(() => chain.endsWith("echo"))
        compare(chain, "messages-1 hello echo")
    }

    function test_thenAfterTheEnd() {
        const client = create()
        const call = client.action("messages:echo", {text: "x"})
        tryVerify(() => !call.running)
        let told
        call.then(value => told = value)
        compare(told, undefined)
        tryVerify(() => told === "x")
        const again = []
        call.then(value => again.push(value))
        call.then(value => again.push(value))
        tryVerify(() => again.length === 2)
    }

    function test_catch() {
        const client = create()
        const seen = []
        client.mutation("messages:send", {body: "bad"}).catch(error => {
            seen.push(error.message)
            return "mended"
        }).then(value => seen.push(value))
        tryVerify(() => seen.length === 2)
        verify(seen[0].includes("too loud"))
        compare(seen[1], "mended")
        let passed
        client.action("messages:echo", {text: "fine"}).catch(() => "not called").then(value => passed = value)
        tryVerify(() => passed === "fine")
    }

    function test_finally() {
        const client = create()
        const seen = []
        client.action("messages:echo", {text: "value"}).finally((...all) => seen.push(all.length))
            .then(value => seen.push(value))
        tryVerify(() => seen.length === 2)
        compare(seen, [0, "value"])
        const failed = []
        client.mutation("messages:send", {body: "bad"}).finally(() => failed.push("done"))
            .then(() => failed.push("never"), error => failed.push(error.kind))
        tryVerify(() => failed.length === 2)
        compare(failed, ["done", HullError.FunctionFailed])
    }

    function test_cancel() {
        const client = create()
        deployment.hold("messages:echo")
        let caught
        const call = client.action("messages:echo", {text: "x"})
        call.catch(error => caught = error)
        verify(call.running)
        call.cancel()
        compare(caught, undefined)
        tryVerify(() => caught !== undefined)
        compare(caught.kind, HullError.Cancelled)
        verify(!call.running)
        call.cancel()
        deployment.release("messages:echo")
        let later
        client.action("messages:echo", {text: "later"}).then(value => later = value)
        tryVerify(() => later === "later")
        compare(call.error.kind, HullError.Cancelled)
    }

    function test_outlivesWhoMadeIt() {
        const client = create()
        const dialog = createTemporaryObject(dialogs, test, {client: client})
        let told
        deployment.hold("messages:send")
        dialog.send.call({body: "and gone"}).then(id => told = id)
        dialog.destroy()
        wait(20)
        gc()
        deployment.release("messages:send")
        tryVerify(() => told === "messages-1")
    }

    function test_theClientGoesMeanwhile() {
        const client = component.createObject(null, {url: deployment.url})
        deployment.hold("messages:echo")
        let caught
        client.action("messages:echo", {text: "x"}).catch(error => caught = error)
        tryCompare(client, "connected", true)
        client.destroy()
        tryVerify(() => caught !== undefined)
        compare(caught.kind, HullError.Closed)
        deployment.release("messages:echo")
    }

    function test_anotherUrlEndsCalls() {
        const client = create()
        deployment.hold("messages:echo")
        let caught
        client.action("messages:echo", {text: "x"}).catch(error => caught = error)
        tryCompare(client, "connected", true)
        client.url = ""
        tryVerify(() => caught !== undefined)
        compare(caught.kind, HullError.Closed)
        deployment.release("messages:echo")
    }

    function test_badArguments_data() {
        return [
            {tag: "no object", args: [1], message: "must be an object"},
            {tag: "place", args: {a: {b: [1, undefined]}}, message: "arguments of messages:echo: a.b[1]: undefined"},
            {tag: "deep", args: deep(70), message: "nested deeper than 64 levels"}
        ]
    }
    function test_badArguments(data) {
        const client = create()
        let caught
        client.action("messages:echo", data.args).catch(error => caught = error)
        tryVerify(() => caught !== undefined)
        compare(caught.kind, HullError.BadArgument)
        verify(caught.message.includes(data.message), caught.message)
        compare(deployment.callsTo("messages:echo").length, 0)
    }
    function deep(levels) {
        return levels === 0 ? {} : {x: deep(levels - 1)}
    }
}
