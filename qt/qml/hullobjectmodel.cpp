// HullObjectModel: compares documents field by field.
#include "hullobjectmodel.h"

#include "hulllivequery_p.h"
#include "hullqmlmodels_p.h"
#include "hullvaluebridge_p.h"

#include <QtCore/QPointer>
#include <QtCore/QSignalBlocker>

#include <optional>
#include <utility>

namespace {

// Assignments from QML change nothing.
class Document final : public QQmlPropertyMap {
 public:
  using QQmlPropertyMap::QQmlPropertyMap;

  /// Another value, for which bindings are told once. To QVariant true and 1.0 are equal, and a property map does not
  /// tell of what is equal: so the old one goes first, in silence.
  void change(const QString& field, const QVariant& next) {
    if (value(field) == next) {
      const QSignalBlocker silence(this);
      clear(field);
    }
    insert(field, next);
  }

 protected:
  QVariant updateValue(const QString& field, const QVariant&) override { return value(field); }
};

bool isTaken(const QString& name) {
  static const QStringList taken{QStringLiteral("keys"), QStringLiteral("valueChanged"), QStringLiteral("destroyed"),
                                 QStringLiteral("deleteLater"), QStringLiteral("QObject")};
  return taken.contains(name);
}

}  // namespace

struct HullObjectModel::Shown {
  QPointer<Document> document;
  hull::value fields = hull::object{};  // What the properties show.
  bool isMissing = false;
  Status status = Null;
  HullError error;
  int generation = -1;               // Of the question that the fields answer.
  std::optional<hull::error> shape;  // The result is no document.
};

HullObjectModel::HullObjectModel(QObject* parent)
    : QObject(parent),
      m_shown(std::make_unique<Shown>()),
      m_live(std::make_unique<HullLiveQuery>(this, [this] { onChanged(); })) {
  m_shown->document = new Document(this);
}

HullObjectModel::~HullObjectModel() = default;

HullClient* HullObjectModel::client() const { return m_live->client(); }

void HullObjectModel::setClient(HullClient* client) {
  m_clientSet = true;
  m_live->setComplaint(std::nullopt);
  if (this->client() == client) return;
  m_live->setClient(client);
  Q_EMIT clientChanged();
}

QString HullObjectModel::query() const { return m_live->path(); }

void HullObjectModel::setQuery(const QString& query) {
  if (this->query() == query) return;
  m_live->setPath(query);
  Q_EMIT queryChanged();
}

void HullObjectModel::setArgs(const QJSValue& args) {
  m_args = args;
  m_live->setArgs(HullQmlModels::toArgs(args));
  Q_EMIT argsChanged();
}

bool HullObjectModel::isActive() const { return m_live->isActive(); }

void HullObjectModel::setActive(bool active) {
  if (isActive() == active) return;
  m_live->setActive(active);
  Q_EMIT activeChanged();
}

void HullObjectModel::setKeepPrevious(bool keep) {
  if (m_keepPrevious == keep) return;
  m_keepPrevious = keep;
  Q_EMIT keepPreviousChanged();
}

QQmlPropertyMap* HullObjectModel::document() const { return m_shown->document; }
bool HullObjectModel::isMissing() const { return m_shown->isMissing; }
HullObjectModel::Status HullObjectModel::status() const { return m_shown->status; }
HullError HullObjectModel::error() const { return m_shown->error; }

QVariant HullObjectModel::get(const QString& field) const {
  const hull::value* found = m_shown->fields.find(field.toStdString());
  return found ? HullValueBridge::toVariant(*found) : QVariant();
}

void HullObjectModel::componentComplete() {
  HullClient* const found = HullQmlModels::start(*m_live, this, m_clientSet, "HullObjectModel");
  if (!found) return;
  m_live->setClient(found);
  Q_EMIT clientChanged();
}

void HullObjectModel::onChanged() {
  const QPointer<HullObjectModel> guard(this);
  Shown& shown = *m_shown;
  shown.shape.reset();
  const auto result = m_live->value();
  if (result && !result->is_null() && !result->is_object())
    shown.shape =
        hull::error{hull::errc::bad_value,
                    m_live->path().toStdString() + ": an object model shows an object or null; this query returned " +
                        std::string(hull::to_string(result->kind())),
                    {},
                    {}};
  if (!showFields()) return;

  const bool wasMissing = std::exchange(shown.isMissing, !shown.shape && result && result->is_null());
  const auto live = m_live->error();
  const auto failure = live ? live : shown.shape;
  const HullError error = failure ? HullValueBridge::toError(*failure) : HullError();
  const bool isOtherError = std::exchange(shown.error, error) != error;
  const Status status = failure ? Error : static_cast<Status>(m_live->status());
  const bool isOtherStatus = std::exchange(shown.status, status) != status;
  const bool isOtherMissing = wasMissing != shown.isMissing;
  if (isOtherMissing) Q_EMIT missingChanged();
  if (guard && isOtherError) Q_EMIT errorChanged();
  if (guard && isOtherStatus) Q_EMIT statusChanged();
}

// Gives the properties what the newest document says. False when a binding destroyed the model.
bool HullObjectModel::showFields() {
  Shown& shown = *m_shown;
  const auto result = m_live->value();
  const bool isSameQuestion = shown.generation == m_live->generation();
  hull::value next = hull::object{};
  if (!result) {
    if (isSameQuestion || (m_keepPrevious && m_live->status() != HullLiveQuery::Status::Null)) return true;
  } else {
    shown.generation = m_live->generation();
    if (shown.shape) return true;
    if (result->is_object()) next = *result;
  }
  const hull::value before = std::exchange(shown.fields, next);
  const QPointer<HullObjectModel> guard(this);
  const QPointer<Document> document = shown.document;
  for (const auto& [name, field] : before.as_object()) {
    if (next.find(name)) continue;
    if (const QString text = HullValueBridge::toString(name); !isTaken(text)) document->clear(text);
    if (!guard) return false;
  }
  for (const auto& [name, field] : next.as_object()) {
    const hull::value* old = before.find(name);
    if (old && *old == field) continue;
    if (const QString text = HullValueBridge::toString(name); !isTaken(text))
      document->change(text, HullValueBridge::toVariant(field));
    if (!guard) return false;
  }
  return true;
}
