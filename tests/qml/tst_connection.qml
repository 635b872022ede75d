import QtQuick
import QtTest
import Hull
import HullTest

TestCase {
    id: test

    name: "HullConnection"

    MockDeployment {
        id: deployment
    }

    function init() {
        deployment.restart()
        deployment.offline = false
        deployment.mutation("messages:send", (args, db) => db.table("messages").insert(args))
    }

    Component {
        id: component

        HullClient {
            property alias connection: inner
            property alias send: mutation

            HullConnection {
                id: inner
            }
            HullMutation {
                id: mutation

                mutation: "messages:send"
            }
        }
    }

    SignalSpy {
        id: connectedChanged

        signalName: "connectedChanged"
    }

    function test_followsTheSocket() {
        const client = createTemporaryObject(component, test, {url: deployment.url})
        const connection = client.connection
        connectedChanged.target = connection
        tryCompare(connection, "connected", true)
        verify(connection.hasEverConnected)
        compare(connection.client, client)
        connectedChanged.clear()
        deployment.offline = true
        tryCompare(connection, "connected", false)
        verify(connection.hasEverConnected)
        tryVerify(() => connection.retries > 0, 10000)
        deployment.offline = false
        tryCompare(connection, "connected", true, 20000)
        verify(connection.connectionCount >= 2)
        compare(connectedChanged.count, 2)
    }

    function test_countsMutationsInFlight() {
        const client = createTemporaryObject(component, test, {url: deployment.url})
        deployment.hold("messages:send")
        client.send.call({author: "Ada", body: "hello"})
        tryCompare(client.connection, "inflightMutations", 1)
        deployment.release("messages:send")
        tryCompare(client.connection, "inflightMutations", 0)
    }

    function test_otherUrlIsAnotherDeployment() {
        const client = createTemporaryObject(component, test, {url: deployment.url})
        tryCompare(client.connection, "connected", true)
        client.url = ""
        tryCompare(client.connection, "connected", false)
        compare(client.connection.hasEverConnected, false)
        client.url = deployment.restart()
        tryCompare(client.connection, "connected", true)
        ignoreWarning(/Invalid deployment address/)
        client.url = "ftp://example.com"
        compare(client.error.kind, HullError.BadArgument)
    }

    function test_ageOfTheOldestCall() {
        const client = createTemporaryObject(component, test, {url: deployment.url})
        compare(client.connection.oldestRequestAge, -1)
        deployment.hold("messages:send")
        client.send.call({body: "x"})
        wait(60)
        verify(client.connection.oldestRequestAge >= 50)
        deployment.release("messages:send")
        tryVerify(() => !client.send.running)
        compare(client.connection.oldestRequestAge, -1)
    }

    function test_reconnectNow() {
        const client = createTemporaryObject(component, test, {url: deployment.url})
        tryCompare(client.connection, "connected", true)
        deployment.offline = true
        tryVerify(() => client.connection.retries >= 3, 20000)
        tryVerify(() => client.connection.nextRetryIn > 2500, 20000)
        deployment.offline = false
        verify(!client.connection.connected)
        client.connection.reconnectNow()
        tryCompare(client.connection, "connected", true, 2000)  // Before the next try would come by itself.
    }

    function test_withoutClient() {
        const connection = createTemporaryObject(alone, test)
        compare(connection.client, null)
        verify(!connection.connected)
        connection.reconnectNow()
        const client = createTemporaryObject(component, test, {url: deployment.url})
        connection.client = client
        tryCompare(connection, "connected", true)
        client.destroy()
        tryCompare(connection, "connected", false)
        compare(connection.oldestRequestAge, -1)
    }

    Component {
        id: alone

        HullConnection {}
    }
}
