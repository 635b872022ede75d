// The to-do list: one live query for the rows, one for the numbers, and mutations that show at once.
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
    readonly property bool settled: tasks.status === HullQueryModel.Ready && connection.inflightMutations === 0

    readonly property var filters: ["all", "open", "done"]
    readonly property var totals: summary.value === undefined ? ({
            open: 0,
            done: 0
        }) : summary.value

    /// Empty where there is none.
    function taskAt(row: int): var {
        return tasks.get(row)
    }

    /// Puts a row to another place: its rank becomes one between those of its new neighbours.
    function moveTask(from: int, to: int) {
        const above = taskAt(to > from ? to : to - 1).rank
        const below = taskAt(to > from ? to + 1 : to).rank
        let rank = 0
        if (above === undefined)
            rank = below - 1
        else
            rank = below === undefined ? above + 1 : (above + below) / 2
        move.call({
            id: taskAt(from)._id,
            rank: rank
        })
    }

    width: 620
    height: 640
    minimumWidth: 440
    minimumHeight: 420
    visible: true
    title: qsTr("Hull to-do")
    color: Theme.window
    onAppearanceChanged: Theme.mode = appearance

    HullClient {
        id: backend

        url: window.deployment

        HullConnection {
            id: connection
        }

        HullQueryModel {
            id: tasks

            objectName: "tasks"
            query: "tasks:list"
            args: ({
                    filter: window.filters[filter.current]
                })
            roles: ["text", "done", "rank", "_id"]
            keepPrevious: true
        }

        HullQuery {
            id: summary

            query: "tasks:summary"
        }

        HullMutation {
            id: add

            mutation: "tasks:add"
            optimisticUpdate: Predictions.add
            onFailed: error => notice.show(error.message)
        }
        HullMutation {
            id: setDone

            mutation: "tasks:setDone"
            optimisticUpdate: Predictions.setDone
            onFailed: error => notice.show(error.message)
        }
        HullMutation {
            id: move

            mutation: "tasks:move"
            optimisticUpdate: Predictions.move
            onFailed: error => notice.show(error.message)
        }
        HullMutation {
            id: remove

            mutation: "tasks:remove"
            optimisticUpdate: Predictions.remove
            onFailed: error => notice.show(error.message)
        }
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0

        TitleBar {
            Layout.fillWidth: true
            title: qsTr("Harbour tasks")
            connected: connection.connected
            details: summary.value === undefined ? "" : qsTr("%1 open, %2 done").arg(window.totals.open).arg(window.totals.done)

            Segments {
                id: filter

                objectName: "filter"
                choices: [qsTr("All"), qsTr("Open"), qsTr("Done")]
            }
        }

        ConnectionBanner {
            Layout.fillWidth: true
            client: backend
            dark: Theme.dark
        }

        TaskList {
            objectName: "list"
            Layout.fillWidth: true
            Layout.fillHeight: true
            model: tasks
            onTicked: (id, done) => setDone.call({
                    id: id,
                    done: done
                })
            onDismissed: id => remove.call({
                    id: id
                })
            onMoved: (from, to) => window.moveTask(from, to)

            EmptyState {
                anchors.centerIn: parent
                visible: tasks.count === 0
                title: {
                    if (tasks.status === HullQueryModel.Error)
                        return qsTr("That did not work")
                    return tasks.status === HullQueryModel.Ready ? qsTr("Nothing here") : qsTr("Just a moment")
                }
                details: {
                    if (tasks.status === HullQueryModel.Error)
                        return tasks.error.message
                    if (tasks.status === HullQueryModel.Ready)
                        return filter.current === 2 ? qsTr("What is done will be found here.") : qsTr("Write down what is to be done.")
                    return qsTr("Looking for %1").arg(window.deployment)
                }
            }
        }

        Notice {
            id: notice

            objectName: "notice"
            Layout.fillWidth: true
        }

        AddBar {
            Layout.fillWidth: true
            onSubmitted: text => add.call({
                    text: text
                })
        }
    }
}
