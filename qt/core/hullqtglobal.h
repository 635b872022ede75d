// Export macro of the Qt library.
#pragma once

#include <QtCore/qglobal.h>

#if defined(HULL_QT_BUILD)
#define HULL_QT_EXPORT Q_DECL_EXPORT
#else
#define HULL_QT_EXPORT Q_DECL_IMPORT
#endif
