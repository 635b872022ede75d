import QtQuick
import QtTest
import Hull
import HullTest

TestCase {
    id: test

    name: "HullQueries"

    MockDeployment {
        id: deployment
    }

    Component {
        id: component

        HullClient {
            property alias screen: inner
            readonly property SignalSpy results: SignalSpy {
                target: inner
                signalName: "resultsChanged"
            }
            readonly property SignalSpy statuses: SignalSpy {
                target: inner
                signalName: "statusesChanged"
            }
            readonly property SignalSpy errors: SignalSpy {
                target: inner
                signalName: "errorsChanged"
            }

            HullQueries {
                id: inner

                queries: ({
                    name: {query: "a:name"},
                    room: {query: "a:room", args: {id: 1}},
                    off: undefined
                })
            }
        }
    }

    Component {
        id: alone

        HullQueries {
            queries: ({name: {query: "a:name"}})
        }
    }

    Component {
        id: clients

        HullClient {}
    }

    function init() {
        deployment.restart()
        deployment.offline = false
        deployment.setResult("a:name", "Ada")
        deployment.query("a:room", args => ({id: args.id}))
    }

    function create() {
        const client = createTemporaryObject(component, test, {url: deployment.url})
        tryCompare(client.screen, "status", HullQueries.Ready)
        return client
    }

    function test_resultsByName() {
        const client = createTemporaryObject(component, test, {url: deployment.url})
        const screen = client.screen
        compare(screen.status, HullQueries.Null)
        compare(screen.results.name, undefined)
        tryCompare(screen, "status", HullQueries.Ready)
        compare(screen.client, client)
        compare(screen.results, {name: "Ada", room: {id: 1}, off: undefined})
        compare(Object.keys(screen.results).sort(), ["name", "off", "room"])
        compare(screen.statuses, {name: HullQueries.Ready, room: HullQueries.Ready, off: HullQueries.Null})
        compare(screen.errors, {})
    }

    function test_followsTheDeployment() {
        const client = create()
        const room = client.screen.results.room
        compare(client.screen.results, client.screen.results, "the same object while nothing changes")
        client.results.clear()
        deployment.setResult("a:name", "Bob")
        tryVerify(() => client.screen.results.name === "Bob")
        compare(client.results.count, 1)
        verify(client.screen.results.room === room, "values that stay are the same objects")
    }

    function test_oneCommitShowsAtOnce() {
        deployment.query("a:name", (args, db) => db.table("t").count())
        deployment.query("a:room", (args, db) => db.table("t").count())
        const client = create()
        const torn = []
        client.screen.resultsChanged.connect(() => {
            const now = client.screen.results
            if (now.name !== now.room)
                torn.push(now)
        })
        for (let i = 0; i < 5; ++i)
            deployment.insert("t", {})
        tryVerify(() => client.screen.results.name === 5)
        compare(torn, [])
    }

    function test_equalQueriesStay() {
        const client = create()
        deployment.forgetCalls()
        client.results.clear()
        client.statuses.clear()
        client.screen.queries = {off: undefined, room: {query: "a:room", args: {id: 1}}, name: {query: "a:name", args: {}}}
        wait(50)
        compare(deployment.calls.length, 0)
        compare(client.results.count, 0)
        compare(client.statuses.count, 0)
    }

    function test_onlyWhatChangedIsAskedAnew() {
        const client = create()
        deployment.forgetCalls()
        client.screen.queries = {room: {query: "a:room", args: {id: 2}}, name: {query: "a:name"}}
        tryVerify(() => client.screen.results.room === undefined)
        compare(client.screen.results.name, "Ada")
        compare(client.screen.status, HullQueries.Loading)
        tryVerify(() => client.screen.results.room !== undefined)
        compare(client.screen.results.room, {id: 2})
        compare(deployment.calls.map(call => call.path), ["a:room"])
        tryVerify(() => deployment.liveQueries === 2)
    }

    function test_keepPrevious() {
        const client = create()
        client.screen.keepPrevious = true
        wait(0)
        deployment.query("a:room", args => ({id: args.id}))
        const seen = []
        client.screen.resultsChanged.connect(() => seen.push(client.screen.results.room?.id))
        client.screen.queries = {room: {query: "a:room", args: {id: 2}}, name: {query: "a:name"}}
        tryVerify(() => client.screen.statuses.room === HullQueries.Loading)
        compare(client.screen.results.room, {id: 1})
        tryVerify(() => client.screen.results.room.id === 2)
        compare(client.screen.status, HullQueries.Ready)
        verify(!seen.includes(undefined))
    }

    function test_anErrorIsOneNamesOwn() {
        const client = create()
        deployment.failQuery("a:room", "Uncaught Error: broken")
        tryVerify(() => client.screen.errors.room !== undefined)
        compare(client.screen.errors.room.kind, HullError.FunctionFailed)
        compare(Object.keys(client.screen.errors), ["room"])
        compare(client.screen.status, HullQueries.Error)
        compare(client.screen.statuses.name, HullQueries.Ready)
        compare(client.screen.results.room, {id: 1}, "the last good value")
        compare(client.errors.count, 1)
        deployment.query("a:room", args => ({id: args.id + 10}))
        tryCompare(client.screen, "status", HullQueries.Ready)
        compare(client.screen.errors, {})
        compare(client.screen.results.room, {id: 11})
    }

    function test_mistakes() {
        const client = create()
        client.screen.queries = {
            date: {query: "a:name", args: {at: {when: new Date()}}},
            path: {query: "no path at all"},
            text: "a:name",
            fine: {query: "a:name"}
        }
        tryVerify(() => client.screen.results.fine === "Ada")
        compare(client.screen.errors.date.message, "at.when: a Date is no Convex value; store getTime()")
        compare(client.screen.errors.path.kind, HullError.BadArgument)
        verify(client.screen.errors.text.message.includes("text: write {query:"))
        compare(client.screen.errors.fine, undefined)
    }

    function test_skipping() {
        const client = create()
        client.screen.queries = {name: {query: "a:name", args: undefined}, room: null}
        tryCompare(client.screen, "status", HullQueries.Null)
        compare(client.screen.results, {name: undefined, room: undefined})
        tryVerify(() => deployment.liveQueries === 0)
        client.screen.queries = {name: {query: "a:name"}}
        tryVerify(() => client.screen.results.name === "Ada")
        client.screen.active = false
        tryCompare(client.screen, "status", HullQueries.Null)
        tryVerify(() => deployment.liveQueries === 0)
        client.screen.active = true
        tryCompare(client.screen, "status", HullQueries.Ready)
    }

    function test_movesToAnotherClient() {
        const client = create()
        const other = createTemporaryObject(clients, test, {url: deployment.url})
        client.screen.client = other
        tryVerify(() => deployment.openConnections === 2)
        tryCompare(client.screen, "status", HullQueries.Ready)
        compare(client.screen.results.name, "Ada")
        tryVerify(() => deployment.liveQueries === 2, 5000, "gone from the first client")
        other.destroy()
        tryCompare(client.screen, "status", HullQueries.Null)
        compare(client.screen.results.name, undefined)
    }

    function test_anotherUrl() {
        const client = create()
        client.url = ""
        tryVerify(() => client.screen.results.name === undefined)
        client.url = deployment.url
        tryCompare(client.screen, "status", HullQueries.Ready)
        compare(client.screen.results.name, "Ada")
    }

    function test_withoutClient() {
        const screen = createTemporaryObject(alone, test)
        tryCompare(screen, "status", HullQueries.Error)
        compare(screen.errors.name.kind, HullError.BadArgument)
    }
}
