// Commits: who conflicts with whom, times, group commit, listeners, old snapshots, reopening.
#include "fixture.hpp"
#include "scratch_folder.hpp"
#include "storage/sqlite/sqlite.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <future>
#include <set>
#include <thread>

namespace hull::backend::database {
namespace {

class Commit : public DatabaseTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(push(R"({"schemaValidation":false,"tables":[{"tableName":"t","documentType":null,
        "indexes":[{"indexDescriptor":"by_n","fields":["n"]}]}]})"));
    a = insert("t", R"({"n":1})");
    b = insert("t", R"({"n":5})");
  }
  static std::string between(int low, int high) {
    return range("t.by_n", R"([{"type":"Gte","fieldPath":"n","value":)" + std::to_string(low) +
                               R"(},{"type":"Lt","fieldPath":"n","value":)" + std::to_string(high) + "}]");
  }
  /// Commits after doing something that writes, so that the reads count.
  std::string commit_with_write(transaction tx) {
    EXPECT_TRUE(tx.insert(access::user, "t", json(R"({"n":1000})")));
    return code_of(db->commit(std::move(tx), "m"));
  }
  std::string a, b;
};

constexpr std::int64_t minutes_ns(std::int64_t minutes) { return minutes * 60'000'000'000; }

/// For what another thread does by itself.
template <class Condition>
bool within_a_minute(Condition is_true) {
  for (int waited = 0; waited < 6000 && !is_true(); ++waited)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return is_true();
}

constexpr const char* conflict = "OptimisticConcurrencyControlFailure";

TEST_F(Commit, TimesRise) {
  const timestamp before = db->latest_ts();
  insert("t", "{}");
  const timestamp after = db->latest_ts();
  EXPECT_GT(after, before);
  time.set_wall(5);  // The clock jumps back; time does not.
  insert("t", "{}");
  EXPECT_EQ(db->latest_ts(), after + 1);
}

TEST_F(Commit, LostUpdateIsAConflict) {
  transaction one = db->begin();
  transaction two = db->begin();
  ASSERT_TRUE(one.patch(access::user, a, std::nullopt, json(R"({"n":2})")));
  ASSERT_TRUE(two.patch(access::user, a, std::nullopt, json(R"({"n":3})")));
  ASSERT_TRUE(db->commit(std::move(one), "messages:send"));
  const auto refused = db->commit(std::move(two), "m");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().who, blame::conflict);
  EXPECT_EQ(refused.error().http_status(), 503);
  EXPECT_EQ(refused.error().message,
            "Documents read from or written to the \"t\" table changed while this mutation was being run and on every "
            "subsequent retry. A call to \"messages:send\" changed them. See https://docs.convex.dev/error#1");
  ASSERT_TRUE(refused.error().conflict);
  EXPECT_EQ(refused.error().conflict->table, "t");
  EXPECT_EQ(refused.error().conflict->source, "messages:send");
  transaction again = db->begin();
  ASSERT_TRUE(again.patch(access::user, a, std::nullopt, json(R"({"n":3})")));
  EXPECT_TRUE(db->commit(std::move(again), "m"));
}

TEST_F(Commit, PhantomsAreConflicts) {
  transaction reader = db->begin();
  EXPECT_EQ(run(reader, between(3, 10)), "5");
  insert("t", R"({"n":7})");
  EXPECT_EQ(commit_with_write(std::move(reader)), conflict);
}

TEST_F(Commit, LeavingARangeIsAConflict) {
  transaction reader = db->begin();
  EXPECT_EQ(run(reader, between(3, 10)), "5");
  transaction mover = db->begin();
  ASSERT_TRUE(mover.patch(access::user, b, std::nullopt, json(R"({"n":50})")));
  ASSERT_TRUE(db->commit(std::move(mover), "m"));
  EXPECT_EQ(commit_with_write(std::move(reader)), conflict);
}

TEST_F(Commit, WritesElsewhereAreNoConflict) {
  transaction reader = db->begin();
  EXPECT_EQ(run(reader, between(3, 10)), "5");
  insert("t", R"({"n":11})");
  insert("t", R"({"n":2})");
  EXPECT_EQ(commit_with_write(std::move(reader)), "");
}

TEST_F(Commit, OnlyConsumedRowsCount) {
  transaction reader = db->begin();
  EXPECT_EQ(run(reader, range("t.by_n", "[]", "null", R"([{"limit":1}])")), "1");
  insert("t", R"({"n":4})");
  EXPECT_EQ(commit_with_write(std::move(reader)), "");
  transaction down = db->begin();
  EXPECT_EQ(run(down, range("t.by_n", "[]", "\"desc\"", R"([{"limit":1}])")), "1000");
  insert("t", R"({"n":4})");
  EXPECT_EQ(commit_with_write(std::move(down)), "");
  transaction first = db->begin();
  EXPECT_EQ(run(first, range("t.by_n", "[]", "null", R"([{"limit":1}])")), "1");
  insert("t", R"({"n":0})");
  EXPECT_EQ(commit_with_write(std::move(first)), conflict);
}

TEST_F(Commit, MissingDocumentsAndTablesAreReadsToo) {
  transaction gone = db->begin();
  ASSERT_TRUE(gone.remove(access::user, a, std::nullopt));
  transaction reader = db->begin();
  EXPECT_TRUE(reader.get(access::user, a, std::nullopt).value());
  ASSERT_TRUE(db->commit(std::move(gone), "m"));
  EXPECT_EQ(commit_with_write(std::move(reader)), conflict);

  transaction early = db->begin();
  EXPECT_EQ(run(early, scan("later")), "");
  const auto reads = early.take_reads();
  const timestamp then = db->latest_ts();
  insert("other", "{}");
  EXPECT_TRUE(db->unchanged(*reads, then, db->latest_ts()));
  insert("later", "{}");
  EXPECT_FALSE(db->unchanged(*reads, then, db->latest_ts()));
}

TEST_F(Commit, ReadOnlyTransactionsNeverConflict) {
  transaction reader = db->begin();
  run(reader, scan("t"));
  const timestamp begun = reader.begin_ts();
  insert("t", "{}");
  EXPECT_EQ(run(reader, between(0, 100)), "1 5");
  EXPECT_EQ(db->commit(std::move(reader), "q").value(), begun);
}

TEST_F(Commit, RefusesWithAnOpenNestedCall) {
  transaction tx = db->begin();
  tx.begin_nested();
  ASSERT_TRUE(tx.insert(access::user, "t", json("{}")));
  EXPECT_FALSE(db->commit(std::move(tx), "m"));
}

TEST_F(Commit, OldSnapshotsStayReadable) {
  const timestamp then = db->latest_ts();
  insert("t", R"({"n":9})");
  auto past = db->begin_at(then);
  ASSERT_TRUE(past);
  EXPECT_EQ(run(*past, between(0, 100)), "1 5");
  EXPECT_EQ(code_of(db->begin_at(db->latest_ts() + 1)), "OutOfRetention");
  // After a long pause the last snapshot is still young: it was the newest until now.
  const timestamp before_pause = db->latest_ts();
  time.advance(3'600'000'000'000);
  insert("t", R"({"n":10})");
  EXPECT_TRUE(db->begin_at(before_pause));
  EXPECT_EQ(code_of(db->begin_at(then)), "OutOfRetention");
}

TEST_F(Commit, ListenersHearEachCommitOnceVisible) {
  std::vector<timestamp> heard;
  const auto stop = db->on_commit([&](timestamp ts) {
    heard.push_back(ts);
    EXPECT_GE(db->latest_ts(), ts);
  });
  insert("t", "{}");
  const timestamp first = db->latest_ts();
  insert("t", "{}");
  EXPECT_EQ(heard, (std::vector<timestamp>{first, db->latest_ts()}));
  stop();
  insert("t", "{}");
  EXPECT_EQ(heard.size(), 2u);
}

/// Counters incremented by many threads, each retrying on conflict: no increment may be lost.
TEST_F(Commit, ConcurrentIncrementsAllCount) {
  constexpr int threads = 4, each = 40;
  std::atomic<int> conflicts{0};
  std::vector<std::thread> workers;
  for (int t = 0; t < threads; ++t)
    workers.emplace_back([&] {
      for (int i = 0; i < each;) {
        transaction tx = db->begin();
        const value now = *tx.get(access::user, a, std::nullopt).value();
        (void)tx.patch(access::user, a, std::nullopt, value::make_object({{"n", now.find("n")->as_double() + 1}}));
        if (db->commit(std::move(tx), "m"))
          ++i;
        else
          ++conflicts;
      }
    });
  for (std::thread& w : workers) w.join();
  transaction tx = db->begin();
  EXPECT_EQ((*tx.get(access::user, a, std::nullopt).value()).find("n")->as_double(), 1 + threads * each);
}

/// Storage that fails when told to.
class failing final : public storage::persistence {
 public:
  std::unique_ptr<storage::persistence> inner = storage::open_memory();
  std::string* fail_with;
  std::atomic<std::size_t> pruned = 0, dropped = 0;
  explicit failing(std::string* code) : fail_with(code) {}

  outcome<void> write(std::span<const storage::commit_record> records) override {
    if (*fail_with == "throw") throw std::bad_alloc();
    if (!fail_with->empty() && *fail_with != "fill") return failure{blame::server, *fail_with, "disk on fire", {}};
    return inner->write(records);
  }
  outcome<std::vector<storage::index_row>> scan(const storage::scan_request& r) override { return inner->scan(r); }
  outcome<void> fill_index(storage::index_number s, storage::index_number t, timestamp at,
                           const std::function<std::string(const value&)>& key) override {
    if (*fail_with == "fill") return internal_failure("disk on fire");
    return inner->fill_index(s, t, at, key);
  }
  outcome<std::size_t> prune(timestamp before, std::size_t budget) override {
    auto gone = inner->prune(before, budget);
    pruned += gone.value();
    return gone;
  }
  outcome<std::vector<storage::index_number>> indexes() override { return inner->indexes(); }
  outcome<std::uint64_t> count(storage::index_number i, timestamp at) override { return inner->count(i, at); }
  outcome<std::size_t> drop_index(storage::index_number i, std::size_t budget) override {
    auto gone = inner->drop_index(i, budget);
    dropped += gone.value();
    return gone;
  }
  outcome<std::optional<std::string>> global(const std::string& n) override { return inner->global(n); }
  outcome<void> set_global(const std::string& n, const std::string& t) override { return inner->set_global(n, t); }
  outcome<timestamp> max_ts() override { return inner->max_ts(); }
};

TEST_F(Commit, FailedWritesAreInvisible) {
  std::string code;
  reopen(std::make_unique<failing>(&code));
  const std::string id = insert("t", R"({"n":1})");
  const timestamp before = db->latest_ts();
  code = "InternalServerError";
  transaction tx = db->begin();
  ASSERT_TRUE(tx.patch(access::user, id, std::nullopt, json(R"({"n":2})")));
  EXPECT_EQ(error_of(db->commit(std::move(tx), "m")), "disk on fire");
  EXPECT_EQ(db->latest_ts(), before);
  EXPECT_EQ(run(scan("t")), "1");
  code.clear();
  transaction again = db->begin();
  ASSERT_TRUE(again.patch(access::user, id, std::nullopt, json(R"({"n":3})")));
  EXPECT_EQ(error_of(db->commit(std::move(again), "m")), "") << "the failed write is no conflict";

  code = "OutcomeUnknown";
  transaction unknown = db->begin();
  ASSERT_TRUE(unknown.insert(access::user, "t", json("{}")));
  EXPECT_FALSE(db->commit(std::move(unknown), "m"));
  code.clear();
  transaction after = db->begin();
  ASSERT_TRUE(after.insert(access::user, "t", json("{}")));
  EXPECT_EQ(code_of(db->commit(std::move(after), "m")), "OutcomeUnknown") << "nobody knows what the store holds";
}

TEST_F(Commit, AnUnexpectedEndIsAnAnswerToEverybody) {
  std::string code;
  reopen(std::make_unique<failing>(&code));
  std::atomic<int> told = 0;
  db->when_broken([&](const failure& f) {
    EXPECT_EQ(f.code, "OutcomeUnknown");
    ++told;
  });
  insert("t", "{}");
  const timestamp before = db->latest_ts();
  code = "throw";
  std::vector<std::future<std::string>> answers;
  for (int i = 0; i < 4; ++i)
    answers.push_back(std::async(std::launch::async, [&] {
      transaction tx = db->begin();
      EXPECT_TRUE(tx.insert(access::user, "t", json("{}")));
      return code_of(db->commit(std::move(tx), "m"));
    }));
  for (auto& answer : answers) EXPECT_EQ(answer.get(), "OutcomeUnknown");
  EXPECT_EQ(told, 1);
  EXPECT_EQ(db->latest_ts(), before);
}

TEST_F(Commit, OldVersionsGoAsFastAsTheyCome) {
  std::string code;
  auto owned = std::make_unique<failing>(&code);
  failing& store = *owned;
  reopen(std::move(owned));
  const std::string id = insert("t", R"({"n":0})");
  constexpr std::size_t updates = 1500;
  for (std::size_t i = 0; i < updates; ++i) {
    transaction tx = db->begin();
    ASSERT_TRUE(tx.patch(access::user, id, std::nullopt, value::make_object({{"n", static_cast<double>(i)}})));
    ASSERT_TRUE(db->commit(std::move(tx), "m"));
  }
  time.advance(minutes_ns(5));
  insert("t", "{}");  // What is due is noticed by a commit, and done without another one.
  EXPECT_TRUE(within_a_minute([&] { return store.pruned >= updates; }));
}

TEST_F(Commit, AnIndexNeverFindsTheEntriesOfAnotherOne) {
  const hull::test::scratch_folder folder;
  const auto push_index = [&](const std::string& indexes) {
    ASSERT_TRUE(push(R"({"schemaValidation":false,"tables":[{"tableName":"t","documentType":null,"indexes":[)" +
                     indexes + "]}]}"));
  };
  std::string code;
  failing* store = nullptr;
  const auto restart = [&] {
    db.reset();
    auto owned = std::make_unique<failing>(&code);
    owned->inner = storage::open_sqlite(folder.path()).value();
    store = owned.get();
    reopen(std::move(owned));
  };
  restart();
  push_index(R"({"indexDescriptor":"by_n","fields":["n"]})");
  constexpr std::size_t rows = 500;
  for (std::size_t i = 0; i < rows; ++i) insert("t", R"({"n":1,"m":2})");
  push_index("");
  restart();
  push_index(R"({"indexDescriptor":"by_m","fields":["m"]})");
  insert("t", R"({"n":1,"m":3})");
  EXPECT_EQ(run(range("t.by_m", R"([{"type":"Lt","fieldPath":"m","value":2}])")), "");

  // The entries of the one that went are removed in time.
  time.advance(minutes_ns(5));
  insert("t", R"({"n":1,"m":3})");
  EXPECT_TRUE(within_a_minute([&] { return store->dropped >= rows; }));
  EXPECT_EQ(run(range("t.by_m", R"([{"type":"Gt","fieldPath":"m","value":2}])")), "1 1");
  push_index("");
  time.advance(minutes_ns(5));
  insert("t", "{}");
  EXPECT_TRUE(within_a_minute([&] { return store->dropped >= 2 * rows + 2; })) << "also without a restart";
  db.reset();
}

TEST_F(Commit, AnUnfinishedPushIsTakenUpByTheNextProcess) {
  const hull::test::scratch_folder folder;
  std::string code;
  const auto restart = [&] {
    db.reset();
    auto owned = std::make_unique<failing>(&code);
    owned->inner = storage::open_sqlite(folder.path()).value();
    reopen(std::move(owned));
  };
  restart();
  insert("t", R"({"n":1})");
  insert("t", R"({"n":"one"})");
  const value wanted = json(R"({"schemaValidation":true,"tables":[{"tableName":"t","documentType":
      {"type":"object","value":{"n":{"fieldType":{"type":"number"},"optional":false}}},
      "indexes":[{"indexDescriptor":"by_n","fields":["n"]}]}]})");
  code = "fill";
  EXPECT_EQ(error_of(db->submit_schema(wanted, false)), "disk on fire");
  code.clear();
  restart();
  const std::string id = db->begin().lookup("_schemas", "by_id", {}).value().at(0).find("_id")->as_string();
  EXPECT_EQ(db->schema_status(id)->state, schema_state::pending);
  EXPECT_EQ(db->schema_status(id)->indexes_complete, 0u);
  ASSERT_TRUE(db->resume_schema_change());
  EXPECT_EQ(db->schema_status(id)->indexes_complete, 1u);
  EXPECT_EQ(db->schema_status(id)->state, schema_state::failed) << "one document does not fit";
  ASSERT_TRUE(db->resume_schema_change()) << "there is nothing more to do";
  db.reset();
}

TEST_F(Commit, EverythingIsThereAfterReopening) {
  const hull::test::scratch_folder folder;
  {
    reopen(storage::open_sqlite(folder.path()).value());
    ASSERT_TRUE(push(R"({"schemaValidation":true,"tables":[{"tableName":"t","documentType":null,
        "indexes":[{"indexDescriptor":"by_n","fields":["n"]}]}]})"));
    insert("t", R"({"n":2})");
    insert("t", R"({"n":1})");
    const timestamp last = db->latest_ts();
    db.reset();
    reopen(storage::open_sqlite(folder.path()).value());
    EXPECT_EQ(db->latest_ts(), last) << "nothing had to be initialised again";
  }
  EXPECT_EQ(run(range("t.by_n", "[]")), "1 2");
  EXPECT_EQ(db->active_schema().find("tables")->as_array().size(), 1u);
  insert("t", R"({"n":0})");
  EXPECT_EQ(run(range("t.by_n", "[]")), "0 1 2");
  db.reset();
}

/// Id texts are all 32 characters long for the first tables, so that a pipe can carry them without a format.
constexpr std::size_t id_length = 32;

TEST_F(Commit, AcknowledgedMutationsSurviveAKill) {
  const hull::test::scratch_folder folder;
  db.reset();
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    reopen(storage::open_sqlite(folder.path()).value());
    std::vector<std::thread> writers;
    for (int t = 0; t < 3; ++t)
      writers.emplace_back([&, t] {
        while (true) {
          transaction tx = db->begin();
          const auto id = tx.insert(access::user, "t", value::make_object({{"n", t}}));
          if (!id) ::_exit(1);
          if (db->commit(std::move(tx), "m") && ::write(ends[1], id->data(), id_length) != ssize_t{id_length})
            ::_exit(2);
        }
      });
    writers[0].join();
  }
  ::close(ends[1]);
  std::set<std::string> acknowledged;
  char id[id_length];
  while (::read(ends[0], id, id_length) == ssize_t{id_length}) {
    acknowledged.emplace(id, id_length);
    if (acknowledged.size() == 200) ::kill(child, SIGKILL);
  }
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  ASSERT_GE(acknowledged.size(), 200u);

  reopen(storage::open_sqlite(folder.path()).value());
  transaction tx = db->begin();
  for (const std::string& each : acknowledged)
    EXPECT_TRUE(tx.get(access::user, each, "t").value()) << "acknowledged document " << each << " is gone";
  const std::string all = run(tx, scan("t"), "_id");
  EXPECT_GE(static_cast<std::size_t>(std::count(all.begin(), all.end(), ' ')) + 1, acknowledged.size());
  insert("t", "{}");
  db.reset();
}

}  // namespace
}  // namespace hull::backend::database
