import QtCore
import QtQuick
import QtTest
import Hull
import HullTest

TestCase {
    id: test

    name: "HullClient"

    MockDeployment {
        id: deployment
    }

    Component {
        id: component

        HullClient {
            property alias query: inner

            HullQuery {
                id: inner

                query: "a:b"
                active: false
            }
        }
    }

    Component {
        id: patient

        HullClient {
            property alias query: inner

            options.expectAuth: true
            options.connectTimeout: 7000

            HullQuery {
                id: inner

                query: "a:b"
            }
        }
    }

    Component {
        id: scene

        Item {
            id: top

            property alias below: inner
            property alias address: client.url
            readonly property HullClient own: HullClient {
                id: client
            }

            Hull.client: own

            Item {
                Item {
                    id: inner

                    readonly property QtObject found: Hull.client
                }
            }
        }
    }

    function init() {
        deployment.restart()
        deployment.offline = false
        deployment.users = {ada: {subject: "1", name: "Ada"}}
        deployment.query("a:b", (args, db) => db.admin ? "admin" : db.user === null ? "nobody" : db.user.name)
        deployment.mutation("a:add", () => null)
    }

    Component {
        id: durable

        HullClient {
            property string box
            readonly property SignalSpy restored: SignalSpy {
                signalName: "restoredMutationFinished"
            }

            options.outboxFile: box
            Component.onCompleted: restored.target = this
        }
    }

    function test_restoredMutationsTellTheirOutcome() {
        const folder = String(StandardPaths.writableLocation(StandardPaths.TempLocation)).replace("file://", "")
        const box = `${folder}/hull-${Date.now()}-${Math.random()}.outbox`
        deployment.mutation("a:add", args => {
            if (args.bad)
                throw new Error("no")
            return "added"
        })
        deployment.offline = true
        const first = durable.createObject(null, {box, url: deployment.url}) as HullClient
        first.mutation("a:add", {n: 1})
        first.mutation("a:add", {bad: true})
        first.destroy()
        wait(0)
        deployment.offline = false
        const client = createTemporaryObject(durable, test, {box, url: deployment.url})
        tryCompare(client.restored, "count", 2)
        const [done, failed] = client.restored.signalArguments
        compare(done[0], "a:add")
        compare(done[1], {n: 1})
        compare(done[2], "added")
        compare(done[3].kind, HullError.NoError)
        compare(failed[1], {bad: true})
        compare(failed[2], undefined)
        compare(failed[3].kind, HullError.FunctionFailed)
    }

    function test_retention() {
        const client = createTemporaryObject(component, test, {url: deployment.url, retention: 60000})
        compare(client.options.retention, 60000)
        client.query.active = true
        tryCompare(client.query, "value", "nobody")
        client.query.active = false
        wait(100)
        compare(deployment.liveQueries, 1)
        client.query.active = true
        tryCompare(client.query, "status", HullQuery.Ready)
        compare(deployment.callsTo("a:b").length, 1)
    }

    function test_expectAuth() {
        const client = createTemporaryObject(patient, test, {url: deployment.url})
        compare(client.options.expectAuth, true)
        compare(client.options.connectTimeout, 7000)
        compare(client.options.inactivityTimeout, 60000)
        wait(150)
        compare(deployment.callsTo("a:b").length, 0)
        client.token = "ada"
        tryCompare(client.query, "value", "Ada")
        compare(deployment.callsTo("a:b").filter(call => call.user === null).length, 0)
    }

    function test_tokenAndKey() {
        const client = createTemporaryObject(component, test, {url: deployment.url, token: "ada"})
        client.query.active = true
        tryCompare(client.query, "value", "Ada")
        verify(client.authState.authenticated)
        client.adminKey = deployment.adminKey
        tryCompare(client.query, "value", "admin")
        compare(client.token, "")
        client.adminKey = ""
        tryCompare(client.query, "value", "nobody")
    }

    function test_prewarm() {
        const client = createTemporaryObject(component, test, {url: deployment.url})
        client.prewarm("a:b", {}, 60000)
        tryVerify(() => deployment.liveQueries === 1)
        wait(50)
        client.query.active = true
        tryCompare(client.query, "value", "nobody")
        compare(deployment.callsTo("a:b").length, 1)
        ignoreWarning(/prewarm: when: a Date is no Convex value/)
        client.prewarm("a:b", {when: new Date()})
    }

    function test_unacknowledged() {
        const client = createTemporaryObject(component, test, {url: deployment.url})
        verify(!client.hasUnacknowledgedMutations())
        deployment.hold("a:add")
        client.mutation("a:add")
        verify(client.hasUnacknowledgedMutations())
        deployment.release("a:add")
        tryVerify(() => !client.hasUnacknowledgedMutations())
    }

    function test_badUrl() {
        ignoreWarning(/Invalid deployment address/)
        const client = createTemporaryObject(component, test, {url: "ftp://example.com"})
        compare(client.error.kind, HullError.BadArgument)
        client.query.active = true
        tryCompare(client.query, "status", HullQuery.Error)
        client.url = deployment.url
        compare(client.error.kind, HullError.NoError)
        tryCompare(client.query, "value", "nobody")
    }

    function test_attached() {
        const item = createTemporaryObject(scene, test, {address: deployment.url})
        compare(item.below.found, item.own)
    }
}
