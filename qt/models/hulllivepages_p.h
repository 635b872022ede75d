// One paginated query as the Qt objects use it: client, path, arguments and the switch may change at any time; changes
// made in one go lead to one new list, from the event loop.
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

class HULL_QT_EXPORT HullLivePages {
 public:
  /// As with HullLiveQuery: `changed` may delete the owner, who must own this object.
  HullLivePages(QObject* owner, std::function<void()> changed);
  ~HullLivePages();

  HullClient* client() const { return m_client; }
  void setClient(HullClient* client);
  void setPath(const QString& path);
  const QString& path() const { return m_path; }
  /// Without paginationOpts. No value: no query.
  void setArgs(std::optional<hull::result<hull::value>> args);
  void setActive(bool active);
  bool isActive() const { return m_active; }
  /// Of the next list.
  void setPageSize(int size) { m_pageSize = size; }
  int pageSize() const { return m_pageSize; }
  void start();
  void setComplaint(std::optional<hull::error> complaint);

  /// Null while nothing is listed.
  hull::paginated_state_ptr state() const;
  /// Why nothing can be listed.
  const std::optional<hull::error>& failure() const { return m_failure; }
  /// Grows with each new list.
  int generation() const { return m_generation; }

  bool loadMore(int items);
  void reset();

 private:
  void schedule();
  void refresh();
  void list(hull::client& engine, const std::string& path, const hull::value& args);
  void stop(std::optional<hull::error> failure);

  QObject* const m_owner;
  const std::function<void()> m_changed;
  QPointer<HullClient> m_client;
  QMetaObject::Connection m_reopened;
  QMetaObject::Connection m_destroyed;
  QString m_path;
  std::optional<hull::result<hull::value>> m_args;
  std::optional<hull::error> m_complaint;
  int m_pageSize = 20;
  bool m_active = true;
  bool m_started = false;
  bool m_scheduled = false;
  bool m_renew = false;  // The engine is another one.
  int m_generation = 0;
  std::string m_listedPath;
  hull::value m_listedArgs;
  std::optional<hull::paginated_watch> m_watch;
  std::optional<hull::error> m_failure;
  hull::subscription m_subscription;
};
