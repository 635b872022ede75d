// Runs every tst_*.qml of this folder.
#include <QtQuickTest/quicktest.h>

QUICK_TEST_MAIN(hull)
