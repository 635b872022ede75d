// The chat: a list bound to the live query messages:list, and the mutation messages:send.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import ExampleUi
import Hull

ApplicationWindow {
    id: window

    property url deployment: "http://127.0.0.1:3210"
    property string userName: ""
    property string appearance: "system"

    /// Sends as the person whose name is in the header.
    function say(text: string) {
        list.follow = true
        send.call({
            author: header.name.trim(),
            body: text
        })
    }

    width: 900
    height: 640
    minimumWidth: 440
    minimumHeight: 420
    visible: true
    title: qsTr("Hull chat")
    color: Theme.window
    onAppearanceChanged: Theme.mode = appearance

    HullClient {
        id: backend

        url: window.deployment

        HullConnection {
            id: connection
        }

        HullQueryModel {
            id: messages

            objectName: "messages"
            query: "messages:list"
            roles: ["_creationTime", "author", "body"]
        }

        HullMutation {
            id: send

            mutation: "messages:send"
            optimisticUpdate: (store, args) => {
                const rows = store.getQuery("messages:list")
                if (rows === undefined)
                    return
                rows.push({
                    _id: "predicted " + rows.length,
                    _creationTime: Date.now(),
                    author: args.author,
                    body: args.body
                })
                store.setQuery("messages:list", {}, rows)
            }
            onFailed: error => failure.show(error.message)
        }
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0

        ChatHeader {
            id: header

            Layout.fillWidth: true
            name: window.userName
            connected: connection.connected
            people: list.people
        }

        ConnectionBanner {
            Layout.fillWidth: true
            client: backend
            dark: Theme.dark
        }

        ListView {
            id: list

            property bool follow: true
            readonly property int people: countPeople(count)

            // Depends on the number of rows; names do not change afterwards.
            function countPeople(rows: int): int {
                const names = new Set()
                for (let row = 0; row < rows; ++row)
                    names.add(messages.get(row).author)
                return names.size
            }

            function catchUp() {
                if (follow)
                    positionViewAtEnd()
            }

            Layout.fillWidth: true
            Layout.fillHeight: true
            leftMargin: 24
            rightMargin: 24
            clip: true
            boundsBehavior: Flickable.StopAtBounds
            model: messages
            cacheBuffer: 2000
            onCountChanged: soon.restart()
            onContentHeightChanged: soon.restart()
            onHeightChanged: soon.restart()
            onMovementEnded: follow = atYEnd

            header: Item {
                height: 12
            }
            footer: Item {
                height: 18
            }
            delegate: MessageDelegate {
                required property int index

                width: ListView.view.width - 48
                // Qt 6.4 cannot bind the ids around a delegate to it (pragma ComponentBehavior).
                // qmllint disable unqualified
                me: header.name.trim()
                previous: index > 0 ? messages.get(index - 1) : ({})
                // qmllint enable unqualified
            }

            add: Transition {
                NumberAnimation {
                    property: "opacity"
                    from: 0
                    to: 1
                    duration: 160
                }
            }

            ScrollBar.vertical: ScrollBar {}

            // Once the new rows have their places.
            Timer {
                id: soon

                interval: 0
                onTriggered: list.catchUp()
            }

            EmptyState {
                anchors.centerIn: parent
                visible: messages.count === 0
                title: {
                    if (messages.status === HullQueryModel.Error)
                        return qsTr("That did not work")
                    return messages.status === HullQueryModel.Ready ? qsTr("No messages yet") : qsTr("Just a moment")
                }
                details: {
                    if (messages.status === HullQueryModel.Error)
                        return messages.error.message
                    if (messages.status === HullQueryModel.Ready)
                        return qsTr("Say hello. Everybody who has this window open sees it at once.")
                    return qsTr("Looking for %1").arg(window.deployment)
                }

                Bubbles {}
            }

            RoundButton {
                anchors.right: parent.right
                anchors.bottom: parent.bottom
                anchors.margins: 18
                visible: !list.follow && !list.atYEnd
                text: "\u2193"
                font.pixelSize: 18
                Accessible.name: qsTr("To the newest message")
                onClicked: {
                    list.follow = true
                    list.catchUp()
                }
            }
        }

        Notice {
            id: failure

            Layout.fillWidth: true
        }

        Composer {
            id: composer

            Layout.fillWidth: true
            ready: header.name.trim().length > 0
            onSubmitted: text => window.say(text)
            Component.onCompleted: takeFocus()
        }
    }
}
