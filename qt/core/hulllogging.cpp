// Logging categories of the Qt library: names and thresholds.
#include "hulllogging_p.h"

Q_LOGGING_CATEGORY(lcHull, "hull", QtInfoMsg)
Q_LOGGING_CATEGORY(lcHullLink, "hull.link", QtInfoMsg)
Q_LOGGING_CATEGORY(lcHullSync, "hull.sync", QtInfoMsg)
Q_LOGGING_CATEGORY(lcHullAuth, "hull.auth", QtInfoMsg)
Q_LOGGING_CATEGORY(lcHullModels, "hull.models", QtInfoMsg)
Q_LOGGING_CATEGORY(lcHullFunctions, "hull.functions", QtInfoMsg)

namespace {

// The SDK's lines carry no topic. They are told apart by how they begin; what is not known is about the protocol.
const QLoggingCategory& categoryOf(std::string_view line) {
  struct Topic {
    std::string_view beginning;
    const QLoggingCategory& (*category)();
  };
  static constexpr Topic topics[] = {
      {"WebSocket ", lcHullLink},       {"No message from", lcHullLink},      {"The deployment says", lcHullLink},
      {"Fetching a token", lcHullAuth}, {"Auth token", lcHullAuth},           {"The auth token", lcHullAuth},
      {"Failed to auth", lcHullAuth},   {"[CONVEX FATAL ERROR]", lcHullSync}, {"[CONVEX ", lcHullFunctions},
  };
  for (const Topic& topic : topics)
    if (line.substr(0, topic.beginning.size()) == topic.beginning) return topic.category();
  return lcHullSync();
}

}  // namespace

void hullLog(hull::log_level level, std::string_view text) {
  const QLoggingCategory& category = categoryOf(text);
  const QByteArray line(text.data(), static_cast<qsizetype>(text.size()));
  if (&category ==
      &lcHullFunctions()) {  // A failing function is news for the program's author, no fault of the client.
    qCInfo(lcHullFunctions, "%s", line.constData());
    return;
  }
  switch (level) {
    case hull::log_level::debug:
      qCDebug(category, "%s", line.constData());
      break;
    case hull::log_level::info:
      qCInfo(category, "%s", line.constData());
      break;
    case hull::log_level::warning:
      qCWarning(category, "%s", line.constData());
      break;
    case hull::log_level::error:
      qCCritical(category, "%s", line.constData());
      break;
  }
}
