// There while the deployment knows who the user is. Made anew for each sign-in.
import QtQuick

AuthGate {
    active: !auth.loading && auth.authenticated
}
