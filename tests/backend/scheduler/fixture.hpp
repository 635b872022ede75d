// A store on disk under virtual time, functions written in C++, and a process that can die at any point.
#pragma once

#include "common/seeded_random.hpp"
#include "common/virtual_clock.hpp"
#include "database/database.hpp"
#include "scheduler/crons.hpp"
#include "scheduler/executor.hpp"
#include "scheduler/jobs.hpp"
#include "scheduler/rows.hpp"
#include "scratch_folder.hpp"
#include "storage/sqlite/sqlite.hpp"

#include <hull/value/json.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace hull::backend::scheduler {

inline constexpr std::int64_t second = 1'000'000'000;

/// What stops everything at once, like a signal that nobody can catch.
struct killed {};

class fake_functions final : public callee {
 public:
  using body = std::function<outcome<call_end>(database::transaction*)>;

  explicit fake_functions(std::unique_ptr<database::database>& db) : db_(db) {}

  std::map<std::string, callable> kinds;
  body run;  ///< With the transaction of a mutation, or none.
  std::function<void()> before_commit, after_commit;
  std::vector<scheduled_call> calls;

  outcome<callable> what_is(database::transaction&, const std::string& path) override {
    const auto found = kinds.find(path);
    return found == kinds.end() ? callable::missing : found->second;
  }

  outcome<std::optional<call_end>> mutation(const scheduled_call& call, const before_run& before,
                                            const after_run& after) override {
    auto tx = db_->begin();
    auto wanted = before(tx);
    if (!wanted) return wanted.error();
    if (!*wanted) return std::optional<call_end>();
    calls.push_back(call);
    auto end = run(&tx);
    if (!end) return end.error();
    if (end->error) return std::optional(*end);
    if (auto done = after(tx, *end); !done) return done.error();
    if (before_commit) before_commit();
    auto committed = db_->commit(std::move(tx), call.path);
    if (!committed) return committed.error();
    if (after_commit) after_commit();
    return std::optional(*end);
  }

  outcome<call_end> action(const scheduled_call& call) override {
    calls.push_back(call);
    return run(nullptr);
  }

 private:
  std::unique_ptr<database::database>& db_;
};

class OverTime : public testing::Test {
 protected:
  OverTime() : functions(db) {
    functions.kinds = {
        {"m.js:write", callable::mutation}, {"m.js:act", callable::action}, {"m.js:ask", callable::query}};
    functions.run = [this](database::transaction* tx) -> outcome<call_end> {
      if (tx != nullptr)
        tx->insert(database::access::user, "effects", value::make_object({})).value();
      else
        ++actions;
      return call_end{"done", std::nullopt, {"[LOG] 'hello'"}};
    };
    restart();
  }
  ~OverTime() override {
    work.reset();
    db.reset();
  }

  /// A new process on the same folder.
  void restart() {
    work.reset();
    db.reset();
    db = database::database::open(storage::open_sqlite(folder_.path()).value(), time, random).value();
    work = std::make_unique<executor>(surroundings{*db, functions, time, random,
                                                   [this](const std::string& line) { warnings.push_back(line); },
                                                   [this](std::chrono::milliseconds pause) {
                                                     time.advance(std::chrono::nanoseconds(pause).count());
                                                     return true;
                                                   }});
  }

  /// The result of `work`, or nothing when the process died in it. It is restarted then.
  template <class Work>
  bool survives(Work&& attempt) {
    try {
      attempt();
      return true;
    } catch (const killed&) {
      restart();
      return false;
    }
  }

  void change(const std::function<outcome<void>(database::transaction&)>& f) {
    auto tx = db->begin();
    auto done = f(tx);
    ASSERT_TRUE(done) << done.error().message;
    ASSERT_TRUE(db->commit(std::move(tx), "test"));
  }

  std::string schedule(const std::string& path, std::int64_t in_ns = 0, const std::optional<std::string>& parent = {},
                       const std::string& args = "[{\"n\":1}]") {
    std::string id;
    change([&](database::transaction& tx) -> outcome<void> {
      auto made = schedule_job(tx, {path, args, time.wall_ns() + in_ns}, parent, time.wall_ns());
      if (!made) return made.error();
      id = *made;
      return {};
    });
    return id;
  }
  void cancel(const std::string& id) {
    change([&](database::transaction& tx) { return cancel_job(tx, id, time.wall_ns()); });
  }

  value row(const std::string& id) {
    auto tx = db->begin();
    return tx.get(database::access::backend, id, std::nullopt).value().value_or(value());
  }
  /// As user code sees it.
  value shown(const std::string& id) {
    auto tx = db->begin();
    return tx.get(database::access::user_system, id, std::nullopt).value().value_or(value());
  }
  std::string state(const std::string& id) { return state_of(row(id)); }
  std::string error(const std::string& id) { return text_of(*row(id).find("state"), "error"); }
  std::size_t rows(const char* table) {
    auto tx = db->begin();
    return tx.lookup(table, "by_creation_time", {}).value().size();
  }
  std::size_t effects() { return rows("effects"); }
  std::vector<upcoming> coming() {
    auto tx = db->begin();
    return upcoming_jobs(tx, 100).value();
  }

  virtual_clock time;
  seeded_random random{42};
  std::unique_ptr<database::database> db;
  fake_functions functions;
  std::unique_ptr<executor> work;
  int actions = 0;
  std::vector<std::string> warnings;

 private:
  hull::test::scratch_folder folder_;
};

}  // namespace hull::backend::scheduler
