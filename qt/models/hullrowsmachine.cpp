// The machine of all models.
#include "hullrowsmachine_p.h"

#include <QtCore/QElapsedTimer>

#include <utility>

/// Working a result out on the worker. The model does not change its rows while one is under way; if it must, it takes
/// a copy and forgets the job.
struct HullRowsMachine::Job {
  HullRowsTarget target;
  std::shared_ptr<const HullRowList> before;  // Null: the first load.
  std::shared_ptr<const HullRoleMap> roles;   // Null: to be found out.
  std::vector<std::string> declared;
  // The outcome, behind the mutex.
  std::mutex mutex;
  bool isDone = false;
  std::vector<HullRow> rows;
  HullRowsPlan plan;

  void work() {
    const auto items = HullRows::items(target.result);
    const hull::array none;
    const hull::array& list = items ? **items : none;
    auto found = roles ? roles : std::make_shared<const HullRoleMap>(declared, list);
    std::vector<HullRow> fresh;
    HullRowsPlan worked;
    if (before)
      worked = HullRows::plan(*before, list, target, *found);
    else
      fresh = HullRows::fresh(list, target);
    const std::lock_guard lock(mutex);
    roles = std::move(found);
    rows = std::move(fresh);
    plan = std::move(worked);
    isDone = true;
  }
};

namespace {

// Freeing thousands of rows takes its time too.
template <class T>
void discard(T what) {
  HullWorker::shared()->run([what = std::move(what)] {});
}

}  // namespace

/// A plan being shown.
struct HullRowsMachine::Series {
  HullRowsPlan plan;
  std::size_t nextRun = 0;
  std::size_t nextInserted = 0;
  std::size_t nextContent = 0;
  std::size_t nextChange = 0;
  std::vector<HullRow> removed;
};

HullRowsMachine::HullRowsMachine(QObject* owner, HullRowsSink& sink)
    : m_sink(sink), m_owner(owner), m_home(std::make_shared<QObjectHome>(owner)) {}

HullRowsMachine::~HullRowsMachine() {
  m_home->close();
  if (m_rows->size() > smallChange) discard(std::move(m_rows));
}

void HullRowsMachine::setDeclared(const QStringList& names) {
  m_declaredNames.clear();
  for (const QString& name : names) m_declaredNames.push_back(name.toStdString());
  m_declared = HullRoleMap(m_declaredNames);
}

void HullRowsMachine::setKeyField(const QString& field) {
  m_keyField = field;
  forgetJob();
  const std::string name = field.toStdString();
  HullRowList& rows = *m_rows;
  for (int i = 0; i < rows.size(); ++i) rows.at(i).keyHash = HullRows::hashOf(HullRows::keyOf(rows.at(i).value, name));
  if (m_wanted) m_wanted->keyField = name;
}

bool HullRowsMachine::show(hull::value result, bool isLayered) {
  m_wanted = HullRowsTarget{std::move(result), m_keyField.toStdString(), isLayered};
  return run();
}

bool HullRowsMachine::clear() {
  forgetJob();
  if (!m_isLoaded) {
    m_wanted.reset();
    return run();
  }
  m_wanted = HullRowsTarget{hull::value(hull::array()), m_keyField.toStdString(), false};
  return run();
}

bool HullRowsMachine::settle() { return run(); }

// A slot may run an event loop of its own, and then the next result arrives before this one is told to the end. It
// waits until then: row operations must not nest.
bool HullRowsMachine::run() {
  if (m_isRunning) {
    m_isAgain = true;
    return true;
  }
  m_isRunning = true;
  do {
    m_isAgain = false;
    if (!step()) return false;
  } while (m_isAgain);
  m_isRunning = false;
  return true;
}

bool HullRowsMachine::step() {
  const bool isUrgent = m_wanted && m_wanted->isLayered;
  if (m_series) {
    if (!proceed(!isUrgent)) return false;
    if (m_series) return true;  // Goes on by itself.
  }
  if (m_job && !takeJob(!isUrgent)) return false;
  if (m_series) return true;
  const auto isSame = [](const HullRowsTarget& a, const HullRowsTarget& b) {
    return a.result.same_as(b.result) && a.isLayered == b.isLayered && a.keyField == b.keyField;
  };
  if (m_wanted && !(m_shown && isSame(*m_shown, *m_wanted))) {
    if (m_job && isSame(m_job->target, *m_wanted)) return true;  // Comes by itself.
    if (!begin(HullRowsTarget(*m_wanted))) return false;
    if (m_series || m_job) return true;
  }
  const QPointer<QObject> guard(m_owner);
  m_sink.settled();
  return guard;
}

bool HullRowsMachine::begin(const HullRowsTarget& target) {
  const hull::array& items = **HullRows::items(target.result);
  const int size = static_cast<int>(items.size());
  const bool isSmall = !m_isLoaded ? size <= smallChange
                                   : target.isLayered || HullRows::strangers(*m_rows, items, smallChange) < smallChange;
  if (!isSmall) {
    if (!m_job) startJob(target);
    return true;  // A job for an older result comes first.
  }
  forgetJob();
  setShown(target);
  auto roles = m_roles;
  if (!roles && !items.empty()) roles = std::make_shared<const HullRoleMap>(m_declaredNames, items);
  if (!m_isLoaded) return load(HullRows::fresh(items, target), std::move(roles));
  m_roles = roles;
  return apply(HullRows::plan(*m_rows, items, target, this->roles()), !target.isLayered);
}

bool HullRowsMachine::load(std::vector<HullRow> rows, std::shared_ptr<const HullRoleMap> roles) {
  const QPointer<QObject> guard(m_owner);
  m_isLoaded = true;
  m_sink.beginReset();
  if (!guard) return false;
  if (!rows.empty()) m_roles = std::move(roles);
  m_rows = std::make_shared<HullRowList>(std::move(rows));
  m_sink.endReset();
  return guard;
}

bool HullRowsMachine::apply(HullRowsPlan plan, bool isPatient) {
  if (plan.runs.empty() && plan.contents.empty()) return true;
  m_series = std::make_unique<Series>();
  m_series->plan = std::move(plan);
  return proceed(isPatient);
}

// Shows as much of the series as there is time for.
bool HullRowsMachine::proceed(bool isPatient) {
  const QPointer<QObject> guard(m_owner);
  Series& series = *m_series;
  const bool isLong = series.plan.runs.size() + series.plan.changes.size() > shortSeries;
  QElapsedTimer timer;
  timer.start();
  const auto isTimeUp = [&] { return isPatient && isLong && timer.elapsed() >= sliceTime; };
  while (series.nextRun < series.plan.runs.size()) {
    if (!perform(series.plan.runs[series.nextRun++])) return false;
    if (isTimeUp()) {
      goOnLater();
      return true;
    }
  }
  // Content comes in with the signal that tells of it: a proxy that sorts compares rows with those beside them.
  auto& contents = series.plan.contents;
  const auto bringIn = [&](int last) {
    for (; series.nextContent < contents.size() && contents[series.nextContent].row <= last; ++series.nextContent)
      std::swap(m_rows->at(contents[series.nextContent].row), contents[series.nextContent].content);
  };
  while (series.nextChange < series.plan.changes.size()) {
    const HullRowsPlan::Change& change = series.plan.changes[series.nextChange++];
    bringIn(change.last);
    m_sink.changed(change.first, change.last, change.roles);
    if (!guard) return false;
    if (isTimeUp()) {
      goOnLater();
      return true;
    }
  }
  bringIn(m_rows->size());
  for (HullRowsPlan::Content& content : series.plan.contents) series.removed.push_back(std::move(content.content));
  if (series.removed.size() > smallChange) discard(std::move(series.removed));
  m_series.reset();
  return true;
}

bool HullRowsMachine::perform(const HullKeyedDiff::Run& run) {
  const QPointer<QObject> guard(m_owner);
  Series& series = *m_series;
  const int last = run.first + run.count - 1;
  switch (run.kind) {
    case HullKeyedDiff::Run::Remove:
      m_sink.beginRemove(run.first, last);
      if (!guard) return false;
      m_rows->erase(run.first, run.count, series.removed);
      m_sink.endRemove();
      break;
    case HullKeyedDiff::Run::Move:
      m_sink.beginMove(run.first, last, run.to);
      if (!guard) return false;
      m_rows->move(run.first, run.count, run.to);
      m_sink.endMove();
      break;
    case HullKeyedDiff::Run::Insert:
      m_sink.beginInsert(run.first, last);
      if (!guard) return false;
      m_rows->insert(run.first, run.count, series.plan.inserted.data() + series.nextInserted);
      series.nextInserted += static_cast<std::size_t>(run.count);
      m_sink.endInsert();
      break;
  }
  return guard;
}

void HullRowsMachine::startJob(const HullRowsTarget& target) {
  m_job = std::make_shared<Job>();
  m_job->target = target;
  if (m_isLoaded) m_job->before = m_rows;
  m_job->roles = m_roles;
  m_job->declared = m_declaredNames;
  HullWorker::shared()->run([job = m_job, home = m_home, this] {
    job->work();
    home->post([this] { run(); });  // Dropped when the machine is gone.
  });
}

// Shows what the worker has finished; does nothing while it is at it.
bool HullRowsMachine::takeJob(bool isPatient) {
  const std::shared_ptr<Job> job = m_job;
  {
    const std::lock_guard lock(job->mutex);
    if (!job->isDone) return true;
  }
  m_job.reset();
  setShown(job->target);
  bool isAlive = true;
  if (!m_isLoaded) {
    isAlive = load(std::move(job->rows), job->roles);
  } else {
    m_roles = job->roles;
    isAlive = apply(std::move(job->plan), isPatient);
  }
  discard(job);
  return isAlive;
}

// The worker goes on to read the rows that it was given.
void HullRowsMachine::forgetJob() {
  if (m_job && m_job->before) m_rows = std::make_shared<HullRowList>(*m_rows);
  m_job.reset();
}

void HullRowsMachine::setShown(HullRowsTarget target) {
  if (m_shown && m_rows->size() > smallChange) discard(std::move(m_shown->result));
  m_shown = std::move(target);
}

void HullRowsMachine::goOnLater() {
  m_home->post([this] { run(); });
}
