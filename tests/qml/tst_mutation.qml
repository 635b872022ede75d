import QtQuick
import QtTest
import Hull
import HullTest

TestCase {
    id: test

    name: "HullMutation"
    when: windowShown
    width: 200
    height: 200
    visible: true

    property string failure

    MockDeployment {
        id: deployment
    }

    function init() {
        failure = ""
        deployment.restart()
        deployment.offline = false
        deployment.query("messages:list", (args, db) => db.table("messages").scan())
        deployment.mutation("messages:send", (args, db) => {
            if (failure)
                throw new Error(failure)
            db.table("messages").insert(args)
            return null
        })
        deployment.insert("messages", {author: "Bob", body: "hi"})
    }

    Component {
        id: chat

        ListView {
            id: view

            property alias address: backend.url
            property alias send: mutation
            property alias rows: query
            readonly property SignalSpy inserted: SignalSpy {
                target: view.model
                signalName: "rowsInserted"
            }
            readonly property SignalSpy removed: SignalSpy {
                target: view.model
                signalName: "rowsRemoved"
            }

            width: 200
            height: 200
            model: HullQueryModel {
                client: backend
                query: "messages:list"
            }
            delegate: Text {
                required property string body
                required property bool isOptimistic

                text: body
                opacity: isOptimistic ? 0.5 : 1
            }

            HullClient {
                id: backend

                HullQuery {
                    id: query

                    query: "messages:list"
                }
                HullMutation {
                    id: mutation

                    mutation: "messages:send"
                    optimisticUpdate: (store, args) => {
                        if (args.body === "throw")
                            throw new Error("no prediction")
                        for (const known of store.getAllQueries("messages:list"))
                            store.setQuery("messages:list", known.args, known.value.concat([
                                {_id: "predicted-" + known.value.length, author: args.author, body: args.body}
                            ]))
                    }
                }
            }
        }
    }

    SignalSpy {
        id: succeeded

        signalName: "succeeded"
    }
    SignalSpy {
        id: failed

        signalName: "failed"
    }

    function create() {
        const view = createTemporaryObject(chat, test, {address: deployment.url})
        tryCompare(view, "count", 1)
        tryVerify(() => view.rows.value !== undefined)
        succeeded.clear()
        succeeded.target = view.send
        failed.clear()
        failed.target = view.send
        return view
    }

    function test_predictedRowIsThereAtOnceAndStays() {
        const view = create()
        deployment.hold("messages:send")
        const call = view.send.call({author: "Ada", body: "hello"})
        verify(call.running)
        verify(view.send.running)
        compare(view.count, 2)
        compare(view.rows.value.length, 2)
        view.forceLayout()
        const row = view.itemAtIndex(1)
        compare(row.text, "hello")
        verify(row.isOptimistic)

        let told = "nothing"
        call.then(value => told = value)
        deployment.release("messages:send")
        tryCompare(succeeded, "count", 1)
        tryVerify(() => told === null, 5000, "the promise resolves with what the function returned")
        verify(!call.running)
        verify(!view.send.running)
        compare(view.count, 2)
        compare(view.itemAtIndex(1), row, "the delegate is the same item")
        verify(!row.isOptimistic)
        compare(view.model.get(1)._id, "messages-2")
        compare(view.inserted.count, 1)
        compare(view.removed.count, 0)
    }

    function test_failureTakesThePredictionBack() {
        const view = create()
        failure = "no"
        let caught = null
        view.send.call({author: "Ada", body: "hello"}).then(() => {}, error => caught = error)
        compare(view.count, 2)
        tryCompare(failed, "count", 1)
        tryVerify(() => caught !== null)
        compare(caught.kind, HullError.FunctionFailed)
        verify(caught.message.includes("Uncaught Error: no"))
        compare(view.send.error.kind, HullError.FunctionFailed)
        compare(view.count, 1)
        failure = ""
        view.send.call({author: "Ada", body: "again"})
        tryCompare(succeeded, "count", 1)
        compare(view.send.error.kind, HullError.NoError)
    }

    function test_updateThatThrowsSendsNothing() {
        const view = create()
        view.send.call({author: "Ada", body: "throw"})
        tryCompare(failed, "count", 1)
        verify(view.send.error.message.includes("no prediction"))
        compare(view.count, 1)
        view.send.call({author: "Ada", body: "fine"})
        tryCompare(succeeded, "count", 1)
        compare(view.model.get(1)._id, "messages-2", "the first call stored nothing")
    }

    function test_argumentsThatAreNoValues() {
        const view = create()
        view.send.call({author: "Ada", body: view})
        tryCompare(failed, "count", 1)
        compare(view.send.error.kind, HullError.BadArgument)
        compare(view.send.error.message, "arguments of messages:send: body: an object of a class is no Convex value")
    }

    function test_pendingCallOutlivesTheGarbageCollector() {
        const view = create()
        deployment.hold("messages:send")
        let told = 0
        for (let i = 0; i < 20; ++i)
            view.send.call({author: "Ada", body: "m" + i}).then(() => ++told)
        gc()
        deployment.release("messages:send")
        tryVerify(() => told === 20)
        gc()
        compare(view.count, 21)
    }

    function test_theErrorOfAnUpdateNamesItsPlace() {
        const view = create()
        view.send.call({author: "Ada", body: "throw"})
        tryCompare(failed, "count", 1)
        verify(/optimisticUpdate: Error: no prediction \(.*tst_mutation\.qml:\d+\)/.test(view.send.error.message),
               view.send.error.message)
    }

    Component {
        id: custom

        HullMutation {
            mutation: "messages:send"
        }
    }

    function test_anythingMayBeThrown() {
        const view = create()
        const send = createTemporaryObject(custom, test, {
            client: view.send.client, optimisticUpdate: () => { throw "just text" }
        })
        let caught
        send.call({body: "x"}).catch(error => caught = error)
        tryVerify(() => caught !== undefined)
        verify(caught.message.includes("optimisticUpdate: just text"), caught.message)
        compare(deployment.callsTo("messages:send").length, 0)
    }

    function test_anUpdateThatReturnsAPromiseIsWarnedOf() {
        const view = create()
        const send = createTemporaryObject(custom, test, {
            client: view.send.client, optimisticUpdate: () => Promise.resolve(1)
        })
        ignoreWarning(/An optimistic update returned a promise/)
        send.call({author: "Ada", body: "x"})
        tryVerify(() => !send.running)
        compare(send.error.kind, HullError.NoError)
    }

    function test_oneUpdateForEachMutation() {
        const view = create()
        const first = view.send.optimisticUpdate
        ignoreWarning(/Already specified optimistic update for mutation messages:send/)
        view.send.optimisticUpdate = () => {}
        verify(view.send.optimisticUpdate === first)
        const send = createTemporaryObject(custom, test, {client: view.send.client})
        ignoreWarning(/optimisticUpdate of mutation messages:send is no function/)
        send.optimisticUpdate = "text"
        let ran = 0
        send.optimisticUpdate = () => { ++ran }
        send.call({author: "Ada", body: "x"})
        verify(ran > 0)
        tryVerify(() => !send.running)
    }

    function test_inTheOrderOfTheCalls() {
        const view = create()
        const told = []
        for (let i = 0; i < 10; ++i)
            view.send.call({author: "Ada", body: "m" + i}).then(() => told.push(i))
        tryVerify(() => told.length === 10)
        compare(told, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
        compare(deployment.documents("messages").slice(1).map(row => row.body),
                ["m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9"])
    }

    function test_cancelTakesThePredictionBack() {
        const view = create()
        deployment.hold("messages:send")
        const call = view.send.call({author: "Ada", body: "hello"})
        compare(view.count, 2)
        call.cancel()
        tryCompare(failed, "count", 1)
        compare(view.send.error.kind, HullError.Cancelled)
        compare(view.count, 1)
        deployment.release("messages:send")
    }

    function test_deadlineTakesThePredictionBack() {
        const view = create()
        compare(view.send.deadline, -1)
        deployment.hold("messages:send")
        view.send.deadline = 30
        let caught
        view.send.call({author: "Ada", body: "late"}).catch(error => caught = error)
        compare(view.count, 2)
        view.send.deadline = -1
        const patient = view.send.call({author: "Ada", body: "patient"})
        tryVerify(() => caught !== undefined)
        compare(caught.kind, HullError.TimedOut)
        verify(caught.retryable)
        verify(patient.running, "what was called without a deadline waits as long as it takes")
        compare(view.count, 2, "one prediction is gone, one stays")
        deployment.release("messages:send")
        tryCompare(succeeded, "count", 1)
        compare(failed.count, 1)
        tryCompare(view, "count", 3)  // Both had been sent, and took effect.
    }

    function test_deadlineCountsOffline() {
        const view = create()
        deployment.offline = true
        tryVerify(() => !view.send.client.connected)
        view.send.deadline = 30
        view.send.call({author: "Ada", body: "never"})
        compare(view.count, 2)
        tryCompare(failed, "count", 1)
        compare(view.send.error.kind, HullError.TimedOut)
        compare(view.count, 1)
        deployment.offline = false
        view.send.client.reconnectNow()
        view.send.deadline = -1
        view.send.call({author: "Ada", body: "later"})
        tryCompare(succeeded, "count", 1)
        compare(deployment.documents("messages").map(row => row.body), ["hi", "later"])
    }

    function test_deadlineThatIsNotReached() {
        const view = create()
        view.send.deadline = 60000
        view.send.call({author: "Ada", body: "quick"})
        tryCompare(succeeded, "count", 1)
        compare(failed.count, 0)
    }
}
