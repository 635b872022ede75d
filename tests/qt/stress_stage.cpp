// One random step after the other, from a timer and from the callbacks of what it made.
#include "stress_stage.hpp"

#include <utility>

namespace {

QString text(const char* latin1) { return QString::fromLatin1(latin1); }

template <class T>
void forgetGone(std::vector<QPointer<T>>& list) {
  std::erase_if(list, [](const auto& one) { return !one; });
}

}  // namespace

StressStage::StressStage(const QUrl& url, unsigned seed, std::atomic<int>& calls)
    : m_url(url), m_random(seed), m_calls(calls) {
  QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { step(); });
  m_timer.start(1);
}

StressStage::~StressStage() { clear(); }

void StressStage::clear() {
  m_timer.stop();
  for (const auto& model : std::exchange(m_models, {}))
    if (model && !oneIn(3)) delete model;
  for (const auto& pages : std::exchange(m_pages, {}))
    if (pages && !oneIn(3)) delete pages;
  for (const auto& watcher : std::exchange(m_watchers, {}))
    if (watcher && !oneIn(3)) delete watcher;
  for (const auto& client : std::exchange(m_clients, {})) delete client;
}

void StressStage::step() {
  forgetGone(m_clients);
  forgetGone(m_models);
  forgetGone(m_watchers);
  forgetGone(m_pages);
  switch (m_random() % 16) {
    case 0:
      return addClient();
    case 1:
    case 2:
    case 3:
      return addModel();
    case 4:
      return removeOne();
    case 9:
      return addPages();
    case 10:
      return changePages();
    case 7:
      return addWatcher();
    case 8:
      return changeWatcher();
    case 5:
    case 6:
      return changeModel();
    default:
      return call();
  }
}

HullClient* StressStage::anyClient() {
  forgetGone(m_clients);
  return m_clients.empty() ? nullptr : m_clients[m_random() % m_clients.size()].data();
}

QVariantMap StressStage::anyArgs() {
  return oneIn(3) ? QVariantMap{{text("channel"), static_cast<int>(m_random() % 3)}} : QVariantMap();
}

void StressStage::addClient() {
  if (m_clients.size() >= 4) return;
  auto* client = new HullClient(m_url);
  m_clients.emplace_back(client);
  // A callback of an object may end it.
  QObject::connect(client, &HullClient::connectedChanged, client, [this, client] {
    if (client->isConnected() && oneIn(12)) remove(client);
  });
}

void StressStage::addModel() {
  HullClient* const client = anyClient();
  if (!client || m_models.size() >= 12) return;
  // Some belong to their client, and go with it; the others are ended by hand.
  auto* model = new HullQueryModel(oneIn(2) ? client : nullptr);
  model->setClient(client);
  model->setQuery(text("messages:list"));
  model->setArgs(anyArgs());
  m_models.emplace_back(model);
  QObject::connect(model, &HullQueryModel::rowsInserted, model, [this, model] {
    if (oneIn(30)) remove(model);
  });
  QObject::connect(model, &HullQueryModel::countChanged, model, [this, model] {
    if (oneIn(20))
      remove(model);
    else if (oneIn(10))
      addModel();
    else if (oneIn(40))
      removeOne();
  });
}

void StressStage::addPages() {
  HullClient* const client = anyClient();
  if (!client || m_pages.size() >= 6) return;
  auto* pages = new HullPaginatedModel(client);
  pages->setPageSize(static_cast<int>(1 + m_random() % 9));
  pages->setClient(client);
  pages->setQuery(text("messages:page"));
  m_pages.emplace_back(pages);
  QObject::connect(pages, &HullPaginatedModel::countChanged, pages, [this, pages] {
    if (oneIn(25))
      remove(pages);
    else if (oneIn(3))
      pages->loadMore();
  });
}

void StressStage::changePages() {
  if (m_pages.empty()) return;
  HullPaginatedModel* const pages = m_pages[m_random() % m_pages.size()];
  switch (m_random() % 5) {
    case 0:
      return pages->reset();
    case 1:
      return pages->setActive(!pages->isActive());
    case 2:
      return pages->setArgs(anyArgs());
    case 3:
      return pages->setClient(anyClient());
    default:
      pages->loadMore(static_cast<int>(m_random() % 20));
  }
}

void StressStage::addWatcher() {
  HullClient* const client = anyClient();
  if (!client || m_watchers.size() >= 8) return;
  auto* watcher = new HullWatcher(client, text("messages:count"), anyArgs(), client);
  watcher->setKeepPrevious(oneIn(2));
  m_watchers.emplace_back(watcher);
  QObject::connect(watcher, &HullWatcher::valueChanged, watcher, [this, watcher] {
    if (oneIn(15))
      remove(watcher);
    else if (oneIn(15))
      removeOne();
    else if (oneIn(4))
      call();
  });
}

void StressStage::changeWatcher() {
  if (m_watchers.empty()) return;
  HullWatcher* const watcher = m_watchers[m_random() % m_watchers.size()];
  switch (m_random() % 4) {
    case 0:
      return watcher->setArgs({{text("fail"), true}});
    case 1:
      return watcher->setArgs(anyArgs());
    case 2:
      return watcher->setActive(!watcher->isActive());
    default:
      return watcher->setClient(anyClient());
  }
}

// Inside a signal of it, too. What is being destroyed already is in no list.
void StressStage::remove(QObject* object) {
  const auto isObject = [object](const auto& one) { return one.data() == object; };
  const auto gone = std::erase_if(m_clients, isObject) + std::erase_if(m_models, isObject) +
                    std::erase_if(m_pages, isObject) + std::erase_if(m_watchers, isObject);
  if (gone == 0) return;
  if (oneIn(2))
    delete object;
  else
    object->deleteLater();
}

void StressStage::removeOne() {
  forgetGone(m_models);
  if (oneIn(6)) {
    if (HullClient* const client = anyClient()) remove(client);
  } else if (!m_models.empty()) {
    remove(m_models[m_random() % m_models.size()]);
  }
}

void StressStage::changeModel() {
  if (HullClient* const client = anyClient(); client && oneIn(15)) {
    client->setUrl(client->url().isEmpty() ? m_url : QUrl());
    return;
  }
  if (m_models.empty()) return;
  HullQueryModel* const model = m_models[m_random() % m_models.size()];
  switch (m_random() % 4) {
    case 0:
      return model->setArgs(anyArgs());
    case 1:
      return model->setActive(!model->isActive());
    case 2:
      return model->setClient(anyClient());
    default:
      return model->setQuery(oneIn(2) ? text("messages:list") : text("messages:count"));
  }
}

void StressStage::call() {
  HullClient* const client = anyClient();
  if (!client) return;
  QVariantMap args{{text("body"), text("hello")}};
  if (oneIn(5)) args.insert(text("fail"), true);
  HullPendingCall* made = nullptr;
  switch (m_random() % 4) {
    case 0:
      made = client->action(text("messages:echo"), args);
      break;
    case 1:
      made = client->query(text("messages:count"), args);
      break;
    default:
      made = client->mutation(text("messages:send"), args, [args](HullLocalStore& store) {
        QVariantList rows = store.getQuery(text("messages:list")).toList();
        rows.append(QVariantMap{{text("_id"), text("predicted")}, {text("body"), args.value(text("body"))}});
        store.setQuery(text("messages:list"), {}, rows);
      });
  }
  if (!made) return;
  ++m_unfinished;
  // A call ends once, also when its client goes; only one that is deleted says nothing.
  QObject::connect(made, &HullPendingCall::finished, made, [this, made] {
    --m_unfinished;
    ++m_calls;
    if (oneIn(50) && made->parent()) remove(made->parent());
  });
  if (oneIn(8))
    made->cancel();
  else if (oneIn(8))
    made->future();
}
