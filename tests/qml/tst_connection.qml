import QtQuick
import QtTest
import Hull
import HullTest

TestCase {
    id: test

    name: "HullConnection"

    property string address

    function init() {
        address = Deployment.restart()
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
        const client = createTemporaryObject(component, test, {url: address})
        const connection = client.connection
        connectedChanged.target = connection
        tryCompare(connection, "connected", true)
        verify(connection.hasEverConnected)
        compare(connection.client, client)
        connectedChanged.clear()
        Deployment.goOffline(true)
        tryCompare(connection, "connected", false)
        verify(connection.hasEverConnected)
        tryVerify(() => connection.retries > 0, 10000)
        Deployment.goOffline(false)
        tryCompare(connection, "connected", true, 20000)
        verify(connection.connectionCount >= 2)
        compare(connectedChanged.count, 2)
    }

    function test_countsMutationsInFlight() {
        const client = createTemporaryObject(component, test, {url: address})
        Deployment.holdMutations(true)
        client.send.call({author: "Ada", body: "hello"})
        tryCompare(client.connection, "inflightMutations", 1)
        Deployment.holdMutations(false)
        tryCompare(client.connection, "inflightMutations", 0)
    }

    function test_otherUrlIsAnotherDeployment() {
        const client = createTemporaryObject(component, test, {url: address})
        tryCompare(client.connection, "connected", true)
        client.url = ""
        tryCompare(client.connection, "connected", false)
        compare(client.connection.hasEverConnected, false)
        client.url = Deployment.restart()
        tryCompare(client.connection, "connected", true)
        ignoreWarning(/Invalid deployment address/)
        client.url = "ftp://example.com"
        compare(client.error.kind, HullError.BadArgument)
    }
}
