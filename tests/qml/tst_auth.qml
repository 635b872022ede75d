import QtQuick
import QtTest
import Hull
import HullTest

TestCase {
    id: test

    name: "HullAuth"
    when: windowShown
    width: 200
    height: 200
    visible: true

    MockDeployment {
        id: deployment
    }

    Component {
        id: component

        HullClient {
            id: client

            property alias fetchToken: provider.fetchToken
            property alias auth: provider
            property alias who: query
            readonly property SignalSpy authenticated: SignalSpy {
                target: provider
                signalName: "authenticatedChanged"
            }
            readonly property SignalSpy loading: SignalSpy {
                target: provider
                signalName: "loadingChanged"
            }
            readonly property SignalSpy refreshing: SignalSpy {
                target: provider
                signalName: "refreshingChanged"
            }

            HullAuth {
                id: provider
            }
            HullQuery {
                id: query

                query: "users:me"
            }
        }
    }

    Component {
        id: watcher

        HullAuth {}
    }

    Component {
        id: screens

        Item {
            id: screen

            property alias fetchToken: provider.fetchToken
            property alias address: backend.url
            property alias auth: provider
            property alias inside: authenticated
            property alias outside: unauthenticated
            property alias waiting: loading
            property alias renewing: refreshing
            property int made: 0

            Hull.client: backend

            Unauthenticated {
                id: unauthenticated

                onLoaded: ++screen.made

                Text {
                    text: "out"
                }
            }
            Authenticated {
                id: authenticated

                Text {
                    text: "in"
                }
            }
            AuthLoading {
                id: loading

                Text {
                    text: "wait"
                }
            }
            AuthRefreshing {
                id: refreshing

                Text {
                    text: "renew"
                }
            }
            HullClient {
                id: backend

                HullAuth {
                    id: provider
                }
            }
        }
    }

    property var asked: []

    function init() {
        asked = []
        deployment.restart()
        deployment.offline = false
        const users = {bob: {subject: "2", name: "Bob"}}
        for (const token of ["ada", "ada1", "ada2", "ada3", "ada4", "ada5", "ada6"])
            users[token] = {subject: "1", name: "Ada"}
        deployment.users = users
        deployment.query("users:me", (args, db) => db.user === null ? null : db.user.name)
    }

    function test_promiseOfAToken() {
        let resolve
        const client = createTemporaryObject(component, test, {
            url: deployment.url,
            fetchToken: request => {
                asked.push(request.forceRefresh)
                return asked.length === 1 ? new Promise(done => resolve = done) : "ada"
            }
        })
        verify(client.auth.loading)
        tryVerify(() => resolve !== undefined)
        wait(50)
        compare(client.who.value, undefined, "nothing runs before it is known who asks")
        compare(deployment.callsTo("users:me").length, 0)
        resolve("ada")
        tryCompare(client.auth, "authenticated", true)
        verify(!client.auth.loading)
        tryCompare(client.who, "value", "Ada")
        compare(asked[0], false)
        compare(deployment.callsTo("users:me").filter(call => call.user === null).length, 0)
        compare(client.authenticated.count, 1)
        compare(client.loading.count, 1)
        compare(client.auth.client, client)
    }

    function test_tokenAtOnce() {
        const client = createTemporaryObject(component, test, {url: deployment.url, fetchToken: () => "bob"})
        tryCompare(client.auth, "authenticated", true)
        tryCompare(client.who, "value", "Bob")
    }

    function test_nullIsSignedOut_data() {
        return [{tag: "null", fetch: () => null}, {tag: "undefined", fetch: () => {}},
                {tag: "promise", fetch: () => Promise.resolve(null)}]
    }
    function test_nullIsSignedOut(data) {
        const client = createTemporaryObject(component, test, {url: deployment.url, fetchToken: data.fetch})
        tryCompare(client.auth, "loading", false)
        verify(!client.auth.authenticated)
        tryCompare(client.who, "value", null)
        compare(client.authenticated.count, 0)
    }

    function test_signOutIsAtOnce() {
        const client = createTemporaryObject(component, test, {url: deployment.url, fetchToken: () => "ada"})
        tryCompare(client.who, "value", "Ada")
        client.auth.signOut()
        verify(!client.auth.authenticated)
        verify(!client.auth.loading)
        tryCompare(client.who, "value", null)
        client.auth.signIn()
        verify(client.auth.loading)
        tryCompare(client.who, "value", "Ada")
        verify(client.auth.authenticated)
    }

    function test_signOutForgetsAnOpenFetch() {
        let resolve
        const client = createTemporaryObject(component, test, {
            url: deployment.url, fetchToken: () => new Promise(done => resolve = done)
        })
        tryVerify(() => resolve !== undefined)
        client.auth.signOut()
        verify(!client.auth.loading)
        resolve("ada")
        tryCompare(client.who, "value", null)
        wait(50)
        verify(!client.auth.authenticated)
    }

    function test_anotherFunctionIsAnotherUser() {
        const client = createTemporaryObject(component, test, {url: deployment.url, fetchToken: () => "ada"})
        tryCompare(client.who, "value", "Ada")
        client.fetchToken = () => "bob"
        tryCompare(client.who, "value", "Bob")
        client.fetchToken = null
        tryCompare(client.who, "value", null)
        verify(!client.auth.authenticated)
    }

    function test_aRefusedTokenIsReplaced() {
        const client = createTemporaryObject(component, test, {
            url: deployment.url,
            fetchToken: ({forceRefresh}) => {
                asked.push(forceRefresh)
                return "ada" + asked.length
            }
        })
        tryCompare(client.who, "value", "Ada")
        const before = asked.length
        client.refreshing.clear()
        deployment.expireTokens()
        tryVerify(() => asked.length > before, 10000)
        compare(asked[asked.length - 1], true)
        tryVerify(() => client.auth.authenticated && !client.auth.refreshing, 10000)
        compare(client.who.value, "Ada")
        compare(client.refreshing.count % 2, 0)
    }

    function test_aTokenThatNobodyKnows() {
        const client = createTemporaryObject(component, test, {url: deployment.url, fetchToken: () => "stranger"})
        tryCompare(client.auth, "loading", false, 10000)
        verify(!client.auth.authenticated)
        tryCompare(client.who, "value", null)
    }

    function test_aFunctionThatFails_data() {
        return [
            {tag: "throws", fetch: () => { throw new Error("no network") }},
            {tag: "rejects", fetch: () => Promise.reject("no network")},
            {tag: "number", fetch: () => 7}
        ]
    }
    function test_aFunctionThatFails(data) {
        let works = false
        const client = createTemporaryObject(component, test, {
            url: deployment.url,
            fetchToken: () => {
                asked.push(1)
                return works ? "ada" : data.fetch()
            }
        })
        tryVerify(() => asked.length === 1)
        works = true
        tryVerify(() => client.auth.authenticated, 20000, "asked again")
        tryCompare(client.who, "value", "Ada")
    }

    function test_fixedToken() {
        const client = createTemporaryObject(component, test, {url: deployment.url})
        tryCompare(client.who, "value", null)
        client.auth.token = "bob"
        tryCompare(client.who, "value", "Bob")
        verify(client.auth.authenticated)
        compare(client.token, "bob")
        client.auth.token = ""
        tryCompare(client.who, "value", null)
    }

    function test_goingSignsOut() {
        const client = createTemporaryObject(component, test, {url: deployment.url})
        tryCompare(client.who, "value", null)
        const auth = watcher.createObject(client, {client: client, fetchToken: () => "ada"})
        tryCompare(client.who, "value", "Ada")
        verify(client.auth.authenticated, "one that only watches sees it too")
        auth.destroy()
        tryCompare(client.who, "value", null)
        verify(!client.auth.authenticated)
    }

    function test_onlyTheLastOneSignsOut() {
        const client = createTemporaryObject(component, test, {url: deployment.url})
        const first = watcher.createObject(client, {client: client, fetchToken: () => "ada"})
        tryCompare(client.who, "value", "Ada")
        const second = watcher.createObject(client, {client: client, fetchToken: () => "bob"})
        tryCompare(client.who, "value", "Bob")
        first.destroy()
        wait(50)
        verify(client.auth.authenticated)
        compare(client.who.value, "Bob")
        second.destroy()
        tryCompare(client.who, "value", null)
    }

    function test_screens() {
        let resolve
        const screen = createTemporaryObject(screens, test, {
            address: deployment.url,
            fetchToken: () => resolve ? "ada" : new Promise(done => resolve = done)
        })
        verify(screen.waiting.active)
        compare(screen.waiting.item.text, "wait")
        verify(!screen.outside.active)
        verify(!screen.inside.active)
        tryVerify(() => resolve !== undefined)
        compare(screen.made, 0, "nobody was ever signed out")
        resolve("ada")
        tryVerify(() => screen.inside.active)
        compare(screen.inside.item.text, "in")
        verify(!screen.waiting.active)
        verify(!screen.outside.active)
        verify(!screen.renewing.active)
        compare(screen.made, 0)
        screen.auth.signOut()
        verify(!screen.inside.active)
        verify(screen.outside.active)
        compare(screen.outside.item.text, "out")
        screen.auth.signIn()
        tryVerify(() => screen.inside.active)
        verify(!screen.outside.active)
    }

    function test_screensWithoutSignIn() {
        const screen = createTemporaryObject(screens, test, {address: deployment.url})
        tryVerify(() => screen.outside.active)
        verify(!screen.waiting.active)
        verify(!screen.inside.active)
        compare(screen.made, 1)
    }

    function test_screenWhileRefreshing() {
        let resolve
        let holds = false
        const screen = createTemporaryObject(screens, test, {
            address: deployment.url,
            fetchToken: () => holds ? new Promise(done => resolve = done) : "ada"
        })
        tryVerify(() => screen.inside.active)
        wait(100)
        const shown = screen.inside.item
        holds = true
        deployment.expireTokens()
        tryVerify(() => screen.renewing.active, 10000)
        compare(screen.inside.item, shown, "what is shown stays")
        tryVerify(() => resolve !== undefined)
        resolve("ada2")
        tryVerify(() => !screen.renewing.active, 10000)
        compare(screen.inside.item, shown)
    }
}
