// Writing: commits, index fills, pruning. All of it on the one writer connection.
#include "storage/sqlite/engine.hpp"
#include "storage/sqlite/log_room.hpp"

#include <hull/value/json.hpp>

#include <utility>

namespace hull::backend::storage::sqlite {
namespace {

constexpr std::size_t fill_chunk = 500;

}  // namespace

outcome<void> engine::write(std::span<const commit_record> records) {
  const std::lock_guard lock(writer_mutex_);
  const std::uint64_t first_document = next_document_;
  auto done = in_transaction([&]() -> outcome<void> {
    for (const commit_record& record : records)
      if (auto added = append(record); !added) return added;
    return {};
  });
  if (!done) {
    next_document_ = first_document;
    return done;
  }
  if (std::exchange(log_wants_room_, false)) make_room(file_.string() + "-wal", full_log_bytes);
  std::uint64_t number = first_document;
  for (const commit_record& record : records)
    for (const document_change& change : record.documents) {
      if (change.document) cache_.put(number, *change.document);
      ++number;
    }
  return {};
}

outcome<void> engine::append(const commit_record& record) {
  for (const document_change& change : record.documents) {
    const std::uint64_t number = next_document_++;
    statement s = writer_->prepare("INSERT INTO documents(number, ts, table_id, id, json) VALUES(?1, ?2, ?3, ?4, ?5)");
    s.bind(1, number).bind(2, record.ts).bind_blob(3, change.table).bind_blob(4, change.id);
    const std::string json = change.document ? write_json(*change.document) : std::string();
    if (change.document) s.bind(5, json);
    if (s.step() != step_result::done) return writer_->last_failure("write a document");

    for (const index_change& entry : change.entries) {
      auto added = add_entry(entry.index, entry.key, record.ts, entry.live ? std::optional(number) : std::nullopt);
      if (!added) return added;
      if (!entry.replaces) continue;
      statement note = writer_->prepare("INSERT OR IGNORE INTO garbage(ts, index_number, key) VALUES(?1, ?2, ?3)");
      note.bind(1, record.ts).bind(2, entry.index).bind_blob(3, entry.key);
      if (note.step() != step_result::done) return writer_->last_failure("note a replaced entry");
    }
  }
  return {};
}

outcome<void> engine::add_entry(index_number index, std::string_view key, timestamp ts,
                                std::optional<std::uint64_t> document) {
  statement s =
      writer_->prepare("INSERT OR IGNORE INTO entries(index_number, key, ts, document) VALUES(?1, ?2, ?3, ?4)");
  s.bind(1, index).bind_blob(2, key).bind(3, ts);
  if (document) s.bind(4, *document);
  if (s.step() != step_result::done) return writer_->last_failure("write an index entry");
  return {};
}

outcome<void> engine::fill_index(index_number source, index_number target, timestamp at,
                                 const std::function<std::string(const value&)>& key_of) {
  scan_request chunk{source, {}, std::nullopt, false, at, fill_chunk};
  while (true) {
    auto rows = with_reader([&](connection& c) { return find_rows(c, chunk); });
    if (!rows) return rows.error();
    if (rows->empty()) return {};
    const std::lock_guard lock(writer_mutex_);
    auto done = in_transaction([&]() -> outcome<void> {
      for (const found_row& row : *rows)
        if (auto added = add_entry(target, key_of(row.content), row.ts, row.document); !added) return added;
      return {};
    });
    if (!done || rows->size() < fill_chunk) return done;
    chunk.start = rows->back().key + '\0';
  }
}

outcome<std::size_t> engine::prune(timestamp before, std::size_t budget) {
  struct replaced {
    timestamp ts;
    index_number index;
    std::string key;
  };
  const std::lock_guard lock(writer_mutex_);
  std::vector<replaced> todo;
  std::size_t gone = 0;
  auto done = in_transaction([&]() -> outcome<void> {
    {
      statement s = writer_->prepare("SELECT ts, index_number, key FROM garbage WHERE ts<=?1 ORDER BY ts LIMIT ?2");
      s.bind(1, before).bind(2, static_cast<std::uint64_t>(budget));
      step_result step;
      while ((step = s.step()) == step_result::row) todo.push_back({s.number(0), s.number(1), std::string(s.blob(2))});
      if (step == step_result::failed) return writer_->last_failure("look for replaced entries");
    }
    for (const replaced& r : todo) {
      // The replacing entry itself stays, unless it says that there is nothing any more.
      statement remove = writer_->prepare(
          "DELETE FROM entries WHERE index_number=?1 AND key=?2 AND (ts<?3 OR (ts=?3 AND document IS NULL))"
          " RETURNING document");
      remove.bind(1, r.index).bind_blob(2, r.key).bind(3, r.ts);
      std::vector<std::uint64_t> documents;
      step_result step;
      while ((step = remove.step()) == step_result::row) {
        ++gone;
        if (!remove.is_null(0)) documents.push_back(remove.number(0));
      }
      if (step == step_result::failed) return writer_->last_failure("remove replaced entries");
      for (const std::uint64_t document : documents) {
        statement drop = writer_->prepare("DELETE FROM documents WHERE number=?1");
        drop.bind(1, document);
        if (drop.step() != step_result::done) return writer_->last_failure("remove a replaced document");
      }
      statement forget = writer_->prepare("DELETE FROM garbage WHERE ts=?1 AND index_number=?2 AND key=?3");
      forget.bind(1, r.ts).bind(2, r.index).bind_blob(3, r.key);
      if (forget.step() != step_result::done) return writer_->last_failure("forget a replaced entry");
    }
    return {};
  });
  if (!done) return done.error();
  return gone;
}

outcome<void> engine::set_global(const std::string& name, const std::string& text) {
  const std::lock_guard lock(writer_mutex_);
  statement s = writer_->prepare("INSERT OR REPLACE INTO globals(name, value) VALUES(?1, ?2)");
  s.bind(1, name).bind(2, text);
  if (s.step() != step_result::done) return writer_->last_failure("write a global");
  return {};
}

}  // namespace hull::backend::storage::sqlite
