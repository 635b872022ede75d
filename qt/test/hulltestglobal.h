// Export macro of the library behind the QML module HullTest.
#pragma once

#include <QtCore/qglobal.h>

#if defined(HULL_QMLTEST_BUILD)
#define HULL_QMLTEST_EXPORT Q_DECL_EXPORT
#else
#define HULL_QMLTEST_EXPORT Q_DECL_IMPORT
#endif
