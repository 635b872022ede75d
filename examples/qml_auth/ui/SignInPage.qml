// Nobody is signed in: who are you?
import QtQuick
import QtQuick.Layouts
import Auth
import ExampleUi

Item {
    id: root

    objectName: "signInPage"

    signal chosen(string user)

    ColumnLayout {
        anchors.centerIn: parent
        spacing: 10

        Text {
            Layout.alignment: Qt.AlignHCenter
            text: qsTr("Who are you?")
            color: Theme.text
            font.pixelSize: 24
            font.weight: Font.DemiBold
        }
        Text {
            Layout.alignment: Qt.AlignHCenter
            Layout.bottomMargin: 14
            Layout.maximumWidth: 360
            horizontalAlignment: Text.AlignHCenter
            wrapMode: Text.Wrap
            text: qsTr("Everybody sees their own notes. The identity provider of this example believes every word.")
            color: Theme.faint
            font.pixelSize: Theme.normal - 1
            lineHeight: 1.2
        }

        Repeater {
            model: IdentityProvider.people

            PersonCard {
                required property var modelData

                objectName: modelData.user
                name: modelData.name
                email: modelData.email
                // Qt 6.4 cannot bind the ids around a delegate to it (pragma ComponentBehavior).
                onClicked: root.chosen(modelData.user) // qmllint disable unqualified
            }
        }
    }
}
