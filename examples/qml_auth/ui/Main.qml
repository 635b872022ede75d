// Three faces of one window: nobody is signed in, somebody is about to be, somebody is.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Auth
import ExampleUi
import Hull

ApplicationWindow {
    id: window

    property url deployment
    property string appearance: "system"
    /// Who is signed in from the start; empty: nobody.
    property string user: ""
    /// For a picture.
    readonly property bool settled: connection.connected && !auth.loading && connection.inflightMutations === 0

    function signOut() {
        IdentityProvider.signOut()
    }

    width: 620
    height: 640
    minimumWidth: 440
    minimumHeight: 460
    visible: true
    title: qsTr("Hull notes")
    color: Theme.window
    onAppearanceChanged: Theme.mode = appearance
    Component.onCompleted: IdentityProvider.signIn(user)

    HullClient {
        id: backend

        url: window.deployment

        HullConnection {
            id: connection
        }

        // While somebody is signed in there, the client asks for a token whenever it needs one.
        HullAuth {
            id: auth

            objectName: "auth"
            fetchToken: IdentityProvider.user === "" ? undefined : () => new Promise(resolve => IdentityProvider.requestToken(resolve))
        }
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0
        Hull.client: backend

        TitleBar {
            Layout.fillWidth: true
            title: qsTr("Harbour notes")
            connected: connection.connected
            details: auth.authenticated ? IdentityProvider.name : qsTr("nobody is signed in")

            Avatar {
                visible: auth.authenticated
                name: IdentityProvider.name
            }
            PillButton {
                objectName: "signOut"
                visible: auth.authenticated
                quiet: true
                text: qsTr("Sign out")
                onClicked: window.signOut()
            }
        }

        ConnectionBanner {
            Layout.fillWidth: true
            client: backend
            dark: Theme.dark
        }

        Item {
            Layout.fillWidth: true
            Layout.fillHeight: true

            AuthLoading {
                objectName: "loadingGate"
                anchors.fill: parent

                WaitingPage {}
            }
            Unauthenticated {
                objectName: "closedGate"
                anchors.fill: parent

                SignInPage {
                    onChosen: user => IdentityProvider.signIn(user)
                }
            }
            Authenticated {
                objectName: "openGate"
                anchors.fill: parent

                NotesPage {}
            }
        }
    }
}
