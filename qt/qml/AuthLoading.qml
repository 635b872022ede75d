// There while it is not known yet whether somebody is signed in.
import QtQuick

AuthGate {
    active: auth.loading
}
