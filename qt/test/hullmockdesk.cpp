// Calls from the deployment's threads to the QML thread.
#include "hullmockdesk_p.h"

#include <qobjectexecutor_p.h>

#include <algorithm>
#include <stdexcept>
#include <thread>
#include <utility>

HullMockDesk::HullMockDesk(QObject* receiver, Handler handler)
    : m_home(std::make_shared<QObjectHome>(receiver)), m_handler(std::move(handler)) {}

HullMockDesk::~HullMockDesk() = default;

// With the mutex locked.
void HullMockDesk::wake() {
  m_home->post([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->serve();
  });
  m_changed.notify_all();
}

hull::value HullMockDesk::run(const HullMockCallPtr& call) {
  std::unique_lock lock(m_mutex);
  if (!m_closed) {
    m_waiting.push_back(call);
    wake();
    m_changed.wait(lock, [&] { return (call->settled || m_closed) && call->access->borrowed == 0; });
  }
  if (!call->settled) throw std::runtime_error("The MockDeployment has stopped.");
  if (call->failure) std::rethrow_exception(call->failure);
  return std::move(call->result);
}

void HullMockDesk::settle(const HullMockCallPtr& call, hull::value result, std::exception_ptr failure) {
  const std::lock_guard lock(m_mutex);
  call->access->end();
  call->result = std::move(result);
  call->failure = std::move(failure);
  call->settled = true;
  m_running.erase(std::remove(m_running.begin(), m_running.end(), call), m_running.end());
  m_changed.notify_all();
}

HullMockCallPtr HullMockDesk::take() {
  const std::lock_guard lock(m_mutex);
  if (m_waiting.empty()) return nullptr;
  HullMockCallPtr call = std::move(m_waiting.front());
  m_waiting.pop_front();
  m_running.push_back(call);
  return call;
}

void HullMockDesk::begin(const HullMockCallPtr& call) {
  const Handler handler = m_handler;  // The call may close the desk.
  const bool transaction = call->access->isTransaction();
  m_transactions += transaction;
  handler(call);
  m_transactions -= transaction;
}

void HullMockDesk::serve() {
  const auto self = shared_from_this();  // A call may let the desk's owner go.
  while (const HullMockCallPtr call = take()) begin(call);
  while (finishOne()) {
  }
}

void HullMockDesk::checkOutside() const {
  if (m_transactions > 0)
    throw std::logic_error("A query or mutation works with its `db`; it must not use the MockDeployment.");
}

void HullMockDesk::away(const std::function<void()>& work) {
  checkOutside();
  bool done = false;
  std::exception_ptr failure;
  std::thread worker([&] {
    try {
      work();
    } catch (...) {
      failure = std::current_exception();
    }
    const std::lock_guard lock(m_mutex);
    done = true;
    m_changed.notify_all();
  });
  for (;;) {
    serve();
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [&] { return done || !m_waiting.empty() || !m_finished.empty(); });
    if (done) break;
  }
  worker.join();
  if (failure) std::rethrow_exception(failure);
}

void HullMockDesk::later(const std::shared_ptr<HullMockAccess>& access, std::function<hull::value()> work, Done done) {
  const int number = m_nextNumber++;
  m_done.emplace(number, std::move(done));
  {
    const std::lock_guard lock(m_mutex);
    ++access->borrowed;
  }
  std::thread([self = shared_from_this(), access, work = std::move(work), number] {
    Finished end{number, {}, nullptr};
    try {
      end.result = work();
    } catch (...) {
      end.failure = std::current_exception();
    }
    const std::lock_guard lock(self->m_mutex);
    --access->borrowed;
    self->m_finished.push_back(std::move(end));
    self->wake();
  }).detach();  // Whoever lent the access waits for it.
}

bool HullMockDesk::finishOne() {
  Finished end;
  {
    const std::lock_guard lock(m_mutex);
    if (m_finished.empty()) return false;
    end = std::move(m_finished.front());
    m_finished.pop_front();
  }
  const auto found = m_done.find(end.number);
  if (found == m_done.end()) return true;
  const Done done = std::move(found->second);
  m_done.erase(found);
  done(end.result, end.failure);
  return true;
}

void HullMockDesk::close() {
  std::map<int, Done> done;  // JavaScript values may go only when the mutex is free.
  const std::lock_guard lock(m_mutex);
  for (const auto& call : m_running) call->access->end();
  m_waiting.clear();
  m_running.clear();
  m_closed = true;
  m_home->close();
  m_handler = [](const HullMockCallPtr&) {};
  done.swap(m_done);
  m_changed.notify_all();
}
