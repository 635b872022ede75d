// Tables and contexts in terms of JavaScript values.
#include "hullmockcontext.h"

#include "hulljsbridge_p.h"
#include "hullmockcontext_p.h"
#include "hullmockdesk_p.h"

#include <QtQml/QJSValueIterator>
#include <QtQml/QQmlEngine>

#include <optional>
#include <utility>
#include <vector>

using HullMock::guarded;
using HullMock::toObject;
using HullMock::toValue;

namespace {

[[noreturn]] void over() { throw std::logic_error("The function that this belonged to has ended."); }

QJSValue orNull(QJSEngine* engine, const std::optional<hull::value>& found) {
  return found ? HullJsBridge::toJs(*engine, *found) : QJSValue(QJSValue::NullValue);
}

// A JavaScript predicate over documents. What it throws ends the function.
hull::mock::document_filter filterOf(QJSEngine* engine, const QJSValue& keep) {
  if (!keep.isCallable()) return {};
  return [engine, keep](const hull::value& document) {
    const QJSValue answer = keep.call({HullJsBridge::toJs(*engine, document)});
    if (answer.isError()) throw std::runtime_error(answer.property(QStringLiteral("message")).toString().toStdString());
    return answer.toBool();
  };
}

}  // namespace

hull::mock::table_reader HullMockAccess::reader(const std::string& table) const {
  if (query) return query->table(table);
  return writer(table);
}

hull::mock::table_writer HullMockAccess::writer(const std::string& table) const {
  if (mutation) return mutation->table(table);
  if (tables) return tables->table(table);
  if (query) throw std::logic_error("A query cannot write.");
  if (action) throw std::logic_error("An action has no tables: use runQuery and runMutation.");
  over();
}

hull::value HullMock::toValue(const QJSValue& js) {
  if (js.isUndefined()) return {};
  auto converted = HullJsBridge::fromJs(js);
  if (!converted) throw std::invalid_argument(converted.error().message);
  return *std::move(converted);
}

hull::object HullMock::toObject(const QJSValue& js, const char* what) {
  hull::value converted = js.isUndefined() ? hull::value(hull::object{}) : toValue(js);
  if (!converted.is_object()) throw std::invalid_argument(std::string(what) + " must be an object.");
  return std::move(converted.as_object());
}

HullMockTable::HullMockTable(std::shared_ptr<HullMockAccess> access, const QString& name)
    : m_access(std::move(access)), m_name(name) {}
HullMockTable::~HullMockTable() = default;

QJSValue HullMockTable::get(const QString& id) {
  QJSEngine* const engine = qjsEngine(this);
  return guarded(engine, [&] { return orNull(engine, m_access->reader(m_name.toStdString()).get(id.toStdString())); });
}

QJSValue HullMockTable::scan(const QJSValue& keep) {
  QJSEngine* const engine = qjsEngine(this);
  return guarded(engine, [&] {
    auto found = m_access->reader(m_name.toStdString()).scan(filterOf(engine, keep));
    return HullJsBridge::toJs(*engine, hull::value(std::move(found)));
  });
}

int HullMockTable::count() {
  return guarded(qjsEngine(this),
                 [&] { return QJSValue(static_cast<int>(m_access->reader(m_name.toStdString()).size())); })
      .toInt();
}

QJSValue HullMockTable::paginate(const QJSValue& paginationOpts, const QJSValue& options) {
  QJSEngine* const engine = qjsEngine(this);
  return guarded(engine, [&] {
    if (!m_access->query) over();
    hull::mock::page_request request;
    request.newest_first = options.property(QStringLiteral("newestFirst")).toBool();
    request.where = filterOf(engine, options.property(QStringLiteral("where")));
    const hull::value page = m_access->query->paginate(m_name.toStdString(), toValue(paginationOpts), request);
    return HullJsBridge::toJs(*engine, page);
  });
}

QString HullMockTable::insert(const QJSValue& fields) {
  return guarded(qjsEngine(this),
                 [&] {
                   return QJSValue(QString::fromStdString(
                       m_access->writer(m_name.toStdString()).insert(toObject(fields, "A document"))));
                 })
      .toString();
}

void HullMockTable::patch(const QString& id, const QJSValue& fields) {
  guarded(qjsEngine(this), [&] {
    std::vector<std::string> erased;
    QJSValueIterator it(fields);
    while (it.hasNext()) {
      it.next();
      if (it.value().isUndefined()) erased.push_back(it.name().toStdString());
    }
    m_access->writer(m_name.toStdString()).patch(id.toStdString(), toObject(fields, "A patch"), erased);
    return QJSValue();
  });
}

void HullMockTable::replace(const QString& id, const QJSValue& fields) {
  guarded(qjsEngine(this), [&] {
    m_access->writer(m_name.toStdString()).replace(id.toStdString(), toObject(fields, "A document"));
    return QJSValue();
  });
}

void HullMockTable::remove(const QString& id) {
  guarded(qjsEngine(this), [&] {
    m_access->writer(m_name.toStdString()).remove(id.toStdString());
    return QJSValue();
  });
}

void HullMockTable::clear() {
  guarded(qjsEngine(this), [&] {
    m_access->writer(m_name.toStdString()).clear();
    return QJSValue();
  });
}

HullMockContext::HullMockContext(std::shared_ptr<HullMockAccess> access) : m_access(std::move(access)) {}
HullMockContext::~HullMockContext() = default;

QJSValue HullMockContext::user() {
  QJSEngine* const engine = qjsEngine(this);
  return guarded(engine, [&] {
    const auto* context = m_access->context();
    return context ? orNull(engine, context->user()) : QJSValue(QJSValue::NullValue);
  });
}

bool HullMockContext::isAdmin() const {
  const auto* context = m_access->context();
  return context && context->is_admin();
}

void HullMockContext::log(const QString& text, const QString& level) {
  if (auto* context = m_access->context()) context->log(text.toStdString(), level.toStdString());
}

HullMockTable* HullMockContext::table(const QString& name) {
  HullMockTable* made = nullptr;
  guarded(qjsEngine(this), [&] {
    m_access->reader(name.toStdString());  // Says at once what is wrong.
    made = new HullMockTable(m_access, name);
    QJSEngine::setObjectOwnership(made, QJSEngine::JavaScriptOwnership);
    return QJSValue();
  });
  return made;
}

QJSValue HullMockContext::get(const QString& id) {
  QJSEngine* const engine = qjsEngine(this);
  return guarded(engine, [&] {
    if (m_access->query) return orNull(engine, m_access->query->get(id.toStdString()));
    if (m_access->tables) return orNull(engine, m_access->tables->get(id.toStdString()));
    over();
  });
}

QJSValue HullMockContext::storageUrl(const QString& storageId) {
  return guarded(qjsEngine(this), [&] {
    if (!m_access->query) over();
    const auto url = m_access->query->storage_url(storageId.toStdString());
    return url ? QJSValue(QString::fromStdString(*url)) : QJSValue(QJSValue::NullValue);
  });
}

QJSValue HullMockContext::generateUploadUrl() {
  return guarded(qjsEngine(this), [&] {
    if (m_access->mutation) return QJSValue(QString::fromStdString(m_access->mutation->generate_upload_url()));
    if (m_access->action) return QJSValue(QString::fromStdString(m_access->action->generate_upload_url()));
    throw std::logic_error("Only mutations and actions make upload URLs.");
  });
}

namespace {

// What a function in JavaScript sees of what another one threw: data as it was, everything else as an Error.
QJSValue thrownValue(QJSEngine& engine, const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const hull::mock::convex_error& thrown) {
    return HullJsBridge::toJs(engine, thrown.data());
  } catch (const std::exception& thrown) {
    return engine.newErrorObject(QJSValue::GenericError, QString::fromUtf8(thrown.what()));
  }
}

// An action calls another function, which may run in JavaScript too: so this returns a promise.
template <class Run>
QJSValue nested(QJSEngine* engine, const std::shared_ptr<HullMockAccess>& access, const QJSValue& args, Run run) {
  return guarded(engine, [&] {
    if (!access->action) throw std::logic_error("Only actions call other functions, and only while they run.");
    const QJSValue parts = engine->evaluate(QStringLiteral(
        "(() => { const parts = {};"
        " parts.promise = new Promise((resolve, reject) => { parts.resolve = resolve; parts.reject = reject; });"
        " return parts; })()"));
    const auto work = [action = access->action, run, converted = hull::value(toObject(args, "The arguments"))] {
      return run(*action, converted);
    };
    access->desk->later(access, work, [engine, parts](const hull::value& result, const std::exception_ptr& failure) {
      if (!failure)
        parts.property(QStringLiteral("resolve")).call({HullJsBridge::toJs(*engine, result)});
      else
        parts.property(QStringLiteral("reject")).call({thrownValue(*engine, failure)});
    });
    return parts.property(QStringLiteral("promise"));
  });
}
}  // namespace

QJSValue HullMockContext::runQuery(const QString& path, const QJSValue& args) {
  return nested(qjsEngine(this), m_access, args,
                [name = path.toStdString()](auto& action, const hull::value& a) { return action.run_query(name, a); });
}

QJSValue HullMockContext::runMutation(const QString& path, const QJSValue& args) {
  return nested(qjsEngine(this), m_access, args, [name = path.toStdString()](auto& action, const hull::value& a) {
    return action.run_mutation(name, a);
  });
}

QJSValue HullMockContext::runAction(const QString& path, const QJSValue& args) {
  return nested(qjsEngine(this), m_access, args,
                [name = path.toStdString()](auto& action, const hull::value& a) { return action.run_action(name, a); });
}
