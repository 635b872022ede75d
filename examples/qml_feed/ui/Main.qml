// The log: a list that asks for its next page before one gets there.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import ExampleUi
import Hull
import "predictions.js" as Predictions

ApplicationWindow {
    id: window

    property url deployment
    property string appearance: "system"
    readonly property bool settled: entries.status === HullPaginatedModel.Ready && !entries.loadingMore

    /// What was given a heart here, by id.
    property var given: ({})

    function giveHeart(id: string) {
        if (given[id])
            return
        given = Object.assign({}, given, {
            [id]: true
        })
        like.call({
            id: id
        })
    }

    width: 660
    height: 720
    minimumWidth: 420
    minimumHeight: 420
    visible: true
    title: qsTr("Hull feed")
    color: Theme.window
    onAppearanceChanged: Theme.mode = appearance

    HullClient {
        id: backend

        url: window.deployment

        HullConnection {
            id: connection
        }
        HullPaginatedModel {
            id: entries

            objectName: "entries"
            query: "feed:page"
            pageSize: 50
            roles: ["_id", "author", "text", "at", "likes"]
        }
        HullMutation {
            id: like

            mutation: "feed:like"
            optimisticUpdate: Predictions.like
            onFailed: error => notice.show(error.message)
        }
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0

        TitleBar {
            Layout.fillWidth: true
            title: qsTr("Harbour log")
            connected: connection.connected
            details: {
                const count = entries.count.toLocaleString(Qt.locale(), "f", 0)
                return entries.exhausted ? qsTr("all %1 entries").arg(count) : qsTr("%1 entries, and more below").arg(count)
            }

            PillButton {
                quiet: true
                visible: !list.atYBeginning
                text: qsTr("To the newest")
                onClicked: list.positionViewAtBeginning()
            }
        }

        ConnectionBanner {
            Layout.fillWidth: true
            client: backend
            dark: Theme.dark
        }

        ListView {
            id: list

            // Three windows ahead of the finger, so that nobody sees the end of what is loaded.
            readonly property bool nearEnd: contentHeight - (contentY - originY) - height < 3 * height

            function more() {
                if (nearEnd && entries.canLoadMore)
                    entries.loadMore(entries.pageSize)
            }

            objectName: "list"
            Layout.fillWidth: true
            Layout.fillHeight: true
            leftMargin: 24
            rightMargin: 24
            topMargin: 14
            clip: true
            cacheBuffer: 600
            reuseItems: true
            model: entries
            onNearEndChanged: more()
            onCountChanged: more()

            delegate: EntryDelegate {
                // Qt 6.4 cannot bind the ids around a delegate to it (pragma ComponentBehavior).
                // qmllint disable unqualified
                width: list.width - 48
                given: window.given[_id] === true
                onLiked: window.giveHeart(_id)
                // qmllint enable unqualified
            }

            footer: Item {
                // qmllint disable unqualified
                width: list.width - 48
                height: 56

                Text {
                    anchors.centerIn: parent
                    text: {
                        if (entries.exhausted)
                            return qsTr("This is where the log begins")
                        return entries.count > 0 ? qsTr("Loading …") : ""
                    }
                    color: Theme.faint
                    font.pixelSize: Theme.small + 1
                }
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

            EmptyState {
                anchors.centerIn: parent
                visible: entries.count === 0
                title: {
                    if (entries.status === HullPaginatedModel.Error)
                        return qsTr("That did not work")
                    return entries.status === HullPaginatedModel.Ready ? qsTr("Nothing has been written") : qsTr("Just a moment")
                }
                details: {
                    if (entries.status === HullPaginatedModel.Error)
                        return entries.error.message
                    return entries.status === HullPaginatedModel.Ready ? "" : qsTr("Looking for %1").arg(window.deployment)
                }
            }
        }

        Notice {
            id: notice

            objectName: "notice"
            Layout.fillWidth: true
        }
    }
}
