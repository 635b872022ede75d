import QtQuick
import QtTest
import Hull
import HullTest

TestCase {
    id: test

    name: "HullQuery"

    MockDeployment {
        id: deployment
    }

    function init() {
        deployment.restart()
        deployment.offline = false
    }

    function askedFor() {
        return deployment.callsTo("messages:list").map(call => call.args)
    }

    Component {
        id: nested

        HullClient {
            property alias query: inner

            HullQuery {
                id: inner

                query: "messages:list"
                args: ({channel: "a"})
            }
        }
    }

    Component {
        id: alone

        HullQuery {
            query: "messages:list"
        }
    }

    Component {
        id: preloaded

        HullClient {
            property alias query: cached

            HullQuery {
                id: cached

                query: "messages:list"
                initialValue: ({from: "cache"})
            }
        }
    }

    SignalSpy {
        id: previousChanged

        signalName: "previousChanged"
    }
    SignalSpy {
        id: staleChanged

        signalName: "staleChanged"
    }

    Component {
        id: attached

        Item {
            id: root

            property alias query: inner
            property alias address: client.url
            readonly property HullClient backend: HullClient {
                id: client
            }

            Hull.client: backend

            Item {
                Item {
                    HullQuery {
                        id: inner

                        query: "messages:list"
                    }
                }
            }
        }
    }

    function test_followsTheDeployment() {
        deployment.setResult("messages:list", [1])
        const client = createTemporaryObject(nested, test, {url: deployment.url})
        const query = client.query
        compare(query.value, undefined)
        tryCompare(query, "status", HullQuery.Ready)
        compare(query.value, [1])
        compare(askedFor(), [{channel: "a"}])
        deployment.setResult("messages:list", [1, {a: null}])
        tryVerify(() => query.value.length === 2)
        compare(query.value[1].a, null)
        verify(Array.isArray(query.value))
    }

    function test_equalArgumentsAreTheSameQuestion() {
        deployment.setResult("messages:list", "x")
        const query = createTemporaryObject(nested, test, {url: deployment.url}).query
        tryCompare(query, "value", "x")
        query.args = {channel: "a"}
        wait(50)
        compare(askedFor().length, 1)
        query.args = {channel: "b"}
        tryVerify(() => askedFor().length === 2)
        tryCompare(query, "value", "x")
    }

    function test_switchedOff() {
        deployment.setResult("messages:list", "x")
        const query = createTemporaryObject(nested, test, {url: deployment.url}).query
        tryCompare(query, "value", "x")
        query.active = false
        tryCompare(query, "status", HullQuery.Null)
        compare(query.value, undefined)
        tryVerify(() => deployment.liveQueries === 0)
        query.active = true
        tryCompare(query, "value", "x")
        query.args = undefined
        tryCompare(query, "status", HullQuery.Null)
    }

    function test_pathAndArgumentsChangeOnce() {
        deployment.setResult("messages:list", "x")
        deployment.query("messages:other", args => args.n)
        const query = createTemporaryObject(nested, test, {url: deployment.url}).query
        tryCompare(query, "value", "x")
        deployment.forgetCalls()
        query.query = "messages:other"
        query.args = {n: 1}
        query.args = {n: 2}
        query.active = false
        query.active = true
        tryCompare(query, "value", 2)
        compare(deployment.calls.map(call => call.path), ["messages:other"])
        tryVerify(() => deployment.liveQueries === 1)
    }

    function test_nothingGoesOutBeforeItIsComplete() {
        const query = createTemporaryObject(nested, test).query
        wait(20)
        compare(query.status, HullQuery.Null)
        compare(deployment.openConnections, 0)
        compare(deployment.calls.length, 0)
    }

    function test_withoutKeepPreviousTheValueGoes() {
        deployment.query("messages:list", args => args.channel)
        const query = createTemporaryObject(nested, test, {url: deployment.url}).query
        tryCompare(query, "value", "a")
        query.args = {channel: "b"}
        tryCompare(query, "status", HullQuery.Loading)
        compare(query.value, undefined)
        verify(query.loading)
        verify(!query.previous)
        tryCompare(query, "value", "b")
        verify(!query.loading)
    }

    function test_keepPrevious() {
        deployment.query("messages:list", args => args.channel)
        const query = createTemporaryObject(nested, test, {url: deployment.url}).query
        query.keepPrevious = true
        tryCompare(query, "value", "a")
        const seen = []
        query.valueChanged.connect(() => seen.push(query.value))
        previousChanged.target = query
        previousChanged.clear()
        query.args = {channel: "b"}
        tryCompare(query, "status", HullQuery.Loading)
        compare(query.value, "a")
        verify(query.previous)
        tryCompare(query, "value", "b")
        verify(!query.previous)
        compare(previousChanged.count, 2)
        compare(seen, ["b"])
        query.args = undefined
        tryCompare(query, "status", HullQuery.Null)
        compare(query.value, undefined)
    }

    function test_initialValue() {
        deployment.query("messages:list", () => null)
        const client = createTemporaryObject(preloaded, test)
        compare(client.query.value, {from: "cache"})
        compare(client.query.status, HullQuery.Null)
        client.url = deployment.url
        tryCompare(client.query, "status", HullQuery.Loading)
        compare(client.query.value, {from: "cache"})
        verify(!client.query.previous)
        tryCompare(client.query, "status", HullQuery.Ready)
        compare(client.query.value, null, "a live null counts")
    }

    function test_staleAfterALostConnection() {
        deployment.setResult("messages:list", "x")
        const client = createTemporaryObject(nested, test, {url: deployment.url})
        tryCompare(client.query, "value", "x")
        staleChanged.target = client.query
        staleChanged.clear()
        deployment.offline = true
        tryCompare(client.query, "stale", true)
        compare(client.query.value, "x")
        compare(client.query.status, HullQuery.Ready)
        deployment.offline = false
        tryCompare(client.query, "stale", false, 20000)
        compare(staleChanged.count, 2)
    }

    function test_logLines() {
        deployment.query("messages:list", (args, db) => {
            db.log("looked", "WARN")
            return 1
        })
        const query = createTemporaryObject(nested, test, {url: deployment.url}).query
        tryVerify(() => query.logLines.length === 1)
        verify(query.logLines[0].includes("looked"))
    }

    function test_valuesKeepTheirKinds() {
        deployment.setResultJson("messages:list", '{"big":{"$integer":"/////////38="},"raw":{"$bytes":"AAH/"},"n":1.5}')
        const query = createTemporaryObject(nested, test, {url: deployment.url}).query
        tryCompare(query, "status", HullQuery.Ready)
        compare(query.value.big.toString(), "9223372036854775807")
        compare("" + query.value.big, "9223372036854775807")
        compare(query.value.raw.byteLength, 3)
        compare(new Uint8Array(query.value.raw)[2], 255)
        compare(query.value.n + 1, 2.5)
        // And back: as arguments of another query.
        query.args = {big: query.value.big, raw: query.value.raw, missing: undefined}
        tryVerify(() => askedFor().length === 2)
        const arrived = askedFor()[1]
        compare(Object.keys(arrived), ["big", "raw"])
        compare(arrived.big.toString(), "9223372036854775807")
        compare([...new Uint8Array(arrived.raw)], [0, 1, 255])
    }

    function test_errorKeepsTheLastValue() {
        deployment.setResult("messages:list", "good")
        const query = createTemporaryObject(nested, test, {url: deployment.url}).query
        tryCompare(query, "value", "good")
        deployment.failQuery("messages:list", "broken")
        tryCompare(query, "status", HullQuery.Error)
        compare(query.error.kind, HullError.FunctionFailed)
        verify(query.error.message.includes("Uncaught Error: broken"))
        compare(query.value, "good")
        deployment.setResult("messages:list", "healed")
        tryCompare(query, "status", HullQuery.Ready)
        compare(query.error.kind, HullError.NoError)
    }

    function test_argumentsThatAreNoValues() {
        const query = createTemporaryObject(nested, test, {url: deployment.url}).query
        query.args = {rows: [1, {when: new Date()}]}
        tryCompare(query, "status", HullQuery.Error)
        compare(query.error.kind, HullError.BadValue)
        compare(query.error.message, "rows[1].when: a Date is no Convex value; store getTime()")
        query.args = {f: () => 1}
        tryVerify(() => query.error.message === "f: a function is no Convex value")
    }

    function test_findsTheAttachedClient() {
        deployment.setResult("messages:list", "x")
        const item = createTemporaryObject(attached, test, {address: deployment.url})
        tryCompare(item.query, "value", "x")
        compare(item.query.client, item.backend)
    }

    function test_withoutClient() {
        const query = createTemporaryObject(alone, test)
        tryCompare(query, "status", HullQuery.Error)
        compare(query.error.kind, HullError.BadArgument)
    }

    function test_optimistic() {
        deployment.setResult("messages:list", 1)
        deployment.mutation("messages:set", () => null)
        const client = createTemporaryObject(predicting, test, {url: deployment.url})
        tryCompare(client.query, "value", 1)
        verify(!client.query.optimistic)
        deployment.hold("messages:set")
        client.set.call()
        compare(client.query.value, 2)
        verify(client.query.optimistic)
        deployment.release("messages:set")
        tryCompare(client.query, "optimistic", false)
        compare(client.query.value, 1)
    }

    Component {
        id: predicting

        HullClient {
            property alias query: predicted
            property alias set: mutation

            HullQuery {
                id: predicted

                query: "messages:list"
            }
            HullMutation {
                id: mutation

                mutation: "messages:set"
                optimisticUpdate: store => store.setQuery("messages:list", {}, 2)
            }
        }
    }
}
