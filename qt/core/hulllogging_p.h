// Logging categories of the Qt library. Switch them on with QT_LOGGING_RULES="hull.*=true".
#pragma once

#include "hullqtglobal.h"

#include <QtCore/QLoggingCategory>

HULL_QT_EXPORT Q_DECLARE_LOGGING_CATEGORY(lcHull)
HULL_QT_EXPORT Q_DECLARE_LOGGING_CATEGORY(lcHullFunctions)  // What functions of the deployment logged.
HULL_QT_EXPORT Q_DECLARE_LOGGING_CATEGORY(lcHullSync)
HULL_QT_EXPORT Q_DECLARE_LOGGING_CATEGORY(lcHullModels)
