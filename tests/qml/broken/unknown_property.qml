// What qml.lint must reject: HullQuery has no property `path`.
import Hull

HullQuery {
    query: "messages:list"
    path: "messages:list"
}
