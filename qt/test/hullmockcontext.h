// What a function of a MockDeployment works with: `db` of queries and mutations, `ctx` of actions, and tables.
#pragma once

#include "hulltestglobal.h"

#include <QtQml/qqmlregistration.h>
#include <QtCore/QObject>
#include <QtCore/QString>
#include <QtQml/QJSValue>

#include <memory>

struct HullMockAccess;

/// One table in a function's transaction. Valid while the function runs; every mistake is a JavaScript exception.
class HULL_QMLTEST_EXPORT HullMockTable : public QObject {
  Q_OBJECT
  QML_NAMED_ELEMENT(MockTable)
  QML_UNCREATABLE("MockTable comes from db.table(name)")

 public:
  HullMockTable(std::shared_ptr<HullMockAccess> access, const QString& name);
  ~HullMockTable() override;

  /// The document, with `_id` and `_creationTime`; null when there is none.
  Q_INVOKABLE QJSValue get(const QString& id);
  /// All documents, oldest first; with `keep` those for which it returns true.
  Q_INVOKABLE QJSValue scan(const QJSValue& keep = QJSValue());
  /// How many documents there are.
  Q_INVOKABLE int count();
  /// One page by the `paginationOpts` of the arguments. Options: {newestFirst, where: document => bool}.
  Q_INVOKABLE QJSValue paginate(const QJSValue& paginationOpts, const QJSValue& options = QJSValue());

  /// Returns the new document's `_id`.
  Q_INVOKABLE QString insert(const QJSValue& fields);
  /// Sets these fields; one that is undefined is erased.
  Q_INVOKABLE void patch(const QString& id, const QJSValue& fields);
  /// All fields become these.
  Q_INVOKABLE void replace(const QString& id, const QJSValue& fields);
  Q_INVOKABLE void remove(const QString& id);
  /// Removes all documents.
  Q_INVOKABLE void clear();

 private:
  std::shared_ptr<HullMockAccess> m_access;
  QString m_name;
};

/// Valid while the function runs; every mistake is a JavaScript exception.
class HULL_QMLTEST_EXPORT HullMockContext : public QObject {
  Q_OBJECT
  QML_NAMED_ELEMENT(MockContext)
  QML_UNCREATABLE("MockContext is handed to the functions of a MockDeployment")
  Q_PROPERTY(QJSValue user READ user CONSTANT)
  Q_PROPERTY(bool admin READ isAdmin CONSTANT)

 public:
  explicit HullMockContext(std::shared_ptr<HullMockAccess> access);
  ~HullMockContext() override;

  /// The identity of the user who calls; null when nobody is signed in.
  QJSValue user();
  /// True when the client showed the admin key.
  bool isAdmin() const;
  /// A line that the client gets with the result. Level: LOG, DEBUG, INFO, WARN or ERROR.
  Q_INVOKABLE void log(const QString& text, const QString& level = QStringLiteral("LOG"));

  // ---- queries and mutations ----

  Q_INVOKABLE HullMockTable* table(const QString& name);
  /// A document of any table; null when there is none.
  Q_INVOKABLE QJSValue get(const QString& id);
  /// Where an uploaded file can be fetched; null when there is no such file.
  Q_INVOKABLE QJSValue storageUrl(const QString& storageId);

  // ---- mutations and actions ----

  /// A URL to which a client may upload one file.
  Q_INVOKABLE QJSValue generateUploadUrl();

  // ---- actions ----

  /// These run a function as the same user and return a promise of what it returns.
  Q_INVOKABLE QJSValue runQuery(const QString& path, const QJSValue& args = QJSValue());
  Q_INVOKABLE QJSValue runMutation(const QString& path, const QJSValue& args = QJSValue());
  Q_INVOKABLE QJSValue runAction(const QString& path, const QJSValue& args = QJSValue());

 private:
  std::shared_ptr<HullMockAccess> m_access;
};
