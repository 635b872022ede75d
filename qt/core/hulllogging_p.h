// Logging categories of the Qt library. Switch them on with QT_LOGGING_RULES="hull.*=true".
#pragma once

#include "hullqtglobal.h"

#include <hull/log.hpp>

#include <QtCore/QLoggingCategory>

#include <string_view>

HULL_QT_EXPORT Q_DECLARE_LOGGING_CATEGORY(lcHull)
HULL_QT_EXPORT Q_DECLARE_LOGGING_CATEGORY(lcHullLink)  // Connections made and lost.
HULL_QT_EXPORT Q_DECLARE_LOGGING_CATEGORY(lcHullSync)  // Messages that make no sense, offline files.
HULL_QT_EXPORT Q_DECLARE_LOGGING_CATEGORY(lcHullAuth)  // Signing in. Tokens and keys are never printed.
HULL_QT_EXPORT Q_DECLARE_LOGGING_CATEGORY(lcHullModels)
HULL_QT_EXPORT Q_DECLARE_LOGGING_CATEGORY(lcHullFunctions)  // What functions of the deployment logged.

    /// Where the SDK's log lines go: to the category that fits.
    void hullLog(hull::log_level level, std::string_view line);
