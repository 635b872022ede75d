// A paginated query as a list model that loads as it is scrolled.
#pragma once

#include "hullclient.h"
#include "hullerror.h"
#include "hullqtglobal.h"

#include <QtCore/QAbstractListModel>
#include <QtCore/QString>
#include <QtCore/QStringList>
#include <QtCore/QVariant>

#include <memory>

class HullPaginatedModelPrivate;
template <class Model>
class HullRowsOutlet;

/// Shows a paginated query (one whose arguments have paginationOpts) as one list. The first page is loaded at once,
/// each further one when a view comes near the end (canFetchMore and fetchMore, which ListView and QListView call) or
/// by loadMore(). All pages stay live. Rows and roles are those of HullQueryModel: the model resets once, when the
/// first page arrives, and never again.
///
/// Pages are the deployment's business. One that grew is split in two, and a list whose cursors the deployment no
/// longer takes is loaded anew up to where it was: no row moves for it, and none leaves that is still there.
class HULL_QT_EXPORT HullPaginatedModel : public QAbstractListModel {
  Q_OBJECT
  Q_PROPERTY(HullClient* client READ client WRITE setClient NOTIFY clientChanged)
  Q_PROPERTY(QString query READ query WRITE setQuery NOTIFY queryChanged)
  Q_PROPERTY(bool active READ isActive WRITE setActive NOTIFY activeChanged)
  Q_PROPERTY(int pageSize READ pageSize WRITE setPageSize NOTIFY pageSizeChanged)
  Q_PROPERTY(QString keyField READ keyField WRITE setKeyField NOTIFY keyFieldChanged)
  Q_PROPERTY(QStringList roles READ roles WRITE setRoles NOTIFY rolesChanged)
  Q_PROPERTY(bool keepPrevious READ keepsPrevious WRITE setKeepPrevious NOTIFY keepPreviousChanged)
  Q_PROPERTY(int count READ count NOTIFY countChanged)
  Q_PROPERTY(Status status READ status NOTIFY statusChanged)
  Q_PROPERTY(bool loading READ isLoading NOTIFY statusChanged)
  Q_PROPERTY(bool loadingMore READ isLoadingMore NOTIFY loadingMoreChanged)
  Q_PROPERTY(bool canLoadMore READ canLoadMore NOTIFY canLoadMoreChanged)
  Q_PROPERTY(bool exhausted READ isExhausted NOTIFY exhaustedChanged)
  Q_PROPERTY(HullError error READ error NOTIFY errorChanged)

 public:
  enum Status {
    Null,     ///< No query: switched off, or something is missing.
    Loading,  ///< The first page is on its way.
    Ready,    ///< At least the first page is there.
    Error,    ///< A page failed; the rows are those in front of it. It heals when the page gives a result.
  };
  Q_ENUM(Status)

  explicit HullPaginatedModel(QObject* parent = nullptr);
  ~HullPaginatedModel() override;

  HullClient* client() const;
  virtual void setClient(HullClient* client);
  /// "messages:page".
  QString query() const;
  void setQuery(const QString& query);
  /// Without paginationOpts, which the model sets.
  QVariantMap args() const;
  void setArgs(const QVariantMap& args);
  bool isActive() const;
  void setActive(bool active);
  /// Rows of the first page, and of each that a view asks for; 20 by default. A change does not load the list anew.
  int pageSize() const;
  void setPageSize(int size);
  /// "_id" by default. Rows without it are known by their whole content.
  QString keyField() const;
  void setKeyField(const QString& field);
  QStringList roles() const;
  void setRoles(const QStringList& roles);
  /// Keep showing the rows of the last question while the first page of a new one is loading.
  bool keepsPrevious() const;
  void setKeepPrevious(bool keep);

  int count() const;
  Status status() const;
  /// The first page is on its way.
  bool isLoading() const { return status() == Loading; }
  /// A further page is on its way.
  bool isLoadingMore() const;
  /// There is more, and nothing is on its way.
  bool canLoadMore() const;
  /// Every row is there.
  bool isExhausted() const;
  HullError error() const;
  /// The whole row; empty when there is none.
  Q_INVOKABLE QVariantMap get(int row) const;

  /// Loads about this many rows more, or pageSize for 0. While a page is loading it waits for that; of several calls
  /// then the last one counts. False when there is nothing more, or no list.
  Q_INVOKABLE bool loadMore(int rows = 0);
  /// Starts over with the first page; the rows stay until it is there.
  Q_INVOKABLE void reset();

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QHash<int, QByteArray> roleNames() const override;
  bool canFetchMore(const QModelIndex& parent) const override;
  void fetchMore(const QModelIndex& parent) override;

 Q_SIGNALS:
  void clientChanged();
  void queryChanged();
  void activeChanged();
  void pageSizeChanged();
  void keyFieldChanged();
  void rolesChanged();
  void keepPreviousChanged();
  void countChanged();
  void statusChanged();
  void loadingMoreChanged();
  void canLoadMoreChanged();
  void exhaustedChanged();
  void errorChanged();

 protected:
  /// Held: nothing goes out before the private start().
  enum Start { AtOnce, Held };
  HullPaginatedModel(Start start, QObject* parent);

 private:
  friend class HullPaginatedModelPrivate;
  friend class HullRowsOutlet<HullPaginatedModel>;
  const std::unique_ptr<HullPaginatedModelPrivate> d;
};
