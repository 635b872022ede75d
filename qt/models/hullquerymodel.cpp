// HullQueryModel: results in, rows out.
#include "hullquerymodel_p.h"

#include "keyeddiff.h"

#include "hulllogging_p.h"
#include "hullvaluebridge_p.h"

#include <QtCore/QPointer>

#include <algorithm>
#include <string_view>

HullQueryModel::HullQueryModel(Start start, QObject* parent)
    : QAbstractListModel(parent), d(std::make_unique<HullQueryModelPrivate>(this)) {
  if (start == AtOnce) d->live.start();
}

HullQueryModel::HullQueryModel(QObject* parent) : HullQueryModel(AtOnce, parent) {}
HullQueryModel::~HullQueryModel() = default;

HullClient* HullQueryModel::client() const { return d->live.client(); }

void HullQueryModel::setClient(HullClient* client) {
  if (this->client() == client) return;
  d->live.setClient(client);
  Q_EMIT clientChanged();
}

QString HullQueryModel::query() const { return d->live.path(); }

void HullQueryModel::setQuery(const QString& query) {
  if (this->query() == query) return;
  d->live.setPath(query);
  Q_EMIT queryChanged();
}

QVariantMap HullQueryModel::args() const { return d->m_args; }

void HullQueryModel::setArgs(const QVariantMap& args) {
  d->m_args = args;
  d->live.setArgs(HullValueBridge::fromVariant(args));
}

bool HullQueryModel::isActive() const { return d->live.isActive(); }

void HullQueryModel::setActive(bool active) {
  if (isActive() == active) return;
  d->live.setActive(active);
  Q_EMIT activeChanged();
}

QString HullQueryModel::keyField() const { return d->m_keyField; }

void HullQueryModel::setKeyField(const QString& field) {
  if (d->m_keyField == field) return;
  d->m_keyField = field;
  Q_EMIT keyFieldChanged();
  d->onChanged();
}

QStringList HullQueryModel::roles() const { return d->m_declared; }

void HullQueryModel::setRoles(const QStringList& roles) {
  if (d->m_declared == roles) return;
  if (d->m_roles.isFixed()) {
    qCWarning(lcHullModels, "HullQueryModel: roles are fixed once the first row was seen; set them before.");
    return;
  }
  d->m_declared = roles;
  Q_EMIT rolesChanged();
}

bool HullQueryModel::keepsPrevious() const { return d->m_keepPrevious; }

void HullQueryModel::setKeepPrevious(bool keep) {
  if (d->m_keepPrevious == keep) return;
  d->m_keepPrevious = keep;
  Q_EMIT keepPreviousChanged();
}

int HullQueryModel::count() const { return static_cast<int>(d->m_rows.size()); }
HullQueryModel::Status HullQueryModel::status() const { return d->m_status; }
HullError HullQueryModel::error() const { return d->m_error; }

QVariantMap HullQueryModel::get(int row) const {
  if (row < 0 || row >= count()) return {};
  return HullValueBridge::toVariant(d->m_rows[static_cast<std::size_t>(row)].value).toMap();
}

int HullQueryModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : count(); }

QVariant HullQueryModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= count()) return {};
  return d->m_roles.data(d->m_rows[static_cast<std::size_t>(index.row())], role);
}

QHash<int, QByteArray> HullQueryModel::roleNames() const { return d->m_roles.names(d->m_declared); }

HullQueryModelPrivate::HullQueryModelPrivate(HullQueryModel* model) : live(model, [this] { onChanged(); }), q(model) {}

// A slot may run an event loop of its own, and then the next change arrives before this one is told to the end. It
// waits until then: row operations must not nest.
void HullQueryModelPrivate::onChanged() {
  if (m_updating) {
    m_again = true;
    return;
  }
  m_updating = true;
  do {
    m_again = false;
    if (!update()) return;
  } while (m_again);
  m_updating = false;
}

// The functions below return false when a slot deleted the model.
bool HullQueryModelPrivate::update() { return updateRows() && announce(); }

bool HullQueryModelPrivate::updateRows() {
  m_shape.reset();
  const bool sameQuestion = m_generation == live.generation();
  const auto result = live.value();
  if (!result) {
    const bool keep = sameQuestion || (m_keepPrevious && live.status() != HullLiveQuery::Status::Null);
    return keep || show({});
  }
  m_generation = live.generation();
  auto next = HullRows::read(*result, m_keyField.toStdString());
  if (!next) {
    m_shape = next.error();
    m_shape->message = live.path().toStdString() + ": " + m_shape->message;
    return true;
  }
  HullRows::markOptimistic(*next, m_rows, live.isOptimistic());
  return show(*std::move(next));
}

bool HullQueryModelPrivate::show(std::vector<HullRow> next) {
  if (!m_loaded && !live.value()) return true;
  if (!next.empty()) m_roles.fix(m_declared, next);
  if (!m_loaded) {
    const QPointer<HullQueryModel> guard(q);
    m_loaded = true;
    q->beginResetModel();
    m_rows = std::move(next);
    q->endResetModel();
    return guard;
  }
  for (const auto& [before, after] : HullRows::adoptions(m_rows, next))
    m_rows[static_cast<std::size_t>(before)].key = next[static_cast<std::size_t>(after)].key;
  return restructure(next) && refreshRows(std::move(next));
}

// Brings the same rows into place, still with their old content.
bool HullQueryModelPrivate::restructure(const std::vector<HullRow>& next) {
  using HullKeyedDiff::Run;
  std::vector<Run> runs;
  {
    std::vector<std::string_view> before(m_rows.size());
    std::vector<std::string_view> after(next.size());
    const auto keyOf = [](const HullRow& row) { return std::string_view(row.key); };
    std::transform(m_rows.begin(), m_rows.end(), before.begin(), keyOf);
    std::transform(next.begin(), next.end(), after.begin(), keyOf);
    runs = HullKeyedDiff::compute(before, after);
  }
  const QPointer<HullQueryModel> guard(q);
  for (const Run& run : runs) {
    const int last = run.first + run.count - 1;
    const auto first = m_rows.begin() + run.first;
    switch (run.kind) {
      case Run::Remove:
        q->beginRemoveRows({}, run.first, last);
        m_rows.erase(first, first + run.count);
        q->endRemoveRows();
        break;
      case Run::Move:
        q->beginMoveRows({}, run.first, last, {}, run.to);
        if (run.to < run.first)
          std::rotate(m_rows.begin() + run.to, first, first + run.count);
        else
          std::rotate(first, first + run.count, m_rows.begin() + run.to);
        q->endMoveRows();
        break;
      case Run::Insert:
        q->beginInsertRows({}, run.first, last);
        m_rows.insert(first, next.begin() + run.first, next.begin() + run.first + run.count);
        q->endInsertRows();
        break;
    }
    if (!guard) return false;
  }
  return true;
}

// Gives the rows their new content, then tells neighbours that changed alike in one signal.
bool HullQueryModelPrivate::refreshRows(std::vector<HullRow> next) {
  struct Change {
    int first;
    int last;
    QList<int> roles;
  };
  std::vector<Change> changes;
  for (int i = 0; i < static_cast<int>(next.size()); ++i) {
    const auto at = static_cast<std::size_t>(i);
    QList<int> roles = m_roles.changes(m_rows[at], next[at]);
    if (roles.isEmpty()) continue;
    if (!changes.empty() && changes.back().last == i - 1 && changes.back().roles == roles)
      changes.back().last = i;
    else
      changes.push_back({i, i, std::move(roles)});
  }
  m_rows = std::move(next);
  const QPointer<HullQueryModel> guard(q);
  for (const Change& change : changes) {
    Q_EMIT q->dataChanged(q->index(change.first), q->index(change.last), change.roles);
    if (!guard) return false;
  }
  return true;
}

// Counts, status and error come after the rows that they speak of.
bool HullQueryModelPrivate::announce() {
  const QPointer<HullQueryModel> guard(q);
  const auto failure = m_shape ? m_shape : live.error();
  const HullError error = failure ? HullValueBridge::toError(*failure) : HullError();
  const auto status = m_shape ? HullQueryModel::Error : static_cast<HullQueryModel::Status>(live.status());
  if (std::exchange(m_count, q->count()) != q->count()) Q_EMIT q->countChanged();
  if (guard && std::exchange(m_error, error) != error) Q_EMIT q->errorChanged();
  if (guard && std::exchange(m_status, status) != status) Q_EMIT q->statusChanged();
  return guard;
}
