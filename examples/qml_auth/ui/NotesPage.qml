// Somebody is signed in: their notes. The query lives as long as this page does.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import ExampleUi
import Hull

Item {
    id: root

    objectName: "notesPage"

    HullQueryModel {
        id: notes

        objectName: "notes"
        query: "notes:mine"
        roles: ["_id", "text"]
    }
    HullMutation {
        id: add

        mutation: "notes:add"
        optimisticUpdate: (store, args) => {
            const notes = store.getQuery("notes:mine")
            if (notes !== undefined)
                store.setQuery("notes:mine", {}, [{
                        _id: "predicted " + notes.length,
                        text: args.text
                    }].concat(notes))
        }
        onFailed: error => notice.show(error.message)
    }
    HullMutation {
        id: remove

        mutation: "notes:remove"
        optimisticUpdate: (store, args) => {
            const notes = store.getQuery("notes:mine")
            if (notes !== undefined)
                store.setQuery("notes:mine", {}, notes.filter(note => note._id !== args.id))
        }
        onFailed: error => notice.show(error.message)
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0

        RowLayout {
            Layout.fillWidth: true
            Layout.leftMargin: 24
            Layout.rightMargin: 24
            Layout.topMargin: 18
            Layout.bottomMargin: 6
            spacing: 12

            TextBox {
                id: field

                Layout.fillWidth: true
                placeholderText: qsTr("A note that only you can read")
                background: Rectangle {
                    radius: height / 2
                    color: Theme.surface
                    border.width: field.activeFocus ? 1.5 : 1
                    border.color: field.activeFocus ? Theme.accent : Theme.line
                }
                onAccepted: {
                    if (text.trim() === "")
                        return
                    add.call({
                        text: text.trim()
                    })
                    clear()
                }
            }
        }
        ListView {
            objectName: "list"
            Layout.fillWidth: true
            Layout.fillHeight: true
            leftMargin: 24
            rightMargin: 24
            topMargin: 10
            clip: true
            model: notes
            delegate: NoteDelegate {
                // Qt 6.4 cannot bind the ids around a delegate to it (pragma ComponentBehavior).
                // qmllint disable unqualified
                width: ListView.view.width - 48
                onDismissed: remove.call({
                    id: _id
                })
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
            displaced: Transition {
                NumberAnimation {
                    property: "y"
                    duration: 200
                    easing.type: Easing.OutCubic
                }
                NumberAnimation {
                    property: "opacity"
                    to: 1
                    duration: 160
                }
            }

            ScrollBar.vertical: ScrollBar {}

            EmptyState {
                anchors.centerIn: parent
                visible: notes.count === 0 && notes.status !== HullQueryModel.Loading
                title: notes.status === HullQueryModel.Error ? qsTr("That did not work") : qsTr("No notes yet")
                details: notes.status === HullQueryModel.Error ? notes.error.message : qsTr("Write one above.")
            }
        }
        Notice {
            id: notice

            Layout.fillWidth: true
        }
    }
}
