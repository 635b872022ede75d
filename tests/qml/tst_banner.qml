import QtQuick
import QtQuick.Layouts
import QtTest
import Hull
import HullTest

TestCase {
    id: test

    name: "ConnectionBanner"
    when: windowShown
    width: 420
    height: 120
    visible: true

    MockDeployment {
        id: deployment
    }

    Component {
        id: component

        Item {
            property alias banner: bar
            property alias client: backend
            property alias send: mutation

            width: 420
            height: 120

            HullClient {
                id: backend

                HullMutation {
                    id: mutation

                    mutation: "a:b"
                }
            }
            ConnectionBanner {
                id: bar

                client: backend
                width: parent.width
                delay: 0
            }
        }
    }

    Component {
        id: column

        ColumnLayout {
            property alias banner: inside
            property alias client: other
            property alias body: rest

            width: 420
            height: 120
            spacing: 0

            HullClient {
                id: other
            }
            ConnectionBanner {
                id: inside

                client: other
                delay: 0
                Layout.fillWidth: true
            }
            Rectangle {
                id: rest

                Layout.fillWidth: true
                Layout.fillHeight: true
            }
        }
    }

    function init() {
        deployment.restart()
        deployment.offline = false
        deployment.mutation("a:b", () => null)
    }

    function create() {
        const scene = createTemporaryObject(component, test)
        scene.client.url = deployment.url
        tryCompare(scene.client, "connected", true)
        return scene
    }

    function test_hiddenWhileAllIsWell() {
        const scene = create()
        wait(100)
        verify(!scene.banner.shown)
        compare(scene.banner.height, 0)
        verify(!scene.banner.visible)
        compare(scene.banner.client, scene.client)
    }

    // A layout that asks for a width which follows from the width that it gives never comes to rest.
    function test_insideALayout() {
        failOnWarning(/polish/)
        const scene = createTemporaryObject(column, test)
        scene.client.url = deployment.url
        tryCompare(scene.client, "connected", true)
        tryCompare(scene.body, "height", 120)
        verify(!scene.banner.visible)
        deployment.offline = true
        tryCompare(scene.banner, "height", 48)
        tryCompare(scene.body, "height", 72)
        compare(scene.body.y, 48)
        compare(scene.banner.width, 420)
        deployment.offline = false
        tryCompare(scene.banner, "visible", false, 20000)
        tryCompare(scene.body, "height", 120)
        compare(scene.body.y, 0)
    }

    function test_lostAndBack() {
        const scene = create()
        deployment.offline = true
        tryCompare(scene.banner, "state", "lost")
        tryVerify(() => scene.banner.height > 40)
        tryVerify(() => scene.banner.secondsLeft > 0, 20000)
        verify(/Connection lost, next try in \d+ s/.test(scene.banner.text), scene.banner.text)
        scene.send.call()
        tryVerify(() => scene.banner.text.endsWith("1 change is waiting"))
        scene.send.call()
        tryVerify(() => scene.banner.text.endsWith("2 changes are waiting"))
        const retry = findChild(scene.banner, "retryNow")
        tryVerify(() => scene.client.connectionState.nextRetryIn > 2500 && retry.visible, 20000)
        // What it says for a moment is noted, not looked for: a busy machine may look too late.
        const said = []
        scene.banner.textChanged.connect(() => said.push(scene.banner.text))
        deployment.offline = false
        mouseClick(retry)
        tryVerify(() => said.includes("Connected again"), 2000)  // Before the next try would come by itself.
        tryCompare(scene.banner, "shown", false, 5000)
        tryCompare(scene.banner, "height", 0)
    }

    function test_aShortGapIsNobodysBusiness() {
        const scene = create()
        scene.banner.delay = 60000
        const lost = []
        let shown = 0
        scene.banner.lostChanged.connect(() => lost.push(scene.banner.lost))
        scene.banner.shownChanged.connect(() => ++shown)
        deployment.dropConnections()
        tryVerify(() => lost.length >= 2, 20000)
        compare(lost.slice(0, 2), [true, false])
        compare(shown, 0)
    }

    function test_theFirstTryFails() {
        const scene = createTemporaryObject(component, test)
        const address = deployment.url
        deployment.offline = true
        scene.client.url = address
        verify(!scene.banner.shown)
        tryCompare(scene.banner, "state", "lost", 20000)
        deployment.offline = false
        scene.banner.retryNow()
        tryCompare(scene.client, "connected", true, 20000)
        tryCompare(scene.banner, "shown", false, 5000)
    }

    function test_keyboard() {
        const scene = create()
        deployment.offline = true
        const retry = findChild(scene.banner, "retryNow")
        tryVerify(() => scene.client.connectionState.nextRetryIn > 2500 && retry.visible, 20000)
        deployment.offline = false
        retry.forceActiveFocus()
        keyClick(Qt.Key_Space)
        tryCompare(scene.client, "connected", true, 2000)  // Before the next try would come by itself.
    }

    function test_lightAndDark_data() {
        return [{tag: "light", dark: false}, {tag: "dark", dark: true}]
    }
    function test_lightAndDark(data) {
        const scene = create()
        scene.banner.dark = data.dark
        deployment.offline = true
        tryVerify(() => scene.banner.height === 48 && scene.banner.secondsLeft > 0, 20000)
        tryVerify(() => {  // Once its colours have faded in.
            const image = grabImage(scene.banner)
            const light = image.red(5, 5) + image.green(5, 5) + image.blue(5, 5)
            return data.dark ? light < 250 : light > 600
        })
    }
}
