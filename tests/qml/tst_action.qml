import QtQuick
import QtTest
import Hull
import HullTest

TestCase {
    id: test

    name: "HullAction"
    when: windowShown
    width: 200
    height: 100
    visible: true

    MockDeployment {
        id: deployment
    }

    Component {
        id: component

        HullClient {
            id: client

            property alias ask: action
            property alias lonely: other
            readonly property SignalSpy succeeded: SignalSpy {
                target: action
                signalName: "succeeded"
            }
            readonly property SignalSpy failed: SignalSpy {
                target: action
                signalName: "failed"
            }
            readonly property SignalSpy runningChanged: SignalSpy {
                target: action
                signalName: "runningChanged"
            }

            HullAction {
                id: action

                action: "bot:ask"
            }
            HullAction {
                id: other

                action: "bot:ask"
            }
        }
    }

    Component {
        id: alone

        HullAction {
            action: "bot:ask"
        }
    }

    MouseArea {
        id: area

        anchors.fill: parent
    }

    function init() {
        deployment.restart()
        deployment.offline = false
        deployment.action("bot:ask", args => {
            if (args.bad)
                throw {code: 7}
            return {echo: args.text ?? null}
        })
    }

    function create() {
        return createTemporaryObject(component, test, {url: deployment.url})
    }

    function test_returnsWhatTheFunctionReturns() {
        const client = create()
        let told
        const call = client.ask.call({text: "hello"})
        verify(call.running)
        verify(client.ask.running)
        compare(call.value, undefined)
        call.then(value => told = value)
        tryVerify(() => told !== undefined)
        compare(told, {echo: "hello"})
        compare(call.value, {echo: "hello"})
        verify(!call.running)
        verify(!client.ask.running)
        compare(client.succeeded.count, 1)
        compare(client.succeeded.signalArguments[0][0], {echo: "hello"})
        compare(client.failed.count, 0)
        compare(client.runningChanged.count, 2)
    }

    function test_errorsCarryTheirData() {
        const client = create()
        let caught
        client.ask.call({bad: true}).catch(error => caught = error)
        tryVerify(() => caught !== undefined)
        compare(caught.kind, HullError.FunctionFailed)
        compare(caught.data, {code: 7})
        compare(client.ask.error.kind, HullError.FunctionFailed)
        compare(client.failed.count, 1)
        client.ask.call()
        tryCompare(client.succeeded, "count", 1)
        compare(client.ask.error.kind, HullError.NoError)
    }

    function test_severalAtOnceRunBeside() {
        const client = create()
        deployment.hold("bot:ask")
        client.ask.call({text: "one"})
        client.ask.call({text: "two"})
        client.lonely.call({text: "three"})
        compare(client.runningChanged.count, 1)
        tryVerify(() => deployment.callsTo("bot:ask").length === 3 || client.connectionState.inflightActions === 3)
        deployment.release("bot:ask")
        tryVerify(() => !client.ask.running && !client.lonely.running)
        compare(client.runningChanged.count, 2)
        compare(client.succeeded.count, 2)
    }

    function test_isNotSentAgainAfterALostConnection() {
        const client = create()
        deployment.hold("bot:ask")
        client.ask.call({text: "once"})
        tryVerify(() => client.connected)
        wait(100)
        deployment.dropConnections()
        tryCompare(client.failed, "count", 1)
        compare(client.ask.error.kind, HullError.ConnectionLost)
        deployment.release("bot:ask")
        tryCompare(client, "connected", true, 20000)
        wait(100)
        verify(deployment.callsTo("bot:ask").length <= 1)
    }

    function test_deadline() {
        const client = create()
        compare(client.ask.deadline, -1)
        deployment.hold("bot:ask")
        client.ask.deadline = 30
        client.lonely.deadline = 60000
        client.ask.call({text: "late"})
        client.lonely.call({text: "in time"})
        tryCompare(client.failed, "count", 1)
        compare(client.ask.error.kind, HullError.TimedOut)
        verify(client.lonely.running)
        deployment.release("bot:ask")
        tryVerify(() => !client.lonely.running)
        compare(client.lonely.error.kind, HullError.NoError)
        compare(client.succeeded.count, 0, "an answer that comes too late is ignored")
    }

    function test_deadlineIsAProperty() {
        const client = create()
        const spy = createTemporaryQmlObject("import QtTest; SignalSpy {signalName: 'deadlineChanged'}", test)
        spy.target = client.ask
        client.ask.deadline = 100
        client.ask.deadline = 100
        compare(spy.count, 1)
    }

    function test_withoutClient() {
        const action = createTemporaryObject(alone, test)
        let caught
        action.call().catch(error => caught = error)
        verify(action.running)
        tryVerify(() => caught !== undefined)
        compare(caught.kind, HullError.BadArgument)
        verify(caught.message.includes("HullAction has no client"))
    }

    function test_anEventIsNoObjectOfArguments() {
        const client = create()
        area.clicked.connect(client.ask.call)
        mouseClick(area)
        area.clicked.disconnect(client.ask.call)
        tryCompare(client.failed, "count", 1)
        compare(client.ask.error.kind, HullError.BadArgument)
        verify(client.ask.error.message.includes("a MouseEvent is no object of arguments"), client.ask.error.message)
        verify(client.ask.error.message.includes("bot:ask"))
        compare(deployment.callsTo("bot:ask").length, 0)
    }
}
