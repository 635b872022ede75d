// A live query as a table: a row for each document, a column for each field that is named.
#pragma once

#include "hullclient.h"
#include "hullerror.h"
#include "hullqtglobal.h"

#include <QtCore/QAbstractTableModel>
#include <QtCore/QString>
#include <QtCore/QStringList>
#include <QtCore/QVariant>

#include <memory>

class HullTableModelPrivate;
template <class Model>
class HullRowsOutlet;

/// As HullQueryModel, with columns: for QTableView, QTreeView and the TableView of QML. Each cell shows one field,
/// which `columns` names; "author.name" is the field of a field. Qt::DisplayRole is what a view shows, Qt::EditRole the
/// value itself; the roles of HullQueryModel are there too, and concern the row.
///
/// Without `columns` the table has none: unlike the fields of documents, columns need an order and a number that
/// stays.
class HULL_QT_EXPORT HullTableModel : public QAbstractTableModel {
  Q_OBJECT
  Q_PROPERTY(HullClient* client READ client WRITE setClient NOTIFY clientChanged)
  Q_PROPERTY(QString query READ query WRITE setQuery NOTIFY queryChanged)
  Q_PROPERTY(bool active READ isActive WRITE setActive NOTIFY activeChanged)
  Q_PROPERTY(QStringList columns READ columns WRITE setColumns NOTIFY columnsChanged)
  Q_PROPERTY(QStringList headers READ headers WRITE setHeaders NOTIFY headersChanged)
  Q_PROPERTY(QString keyField READ keyField WRITE setKeyField NOTIFY keyFieldChanged)
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

  explicit HullTableModel(QObject* parent = nullptr);
  ~HullTableModel() override;

  HullClient* client() const;
  virtual void setClient(HullClient* client);
  /// "messages:list".
  QString query() const;
  void setQuery(const QString& query);
  QVariantMap args() const;
  void setArgs(const QVariantMap& args);
  bool isActive() const;
  void setActive(bool active);
  /// The fields to show, from the left. Setting them resets the model.
  QStringList columns() const;
  void setColumns(const QStringList& columns);
  /// Titles of the columns; where there is none, the name of the field.
  QStringList headers() const;
  void setHeaders(const QStringList& headers);
  /// "_id" by default. Rows without it are known by their whole content.
  QString keyField() const;
  void setKeyField(const QString& field);
  /// Keep showing the rows of the last question while a new one is loading.
  bool keepsPrevious() const;
  void setKeepPrevious(bool keep);

  int count() const;
  Status status() const;
  bool isLoading() const { return status() == Loading; }
  HullError error() const;
  /// The whole row; empty when there is none.
  Q_INVOKABLE QVariantMap get(int row) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
  QHash<int, QByteArray> roleNames() const override;

 Q_SIGNALS:
  void clientChanged();
  void queryChanged();
  void activeChanged();
  void columnsChanged();
  void headersChanged();
  void keyFieldChanged();
  void keepPreviousChanged();
  void countChanged();
  void statusChanged();
  void errorChanged();

 protected:
  /// Held: nothing goes out before the private start().
  enum Start { AtOnce, Held };
  HullTableModel(Start start, QObject* parent);

 private:
  friend class HullTableModelPrivate;
  friend class HullRowsOutlet<HullTableModel>;
  const std::unique_ptr<HullTableModelPrivate> d;
};
