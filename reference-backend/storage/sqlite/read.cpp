// Reading: opening the store, index scans at a snapshot, globals.
#include "storage/sqlite/engine.hpp"

#include <hull/value/json.hpp>

namespace hull::backend::storage {

outcome<std::unique_ptr<persistence>> open_sqlite(const std::filesystem::path& folder, const sqlite_options& options) {
  return sqlite::engine::open(folder, options);
}

namespace sqlite {
namespace {

/// After so many dead versions of one key in a row it is cheaper to seek than to walk on.
constexpr int versions_before_seek = 8;

constexpr const char* layout =
    "CREATE TABLE IF NOT EXISTS documents("
    " number INTEGER PRIMARY KEY, ts INTEGER NOT NULL, table_id BLOB NOT NULL, id BLOB NOT NULL, json TEXT);"
    "CREATE TABLE IF NOT EXISTS entries("
    " index_number INTEGER NOT NULL, key BLOB NOT NULL, ts INTEGER NOT NULL, document INTEGER,"
    " PRIMARY KEY(index_number, key, ts)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS garbage("
    " ts INTEGER NOT NULL, index_number INTEGER NOT NULL, key BLOB NOT NULL,"
    " PRIMARY KEY(ts, index_number, key)) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS deletions ON documents(ts) WHERE json IS NULL;"
    "CREATE TABLE IF NOT EXISTS globals(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;";

constexpr const char* scan_up_bounded =
    "SELECT key, ts, document FROM entries WHERE index_number=?1 AND key>=?2 AND key<?3 ORDER BY key, ts";
constexpr const char* scan_up =
    "SELECT key, ts, document FROM entries WHERE index_number=?1 AND key>=?2 ORDER BY key, ts";
constexpr const char* scan_down_bounded =
    "SELECT key, ts, document FROM entries WHERE index_number=?1 AND key>=?2 AND key<?3 ORDER BY key DESC, ts DESC";
constexpr const char* scan_down =
    "SELECT key, ts, document FROM entries WHERE index_number=?1 AND key>=?2 ORDER BY key DESC, ts DESC";

statement prepare_scan(connection& c, const scan_request& request) {
  if (request.descending) return c.prepare(request.end ? scan_down_bounded : scan_down);
  return c.prepare(request.end ? scan_up_bounded : scan_up);
}

/// One number from a query without parameters; 0 when it returns NULL.
outcome<std::uint64_t> read_number(connection& c, const char* sql) {
  statement s = c.prepare(sql);
  if (s.step() != step_result::row) return c.last_failure(sql);
  return s.number(0);
}

}  // namespace

std::optional<value> document_cache::find(std::uint64_t document) {
  generation too_old;
  const std::lock_guard lock(mutex_);
  if (const auto it = young_.find(document); it != young_.end()) return it->second.document;
  const auto it = old_.find(document);
  if (it == old_.end()) return std::nullopt;
  kept again = it->second;
  value found = again.document;
  too_old = add(document, std::move(again));
  return found;
}

void document_cache::put(std::uint64_t document, value v, std::size_t json_bytes) {
  constexpr std::size_t each = 100;  // what an entry takes beside its document
  generation too_old;
  const std::lock_guard lock(mutex_);
  too_old = add(document, {std::move(v), json_bytes + each});
}

document_cache::generation document_cache::add(std::uint64_t document, kept k) {
  const std::size_t bytes = k.bytes;
  if (young_.insert_or_assign(document, std::move(k)).second) young_bytes_ += bytes;
  if (young_bytes_ * 2 < capacity_) return {};
  young_bytes_ = 0;
  generation too_old = std::exchange(old_, std::move(young_));
  young_.clear();
  return too_old;
}

engine::engine(folder_lock lock, std::filesystem::path file, const sqlite_options& options)
    : lock_(std::move(lock)),
      file_(std::move(file)),
      options_(options),
      cache_(options.decoded_bytes),
      log_wants_room_(options.room_for_log) {}

outcome<std::unique_ptr<persistence>> engine::open(const std::filesystem::path& folder, const sqlite_options& options) {
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  auto lock = folder_lock::take(folder);
  if (!lock) return lock.error();
  std::unique_ptr<engine> e(new engine(std::move(*lock), folder / "data.sqlite3", options));
  auto writer = connection::open(e->file_);
  if (!writer) return writer.error();
  e->writer_ = std::move(*writer);
  if (auto done = e->writer_->execute(layout); !done) return done.error();
  auto last = read_number(*e->writer_, "SELECT max(number) FROM documents");
  if (!last) return last.error();
  e->next_document_ = *last + 1;
  return std::unique_ptr<persistence>(std::move(e));
}

outcome<std::unique_ptr<connection>> engine::borrow_reader() {
  {
    const std::lock_guard lock(readers_mutex_);
    if (!idle_readers_.empty()) {
      auto reader = std::move(idle_readers_.back());
      idle_readers_.pop_back();
      return reader;
    }
  }
  return connection::open(file_);
}

void engine::give_back(std::unique_ptr<connection> reader) {
  const std::lock_guard lock(readers_mutex_);
  if (idle_readers_.size() < options_.idle_readers) idle_readers_.push_back(std::move(reader));
}

outcome<value> engine::load_document(connection& c, std::uint64_t document) {
  if (auto known = cache_.find(document)) return *std::move(known);
  statement s = c.prepare("SELECT json FROM documents WHERE number=?1");
  s.bind(1, document);
  if (s.step() != step_result::row) return c.last_failure("find document version " + std::to_string(document));
  const std::string_view json = s.text(0);
  auto decoded = read_json(json);
  if (!decoded) return internal_failure("a stored document does not decode: " + decoded.error().message);
  cache_.put(document, *decoded, json.size());
  return *std::move(decoded);
}

outcome<std::optional<engine::entry_version>> engine::newest_version(connection& c, index_number index,
                                                                     const std::string& key, timestamp at) {
  statement s = c.prepare(
      "SELECT ts, document FROM entries WHERE index_number=?1 AND key=?2 AND ts<=?3 ORDER BY ts DESC LIMIT 1");
  s.bind(1, index).bind_blob(2, key).bind(3, at);
  switch (s.step()) {
    case step_result::failed:
      return c.last_failure("read an index entry");
    case step_result::done:
      return std::optional<entry_version>();
    case step_result::row:
      break;
  }
  return entry_version{s.number(0), s.is_null(1) ? std::nullopt : std::optional(s.number(1))};
}

outcome<std::vector<engine::found_row>> engine::find_rows(connection& c, const scan_request& request) {
  std::vector<found_row> out;
  scan_request rest = request;
  std::string key;
  std::optional<entry_version> newest;  // Of the versions of `key` seen so far, the newest that is old enough.

  const auto finish_key = [&]() -> outcome<void> {
    if (!newest || !newest->document) return {};
    auto content = load_document(c, *newest->document);
    if (!content) return content.error();
    out.push_back({key, newest->ts, *newest->document, *std::move(content)});
    return {};
  };

  for (bool seek = true; seek && out.size() < request.limit;) {
    if (rest.end && *rest.end <= rest.start) break;
    seek = false;
    statement s = prepare_scan(c, rest);
    s.bind(1, rest.index).bind_blob(2, rest.start);
    if (rest.end) s.bind_blob(3, *rest.end);
    int versions = 0;
    newest.reset();
    while (true) {
      const step_result step = s.step();
      if (step == step_result::failed) return c.last_failure("scan an index");
      if (step == step_result::done || versions == 0 || s.blob(0) != key) {
        if (versions > 0) {
          if (auto done = finish_key(); !done) return done.error();
          if (out.size() >= request.limit) break;
        }
        if (step == step_result::done) break;
        key = s.blob(0);
        versions = 0;
        newest.reset();
      }
      ++versions;
      const timestamp ts = s.number(1);
      if (ts <= request.at && (!newest || ts > newest->ts))
        newest = entry_version{ts, s.is_null(2) ? std::nullopt : std::optional(s.number(2))};
      if (versions < versions_before_seek) continue;

      auto found = newest_version(c, rest.index, key, request.at);
      if (!found) return found.error();
      newest = *found;
      if (auto done = finish_key(); !done) return done.error();
      s.reset();
      if (request.descending)
        rest.end = key;
      else
        rest.start = key + '\0';
      seek = true;
      break;
    }
  }
  return out;
}

outcome<std::vector<index_row>> engine::scan(const scan_request& request) {
  return with_reader([&](connection& c) -> outcome<std::vector<index_row>> {
    auto rows = find_rows(c, request);
    if (!rows) return rows.error();
    std::vector<index_row> out;
    out.reserve(rows->size());
    for (found_row& row : *rows) out.push_back({std::move(row.key), row.ts, std::move(row.content)});
    return out;
  });
}

outcome<std::uint64_t> engine::count(index_number index, timestamp at) {
  return with_reader([&](connection& c) -> outcome<std::uint64_t> {
    statement s = c.prepare(
        "SELECT count(*) FROM entries AS e WHERE index_number=?1 AND ts<=?2 AND document IS NOT NULL AND NOT EXISTS"
        " (SELECT 1 FROM entries AS n WHERE n.index_number=?1 AND n.key=e.key AND n.ts>e.ts AND n.ts<=?2)");
    s.bind(1, index).bind(2, at);
    if (s.step() != step_result::row) return c.last_failure("count the entries of an index");
    return s.number(0);
  });
}

outcome<std::vector<index_number>> engine::indexes() {
  return with_reader([](connection& c) -> outcome<std::vector<index_number>> {
    std::vector<index_number> numbers;
    while (true) {
      // One step down the tree for each index, however many entries there are.
      statement s = c.prepare("SELECT min(index_number) FROM entries WHERE index_number>?1");
      s.bind(1, numbers.empty() ? 0 : numbers.back());
      if (s.step() != step_result::row) return c.last_failure("list the indexes");
      if (s.is_null(0)) return numbers;
      numbers.push_back(s.number(0));
    }
  });
}

outcome<std::optional<std::string>> engine::global(const std::string& name) {
  return with_reader([&](connection& c) -> outcome<std::optional<std::string>> {
    statement s = c.prepare("SELECT value FROM globals WHERE name=?1");
    s.bind(1, name);
    switch (s.step()) {
      case step_result::row:
        return std::optional(std::string(s.text(0)));
      case step_result::done:
        return std::optional<std::string>();
      case step_result::failed:
        break;
    }
    return c.last_failure("read a global");
  });
}

outcome<timestamp> engine::max_ts() {
  return with_reader([](connection& c) {
    return read_number(c, "SELECT coalesce((SELECT ts FROM documents ORDER BY number DESC LIMIT 1), 0)");
  });
}

}  // namespace sqlite
}  // namespace hull::backend::storage
