// There while nobody is signed in, once that is certain.
import QtQuick

AuthGate {
    active: !auth.loading && !auth.authenticated
}
