// A live query as a list model: every change of the result arrives as the rows that it touches.
#pragma once

#include "hullclient.h"
#include "hullerror.h"
#include "hullqtglobal.h"

#include <QtCore/QAbstractListModel>
#include <QtCore/QString>
#include <QtCore/QStringList>
#include <QtCore/QVariant>

#include <memory>

class HullQueryModelPrivate;
template <class Model>
class HullRowsOutlet;

/// Shows a query that returns an array, or a page ({page: [...]}). Rows are known by their key field, so a new row is
/// rowsInserted, a moved one rowsMoved, and a changed one dataChanged with the roles that changed. The model resets
/// once, when the first result arrives, and never again. A row that an optimistic update predicted becomes the stored
/// row in place.
///
/// Up to a thousand new or changed rows are shown inside the commit that brought them, and so is every optimistic
/// update. What is more is worked out on another thread and shown when that is done; status, error and count wait for
/// it. A change of more than some hundred row operations may be shown over several turns of the event loop.
///
/// Roles: `modelData` (the whole row), `isOptimistic` (predicted, not yet confirmed) and one for each field. Fields
/// become roles when the first row is seen and stay so; name optional fields in `roles` beforehand.
class HULL_QT_EXPORT HullQueryModel : public QAbstractListModel {
  Q_OBJECT
  Q_PROPERTY(HullClient* client READ client WRITE setClient NOTIFY clientChanged)
  Q_PROPERTY(QString query READ query WRITE setQuery NOTIFY queryChanged)
  Q_PROPERTY(bool active READ isActive WRITE setActive NOTIFY activeChanged)
  Q_PROPERTY(QString keyField READ keyField WRITE setKeyField NOTIFY keyFieldChanged)
  Q_PROPERTY(QStringList roles READ roles WRITE setRoles NOTIFY rolesChanged)
  Q_PROPERTY(bool keepPrevious READ keepsPrevious WRITE setKeepPrevious NOTIFY keepPreviousChanged)
  Q_PROPERTY(int count READ count NOTIFY countChanged)
  Q_PROPERTY(Status status READ status NOTIFY statusChanged)
  Q_PROPERTY(bool loading READ isLoading NOTIFY statusChanged)
  Q_PROPERTY(HullError error READ error NOTIFY errorChanged)

 public:
  enum Status {
    Null,  ///< No query: switched off, or something is missing.
    Loading,
    Ready,
    Error,  ///< The rows are the last good ones; the next update may heal it.
  };
  Q_ENUM(Status)

  explicit HullQueryModel(QObject* parent = nullptr);
  ~HullQueryModel() override;

  HullClient* client() const;
  virtual void setClient(HullClient* client);
  /// "messages:list".
  QString query() const;
  void setQuery(const QString& query);
  QVariantMap args() const;
  void setArgs(const QVariantMap& args);
  bool isActive() const;
  void setActive(bool active);
  /// "_id" by default. Rows without it are known by their whole content.
  QString keyField() const;
  void setKeyField(const QString& field);
  QStringList roles() const;
  void setRoles(const QStringList& roles);
  /// Keep showing the rows of the last question while a new one is loading.
  bool keepsPrevious() const;
  void setKeepPrevious(bool keep);

  int count() const;
  Status status() const;
  /// The status is Loading; with keepPrevious, the rows are then those of the last question.
  bool isLoading() const { return status() == Loading; }
  HullError error() const;
  /// The whole row; empty when there is none.
  Q_INVOKABLE QVariantMap get(int row) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QHash<int, QByteArray> roleNames() const override;

 Q_SIGNALS:
  void clientChanged();
  void queryChanged();
  void activeChanged();
  void keyFieldChanged();
  void rolesChanged();
  void keepPreviousChanged();
  void countChanged();
  void statusChanged();
  void errorChanged();

 protected:
  /// Held: nothing goes out before the private start().
  enum Start { AtOnce, Held };
  HullQueryModel(Start start, QObject* parent);

 private:
  friend class HullQueryModelPrivate;
  friend class HullRowsOutlet<HullQueryModel>;
  const std::unique_ptr<HullQueryModelPrivate> d;
};
