// There while a token that the deployment refused is being replaced; what Authenticated shows stays.
import QtQuick

AuthGate {
    active: auth.authenticated && auth.refreshing
}
