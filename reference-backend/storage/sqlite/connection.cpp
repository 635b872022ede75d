// Bodies of connection.hpp.
#include "storage/sqlite/connection.hpp"

#include "storage/sqlite/log_room.hpp"

#include <sqlite3.h>

namespace hull::backend::storage::sqlite {

statement& statement::bind(int at, std::uint64_t number) {
  if (stmt_) sqlite3_bind_int64(stmt_, at, static_cast<sqlite3_int64>(number));
  return *this;
}
statement& statement::bind(int at, std::string_view text) {
  if (stmt_) sqlite3_bind_text64(stmt_, at, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}
statement& statement::bind_blob(int at, std::span<const std::uint8_t> data) {
  return bind_blob(at, std::string_view(reinterpret_cast<const char*>(data.data()), data.size()));
}
statement& statement::bind_blob(int at, std::string_view data) {
  // A null pointer would bind NULL instead of an empty blob.
  if (stmt_) sqlite3_bind_blob64(stmt_, at, data.empty() ? "" : data.data(), data.size(), SQLITE_STATIC);
  return *this;
}
statement& statement::bind_null(int at) {
  if (stmt_) sqlite3_bind_null(stmt_, at);
  return *this;
}

step_result statement::step() {
  if (!stmt_) return step_result::failed;
  switch (sqlite3_step(stmt_)) {
    case SQLITE_ROW:
      return step_result::row;
    case SQLITE_DONE:
      return step_result::done;
    default:
      return step_result::failed;
  }
}

void statement::reset() {
  if (!stmt_) return;
  sqlite3_reset(stmt_);
  sqlite3_clear_bindings(stmt_);
}

bool statement::is_null(int column) const { return sqlite3_column_type(stmt_, column) == SQLITE_NULL; }
std::uint64_t statement::number(int column) const {
  return static_cast<std::uint64_t>(sqlite3_column_int64(stmt_, column));
}
std::string_view statement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(stmt_, column));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(stmt_, column))};
}
std::string_view statement::blob(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(stmt_, column));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(stmt_, column))};
}

outcome<std::unique_ptr<connection>> connection::open(const std::filesystem::path& file) {
  sqlite3* db = nullptr;
  const int code =
      sqlite3_open_v2(file.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<connection> c(new connection(db));
  if (code != SQLITE_OK) return c->last_failure("open " + file.string());
  sqlite3_busy_timeout(db, 10'000);
  // FULL in WAL mode: one fsync of the log per commit, before the commit returns.
  auto ready = c->execute(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;"
      "PRAGMA mmap_size=268435456; PRAGMA foreign_keys=OFF;");
  if (!ready) return ready.error();
  sqlite3_wal_autocheckpoint(db, static_cast<int>(checkpoint_frames));
  return c;
}

connection::~connection() {
  for (const auto& [sql, stmt] : prepared_) sqlite3_finalize(stmt);
  sqlite3_close(db_);
}

outcome<void> connection::execute(const char* sql) {
  if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return last_failure(sql);
  return {};
}

statement connection::prepare(const char* sql) {
  sqlite3_stmt*& stmt = prepared_[sql];
  if (!stmt) sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, nullptr);
  return statement(stmt);
}

failure connection::last_failure(std::string_view doing) const {
  const char* why = db_ ? sqlite3_errmsg(db_) : "out of memory";
  return internal_failure("SQLite could not " + std::string(doing) + ": " + why);
}

}  // namespace hull::backend::storage::sqlite
