// A live query, a mutation and a model, over the deployment of HullTest.
import QtQml
import Hull
import HullTest

QtObject {
    id: root

    readonly property url deployment: server.url
    property bool done: false

    readonly property MockDeployment server: MockDeployment {
        id: server

        Component.onCompleted: {
            query("messages:list", (args, db) => db.table("messages").scan())
            mutation("messages:send", (args, db) => db.table("messages").insert(args))
        }
    }
    readonly property HullClient client: HullClient {
        url: server.url

        HullQuery {
            query: "messages:list"
            onValueChanged: {
                if (value.length === 0)
                    send.call({body: "hello"})
            }
        }
        HullMutation {
            id: send

            mutation: "messages:send"
            onSucceeded: root.done = true
        }
    }
}
