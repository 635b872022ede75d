// Export macro of the QML library.
#pragma once

#include <QtCore/qglobal.h>

#if defined(HULL_QML_BUILD)
#define HULL_QML_EXPORT Q_DECL_EXPORT
#else
#define HULL_QML_EXPORT Q_DECL_IMPORT
#endif
