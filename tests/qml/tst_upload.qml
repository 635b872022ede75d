import QtQuick
import QtTest
import Hull
import HullTest

TestCase {
    id: test

    name: "HullUpload"

    MockDeployment {
        id: deployment
    }

    Component {
        id: component

        HullClient {
            property alias upload: inner
            readonly property SignalSpy succeeded: SignalSpy {
                target: inner
                signalName: "succeeded"
            }
            readonly property SignalSpy failed: SignalSpy {
                target: inner
                signalName: "failed"
            }

            HullUpload {
                id: inner

                uploadUrl: "files:url"
                args: ({album: "a"})
            }
        }
    }

    function init() {
        deployment.restart()
        deployment.offline = false
        deployment.mutation("files:url", (args, db) => db.generateUploadUrl())
    }

    function create() {
        return createTemporaryObject(component, test, {url: deployment.url})
    }

    function bytes(storageId) {
        return [...new Uint8Array(deployment.file(storageId).bytes)]
    }

    function test_bytes() {
        const client = create()
        let id
        const call = client.upload.upload(new Uint8Array([72, 105]), "text/plain")
        verify(call.running)
        verify(client.upload.running)
        call.then(value => id = value)
        tryVerify(() => id !== undefined)
        compare(bytes(id), [72, 105])
        compare(deployment.file(id).contentType, "text/plain")
        compare(client.succeeded.signalArguments[0][0], id)
        verify(!client.upload.running)
        compare(client.upload.progress, 1)
        compare(deployment.callsTo("files:url")[0].args, {album: "a"})
    }

    function test_text() {
        const client = create()
        client.upload.upload("hello")
        tryCompare(client.succeeded, "count", 1)
        const id = client.succeeded.signalArguments[0][0]
        compare(bytes(id), [104, 101, 108, 108, 111])
        verify(deployment.file(id).contentType.startsWith("text/plain"))
    }

    function test_file() {
        const client = create()
        client.upload.upload(Qt.resolvedUrl("tst_upload.qml"), "text/x-qml")
        tryCompare(client.succeeded, "count", 1)
        const id = client.succeeded.signalArguments[0][0]
        compare(bytes(id).slice(0, 6), [105, 109, 112, 111, 114, 116], "import")
        compare(deployment.file(id).contentType, "text/x-qml")
    }

    function test_failures_data() {
        return [
            {tag: "no such file", content: "file:///no/such/file", kind: HullError.BadArgument},
            {tag: "no bytes", content: {a: 1}, kind: HullError.BadArgument},
            {tag: "numbers", content: new Float64Array(1), kind: HullError.BadArgument}
        ]
    }
    function test_failures(data) {
        const client = create()
        client.upload.upload(data.content)
        tryCompare(client.failed, "count", 1)
        compare(client.upload.error.kind, data.kind)
        compare(client.succeeded.count, 0)
        client.upload.upload("fine")
        tryCompare(client.succeeded, "count", 1)
        compare(client.upload.error.kind, HullError.NoError)
    }

    function test_theMutationFails() {
        deployment.mutation("files:url", () => { throw new Error("no room") })
        const client = create()
        client.upload.upload("x")
        tryCompare(client.failed, "count", 1)
        verify(client.upload.error.message.includes("no room"))
    }

    function test_cancel() {
        const client = create()
        deployment.hold("files:url")
        let caught
        client.upload.upload("x").catch(error => caught = error)
        verify(client.upload.running)
        client.upload.cancel()
        tryVerify(() => caught !== undefined)
        compare(caught.kind, HullError.Cancelled)
        verify(!client.upload.running)
        deployment.release("files:url")
    }

    function test_goesMeanwhile() {
        const client = component.createObject(test, {url: deployment.url})
        deployment.hold("files:url")
        let caught
        client.upload.upload("x").catch(error => caught = error)
        client.destroy()
        tryVerify(() => caught !== undefined)
        compare(caught.kind, HullError.Closed)
        deployment.release("files:url")
    }
}
