// Logging categories of the Qt library: names and thresholds.
#include "hulllogging_p.h"

Q_LOGGING_CATEGORY(lcHull, "hull", QtInfoMsg)
Q_LOGGING_CATEGORY(lcHullFunctions, "hull.functions", QtInfoMsg)
Q_LOGGING_CATEGORY(lcHullSync, "hull.sync", QtInfoMsg)
Q_LOGGING_CATEGORY(lcHullModels, "hull.models", QtInfoMsg)
