// One live query as the Qt objects use it: client, path, arguments and the switch may change at any time; changes
// made in one go lead to one new subscription, from the event loop.
#pragma once

#include "hullclient.h"
#include "hullqtglobal.h"

#include <hull/client/client.hpp>

#include <QtCore/QMetaObject>
#include <QtCore/QObject>
#include <QtCore/QPointer>

#include <functional>
#include <optional>
#include <string>

class HULL_QT_EXPORT HullLiveQuery {
 public:
  enum class Status { Null, Loading, Ready, Error };

  /// `changed` is called on the owner's thread, from the event loop or from a commit; it may delete the owner.
  /// The owner must own this object.
  HullLiveQuery(QObject* owner, std::function<void()> changed);
  ~HullLiveQuery();

  HullClient* client() const { return m_client; }
  void setClient(HullClient* client);
  void setPath(const QString& path);
  const QString& path() const { return m_path; }
  /// No value: no query (JavaScript's "skip").
  void setArgs(std::optional<hull::result<hull::value>> args);
  void setActive(bool active);
  bool isActive() const { return m_active; }
  /// While a new question loads, the last value stays. Off at first.
  void setKeepPrevious(bool keep);
  bool keepsPrevious() const { return m_keepPrevious; }
  /// Shown while the first question loads, until there is any result: what an earlier run or a web page knew.
  void setInitialValue(std::optional<hull::value> value);
  /// Nothing goes out until started: QML objects start when they are complete.
  void start();
  /// Reports this error instead of a query, for owners that cannot run: no client, for example.
  void setComplaint(std::optional<hull::error> complaint);

  Status status() const;
  /// The newest good value; stays beside an error and while a reconnect is under way. While loading: the previous
  /// value if that is kept, or the initial one. Nothing otherwise.
  std::optional<hull::value> value() const;
  /// True while the value is the answer to an earlier question.
  bool isPrevious() const { return isLoading() && m_previous; }
  bool isLoading() const { return status() == Status::Loading; }
  /// Set when the status is Error.
  std::optional<hull::error> error() const;
  bool isOptimistic() const { return state() && state()->is_optimistic; }
  bool isStale() const { return state() && state()->is_stale; }
  std::vector<std::string> logLines() const { return state() ? state()->log_lines : std::vector<std::string>(); }
  /// Grows with each new subscription: tells an answer to another question from news about the same one.
  int generation() const { return m_generation; }

 private:
  hull::query_state_ptr state() const { return m_watch ? m_watch->current() : nullptr; }
  void schedule();
  void refresh();
  void refreshQuestion();
  void onResult();
  void subscribe(hull::client& engine, std::string path, const hull::value& args);
  void stop(std::optional<hull::error> failure);

  QObject* const m_owner;
  const std::function<void()> m_changed;
  QPointer<HullClient> m_client;
  QMetaObject::Connection m_reopened;
  QMetaObject::Connection m_destroyed;
  QMetaObject::Connection m_connectionChanged;
  QString m_path;
  std::optional<hull::result<hull::value>> m_args;
  std::optional<hull::error> m_complaint;
  bool m_keepPrevious = false;
  std::optional<hull::value> m_last;      // Newest value of any question, if it is to be kept.
  std::optional<hull::value> m_previous;  // While the present question loads.
  std::optional<hull::value> m_initial;   // Until the first result.
  bool m_active = true;
  bool m_started = false;
  bool m_scheduled = false;
  bool m_tell = false;   // What is shown changed without a new question.
  bool m_stale = false;  // When it was last told.
  bool m_renew = false;  // The engine is another one: subscribe even to the same query.
  int m_generation = 0;
  std::optional<hull::watch> m_watch;
  std::optional<hull::error> m_failure;
  hull::subscription m_subscription;
};
