// What only a store on disk does: it survives, also a process that is killed, and lets one process in.
#include "storage/sqlite/sqlite.hpp"

#include "scratch_folder.hpp"

#include <gtest/gtest.h>

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <set>

namespace hull::backend::storage {
namespace {

class SqliteStore : public testing::Test {
 protected:
  static commit_record record(timestamp ts) {
    document_change c;
    c.id[0] = static_cast<std::uint8_t>(ts);
    c.document = value::make_object({{"ts", value::int64(static_cast<std::int64_t>(ts))}});
    std::string key = std::to_string(1'000'000 + ts);
    c.entries = {{1, std::move(key)}};
    return {ts, {std::move(c)}};
  }

  /// What is in the file, by a connection of the test's own.
  int number(const char* sql) const {
    sqlite3* db = nullptr;
    sqlite3_stmt* s = nullptr;
    EXPECT_EQ(sqlite3_open((folder / "data.sqlite3").c_str(), &db), SQLITE_OK);
    EXPECT_EQ(sqlite3_prepare_v2(db, sql, -1, &s, nullptr), SQLITE_OK);
    EXPECT_EQ(sqlite3_step(s), SQLITE_ROW);
    const int found = sqlite3_column_int(s, 0);
    sqlite3_finalize(s);
    sqlite3_close(db);
    return found;
  }

  hull::test::scratch_folder folder;
};

TEST_F(SqliteStore, KeepsItsContentsWhenReopened) {
  {
    auto store = open_sqlite(folder.path()).value();
    const commit_record r = record(7);
    ASSERT_TRUE(store->write({&r, 1}));
    ASSERT_TRUE(store->set_global("name", "value"));
  }
  auto store = open_sqlite(folder.path()).value();
  EXPECT_EQ(store->max_ts().value(), 7u);
  EXPECT_EQ(store->global("name").value(), "value");
  const commit_record r = record(8);
  ASSERT_TRUE(store->write({&r, 1}));
  EXPECT_EQ(store->scan({1, "", std::nullopt, false, 8, SIZE_MAX}).value().size(), 2u);
}

TEST_F(SqliteStore, DeletedDocumentsLeaveNothing) {
  {
    auto store = open_sqlite(folder.path()).value();
    for (timestamp ts = 1; ts <= 20; ts += 2) {
      std::vector<commit_record> both{record(ts), record(ts)};
      both[1].ts = ts + 1;
      both[1].documents[0].document.reset();
      both[1].documents[0].entries[0].live = false;
      both[1].documents[0].entries[0].replaces = true;
      ASSERT_TRUE(store->write(both));
    }
    for (std::size_t round = 3; round == 3;) round = store->prune(20, 3).value();
    EXPECT_EQ(store->max_ts().value(), 20u);
  }
  EXPECT_EQ(number("SELECT count(*) FROM entries"), 0);
  EXPECT_EQ(number("SELECT count(*) FROM garbage"), 0);
  EXPECT_EQ(number("SELECT count(*) FROM documents"), 1) << "the newest tells the time of the last commit";
  EXPECT_EQ(open_sqlite(folder.path()).value()->max_ts().value(), 20u);
}

TEST_F(SqliteStore, RoomForTheLogIsNoPartOfIt) {
  sqlite_options options;
  options.room_for_log = true;
  const std::filesystem::path copy = folder / "copy";
  {
    auto store = open_sqlite(folder.path(), options).value();
    for (const timestamp ts : {7u, 8u}) {
      const commit_record r = record(ts);
      ASSERT_TRUE(store->write({&r, 1}));
    }
    EXPECT_GE(std::filesystem::file_size(folder / "data.sqlite3-wal"), 16'000'000u);
    std::filesystem::create_directory(copy);  // As a process that is killed now would leave it.
    for (const char* file : {"data.sqlite3", "data.sqlite3-wal"}) std::filesystem::copy(folder / file, copy / file);
  }
  for (const auto& where : {copy, folder.path()}) {
    auto store = open_sqlite(where, options).value();
    EXPECT_EQ(store->max_ts().value(), 8u);
    const commit_record r = record(9);
    ASSERT_TRUE(store->write({&r, 1}));
    EXPECT_EQ(store->scan({1, "", std::nullopt, false, 9, SIZE_MAX}).value().size(), 3u);
  }
}

TEST_F(SqliteStore, LetsOnlyOneIn) {
  auto first = open_sqlite(folder.path()).value();
  auto second = open_sqlite(folder.path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "DataFolderInUse");
  first.reset();
  EXPECT_TRUE(open_sqlite(folder.path()));
}

TEST_F(SqliteStore, SaysWhyItCannotOpen) {
  const auto store = open_sqlite("/proc/no/such/folder");
  ASSERT_FALSE(store);
  EXPECT_NE(store.error().message.find("/proc/no/such/folder"), std::string::npos);
}

/// A child commits and reports each acknowledged commit through a pipe until it is killed without warning.
TEST_F(SqliteStore, LosesNothingAcknowledgedWhenKilled) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto store = open_sqlite(folder.path());
    if (!store) ::_exit(1);
    for (timestamp ts = 1; true; ++ts) {
      const commit_record r = record(ts);
      if (!(*store)->write({&r, 1})) ::_exit(2);
      if (::write(ends[1], &ts, sizeof ts) != sizeof ts) ::_exit(3);
    }
  }
  ::close(ends[1]);
  timestamp acknowledged = 0;
  while (acknowledged < 300)
    ASSERT_EQ(::read(ends[0], &acknowledged, sizeof acknowledged), ssize_t{sizeof acknowledged});
  ::kill(child, SIGKILL);
  for (timestamp ts; ::read(ends[0], &ts, sizeof ts) == ssize_t{sizeof ts};) acknowledged = ts;
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));

  auto store = open_sqlite(folder.path()).value();
  const timestamp newest = store->max_ts().value();
  ASSERT_GE(newest, acknowledged);
  const auto rows = store->scan({1, "", std::nullopt, false, newest, SIZE_MAX}).value();
  std::set<std::int64_t> found;
  for (const index_row& row : rows) found.insert(row.document.find("ts")->as_int64());
  EXPECT_EQ(found.size(), rows.size());
  for (timestamp ts = 1; ts <= acknowledged; ++ts)
    EXPECT_TRUE(found.contains(static_cast<std::int64_t>(ts))) << "acknowledged commit " << ts << " is gone";
}

}  // namespace
}  // namespace hull::backend::storage
