// Writing: commits, index fills, pruning. All of it on the one writer connection.
#include "storage/sqlite/engine.hpp"
#include "storage/sqlite/log_room.hpp"

#include <hull/value/json.hpp>

#include <algorithm>
#include <utility>

namespace hull::backend::storage::sqlite {
namespace {

constexpr std::size_t fill_chunk = 500;

}  // namespace

outcome<void> engine::write(std::span<const commit_record> records) {
  const std::lock_guard lock(writer_mutex_);
  const std::uint64_t first_document = next_document_;
  std::vector<std::size_t> sizes;
  auto done = in_transaction([&]() -> outcome<void> {
    for (const commit_record& record : records)
      if (auto added = append(record, sizes); !added) return added;
    return {};
  });
  if (!done) return done;
  next_document_ = first_document + sizes.size();
  if (std::exchange(log_wants_room_, false)) make_room(file_.string() + "-wal", full_log_bytes);
  std::size_t at = 0;
  for (const commit_record& record : records)
    for (const document_change& change : record.documents) {
      if (change.document) cache_.put(first_document + at, *change.document, sizes[at]);
      ++at;
    }
  return {};
}

outcome<void> engine::append(const commit_record& record, std::vector<std::size_t>& sizes) {
  for (const document_change& change : record.documents) {
    const std::uint64_t number = next_document_ + sizes.size();
    statement s = writer_->prepare("INSERT INTO documents(number, ts, table_id, id, json) VALUES(?1, ?2, ?3, ?4, ?5)");
    s.bind(1, number).bind(2, record.ts).bind_blob(3, change.table).bind_blob(4, change.id);
    const std::string json = change.document ? write_json(*change.document) : std::string();
    sizes.push_back(json.size());
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
  std::size_t deletions = 0;
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
      while ((step = remove.step()) == step_result::row)
        if (!remove.is_null(0)) documents.push_back(remove.number(0));
      if (step == step_result::failed) return writer_->last_failure("remove replaced entries");
      if (auto dropped = prune_documents(documents); !dropped) return dropped;
      statement forget = writer_->prepare("DELETE FROM garbage WHERE ts=?1 AND index_number=?2 AND key=?3");
      forget.bind(1, r.ts).bind(2, r.index).bind_blob(3, r.key);
      if (forget.step() != step_result::done) return writer_->last_failure("forget a replaced entry");
    }
    auto pruned = prune_deletions(before, budget);
    if (!pruned) return pruned.error();
    deletions = *pruned;
    return {};
  });
  if (!done) return done.error();
  return std::max(todo.size(), deletions);
}

outcome<void> engine::prune_documents(std::span<const std::uint64_t> numbers) {
  for (const std::uint64_t number : numbers) {
    statement drop = writer_->prepare("DELETE FROM documents WHERE number=?1");
    drop.bind(1, number);
    if (drop.step() != step_result::done) return writer_->last_failure("remove a replaced document");
  }
  return {};
}

/// The newest row stays whatever it is: it says when the last commit was.
outcome<std::size_t> engine::prune_deletions(timestamp before, std::size_t budget) {
  std::vector<std::uint64_t> numbers;
  {
    statement s = writer_->prepare(
        "SELECT number FROM documents WHERE json IS NULL AND ts<=?1 AND number<(SELECT max(number) FROM documents)"
        " LIMIT ?2");
    s.bind(1, before).bind(2, static_cast<std::uint64_t>(budget));
    step_result step;
    while ((step = s.step()) == step_result::row) numbers.push_back(s.number(0));
    if (step == step_result::failed) return writer_->last_failure("look for deletions");
  }
  if (auto dropped = prune_documents(numbers); !dropped) return dropped.error();
  return numbers.size();
}

outcome<std::size_t> engine::drop_index(index_number index, std::size_t budget) {
  const std::lock_guard lock(writer_mutex_);
  std::size_t gone = 0;
  auto done = in_transaction([&]() -> outcome<void> {
    {
      statement remove = writer_->prepare(
          "DELETE FROM entries WHERE (index_number, key, ts) IN"
          " (SELECT index_number, key, ts FROM entries WHERE index_number=?1 LIMIT ?2) RETURNING 1");
      remove.bind(1, index).bind(2, static_cast<std::uint64_t>(budget));
      step_result step;
      while ((step = remove.step()) == step_result::row) ++gone;
      if (step == step_result::failed) return writer_->last_failure("remove the entries of an index");
    }
    if (gone >= budget) return {};
    // The number may be given to another index now, of which these notes would remove entries.
    statement forget = writer_->prepare("DELETE FROM garbage WHERE index_number=?1");
    forget.bind(1, index);
    if (forget.step() != step_result::done) return writer_->last_failure("forget the replaced entries of an index");
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
