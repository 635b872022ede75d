// HullPaginatedModel: its properties, and pages that become one list.
#include "hullpaginatedmodel_p.h"

#include "hulllogging_p.h"
#include "hullvaluebridge_p.h"

#include <QtCore/QPointer>

#include <utility>

using PageStatus = hull::paginated_state::status;

HullPaginatedModel::HullPaginatedModel(Start start, QObject* parent)
    : QAbstractListModel(parent), d(std::make_unique<HullPaginatedModelPrivate>(this)) {
  if (start == AtOnce) d->live.start();
}

HullPaginatedModel::HullPaginatedModel(QObject* parent) : HullPaginatedModel(AtOnce, parent) {}
HullPaginatedModel::~HullPaginatedModel() = default;

HullClient* HullPaginatedModel::client() const { return d->live.client(); }

void HullPaginatedModel::setClient(HullClient* client) {
  if (this->client() == client) return;
  d->live.setClient(client);
  Q_EMIT clientChanged();
}

QString HullPaginatedModel::query() const { return d->live.path(); }

void HullPaginatedModel::setQuery(const QString& query) {
  if (this->query() == query) return;
  d->live.setPath(query);
  Q_EMIT queryChanged();
}

QVariantMap HullPaginatedModel::args() const { return d->m_args; }

void HullPaginatedModel::setArgs(const QVariantMap& args) {
  d->m_args = args;
  d->live.setArgs(HullValueBridge::fromVariant(args));
}

bool HullPaginatedModel::isActive() const { return d->live.isActive(); }

void HullPaginatedModel::setActive(bool active) {
  if (isActive() == active) return;
  d->live.setActive(active);
  Q_EMIT activeChanged();
}

int HullPaginatedModel::pageSize() const { return d->live.pageSize(); }

void HullPaginatedModel::setPageSize(int size) {
  if (pageSize() == size) return;
  d->live.setPageSize(size);
  Q_EMIT pageSizeChanged();
}

QString HullPaginatedModel::keyField() const { return d->rows.keyField(); }

void HullPaginatedModel::setKeyField(const QString& field) {
  if (keyField() == field) return;
  d->rows.setKeyField(field);
  Q_EMIT keyFieldChanged();
}

QStringList HullPaginatedModel::roles() const { return d->m_declared; }

void HullPaginatedModel::setRoles(const QStringList& roles) {
  if (d->m_declared == roles) return;
  if (d->rows.hasFixedRoles()) {
    qCWarning(lcHullModels, "HullPaginatedModel: roles are fixed once the first row was seen; set them before.");
    return;
  }
  d->rows.setDeclared(roles);
  d->m_declared = roles;
  Q_EMIT rolesChanged();
}

bool HullPaginatedModel::keepsPrevious() const { return d->m_keepPrevious; }

void HullPaginatedModel::setKeepPrevious(bool keep) {
  if (keepsPrevious() == keep) return;
  d->m_keepPrevious = keep;
  Q_EMIT keepPreviousChanged();
}

int HullPaginatedModel::count() const { return d->rows.count(); }
HullPaginatedModel::Status HullPaginatedModel::status() const { return static_cast<Status>(d->m_news.status()); }
bool HullPaginatedModel::isLoadingMore() const { return d->m_pages.isLoadingMore; }
bool HullPaginatedModel::canLoadMore() const { return d->m_pages.canLoadMore; }
bool HullPaginatedModel::isExhausted() const { return d->m_pages.isExhausted; }
HullError HullPaginatedModel::error() const { return d->m_news.error(); }

QVariantMap HullPaginatedModel::get(int row) const {
  const HullRow* found = d->rows.row(row);
  return found ? HullValueBridge::toVariant(found->value).toMap() : QVariantMap();
}

bool HullPaginatedModel::loadMore(int rows) { return d->live.loadMore(rows > 0 ? rows : pageSize()); }

void HullPaginatedModel::reset() {
  d->m_isResetting = true;
  d->m_lost = 0;
  d->live.reset();
}

int HullPaginatedModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : count(); }

QVariant HullPaginatedModel::data(const QModelIndex& index, int role) const {
  const HullRow* row = index.isValid() ? d->rows.row(index.row()) : nullptr;
  return row ? d->rows.roles().data(*row, role) : QVariant();
}

QHash<int, QByteArray> HullPaginatedModel::roleNames() const { return d->rows.roles().names(); }

bool HullPaginatedModel::canFetchMore(const QModelIndex& parent) const { return !parent.isValid() && canLoadMore(); }

void HullPaginatedModel::fetchMore(const QModelIndex& parent) {
  if (canFetchMore(parent)) loadMore();
}

bool HullPaginatedModelPrivate::onChanged() {
  const auto state = live.state();
  if (!state) {  // Switched off, or it cannot be listed.
    m_lost = 0;
    m_isResetting = false;
    return live.failure() ? rows.settle() : rows.clear();
  }
  const bool isNew = std::exchange(m_generation, live.generation()) != live.generation();
  if (isNew) {
    m_lost = 0;
    m_isResetting = false;
  }
  if (isKept(*state)) return rows.settle();
  if (state->state == PageStatus::loading_first_page) return m_keepPrevious ? rows.settle() : rows.clear();
  if (state->state == PageStatus::error && state->items.empty()) return rows.settle();
  return rows.show(hull::value(state->items), state->is_optimistic);
}

// Whether the list starts over, and the rows wait for what is loaded again.
bool HullPaginatedModelPrivate::isKept(const hull::paginated_state& state) {
  if (state.is_previous) {
    if (m_isResetting) return true;
    if (m_lost == 0) m_lost = rows.count();
    if (m_lost > live.pageSize()) live.loadMore(m_lost - live.pageSize());  // Waits; of several the last one counts.
    return true;
  }
  m_isResetting = m_isResetting && state.state == PageStatus::loading_first_page;
  if (m_lost > 0 && state.is_loading()) return true;
  m_lost = 0;
  return false;
}

void HullPaginatedModelPrivate::settled() {
  using Status = HullModelNews::Status;
  const auto state = live.state();
  Status status = Status::Null;
  std::optional<hull::error> failure = live.failure();
  Pages pages;
  if (failure) {
    status = Status::Error;
  } else if (state) {
    failure = state->failure;
    status = Status::Ready;
    if (state->state == PageStatus::loading_first_page) status = Status::Loading;
    if (state->state == PageStatus::error) status = Status::Error;
    pages.isLoadingMore = state->state == PageStatus::loading_more;
    pages.canLoadMore = state->state == PageStatus::can_load_more;
    pages.isExhausted = state->state == PageStatus::exhausted;
  }
  const Pages old = std::exchange(m_pages, pages);
  HullPaginatedModel* const model = q;
  const QPointer<HullPaginatedModel> guard(model);
  if (!m_news.tell(model, rows.count(), status, failure)) return;
  if (old.isLoadingMore != pages.isLoadingMore) Q_EMIT model->loadingMoreChanged();
  if (guard && old.isExhausted != pages.isExhausted) Q_EMIT model->exhaustedChanged();
  if (guard && old.canLoadMore != pages.canLoadMore) Q_EMIT model->canLoadMoreChanged();
}
