// What is asked for by a HullQueries, and what it shows.
#pragma once

#include "hullqueries.h"

#include <hull/client/client.hpp>
#include <hull/client/watch_group.hpp>

#include <QtCore/QMetaObject>
#include <QtCore/QPointer>

#include <map>
#include <optional>
#include <string>

class HullQueriesPrivate {
 public:
  using Status = HullQueries::Status;

  explicit HullQueriesPrivate(HullQueries* queries) : q(queries) {}
  ~HullQueriesPrivate();

  void use(HullClient* client);
  void read(const QJSValue& queries);
  /// Compares what is wanted with what is subscribed, once per turn of the event loop.
  void schedule();
  /// Tells what changed since the last time.
  void publish();

  QJSValue results(QJSEngine& engine);
  QJSValue errors(QJSEngine& engine) const;
  QJSValue statuses(QJSEngine& engine) const;
  Status status() const;

  bool clientSet = false;
  bool started = false;
  bool active = true;
  bool keepPrevious = false;
  QPointer<HullClient> client;
  QJSValue queries;

 private:
  /// One name as it was asked for.
  struct Wanted {
    std::string path;  ///< Empty: nothing.
    hull::value args = hull::object{};
    std::optional<bool> keepPrevious;
    std::optional<hull::error> refusal;  ///< Why this cannot be asked.
  };
  /// One name as it is shown.
  struct Shown {
    Status status = Status::Null;
    std::optional<hull::value> value;
    std::optional<hull::error> failure;
  };
  struct Converted {
    std::optional<hull::value> value;
    QJSValue js;
  };
  using All = std::map<std::string, Shown>;

  Wanted readOne(const QString& name, const QJSValue& query) const;
  bool keeps(const Wanted& wanted) const { return wanted.keepPrevious.value_or(keepPrevious); }
  void refresh();
  std::optional<hull::error> complaint() const;
  Shown look(const std::string& name, const Wanted& wanted) const;
  All look() const;

  HullQueries* const q;
  bool m_scheduled = false;
  bool m_renew = false;  // The engine is another one.
  std::map<std::string, Wanted> m_wanted;
  std::optional<hull::watch_group> m_group;
  hull::subscription m_subscription;
  QMetaObject::Connection m_reopened;
  QMetaObject::Connection m_destroyed;
  All m_told;
  std::map<std::string, Converted> m_converted;  // So that values that stay are the same objects in JavaScript.
  QJSValue m_results;
};
