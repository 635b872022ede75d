// Documents of a transaction: reading through the pending writes, writing, creating tables, and the commit request.
#include "database/transaction_state.hpp"

#include "database/commit_ts.hpp"
#include "database/document.hpp"
#include "database/virtual_tables.hpp"

#include <algorithm>

namespace hull::backend::database {
namespace {

constexpr std::int64_t creation_time_step_ns = 500;

std::string by_id_key(const document_id& id) { return key_of(value(id.to_string())); }

/// The index entries of a written document, for storage and for the log.
void note_entries(const unresolved_document& d, storage::document_change& change, log_entry& log) {
  for (std::size_t i = 0; i < d.indexes.size(); ++i) {
    const index_info& index = *d.indexes[i];
    log_write& write = log.writes[d.first_write + i];
    if (d.before) write.old_key = index_key_of(*d.before, index.fields);
    if (change.document) write.new_key = index_key_of(*change.document, index.fields);
    const bool moved = write.old_key != write.new_key;
    if (write.old_key && moved) change.entries.push_back({index.number, *write.old_key, false, true});
    if (write.new_key) change.entries.push_back({index.number, *write.new_key, true, !moved});
  }
}

void fail_upcoming_schema(object& row, const std::string& error, std::string_view table) {
  row.set("state", value::make_object({{"state", "failed"}, {"error", error}, {"tableName", table}}));
}

}  // namespace

outcome<std::optional<value>> transaction_state::read_document(const table_info& table, const document_id& id,
                                                               bool charged) {
  const std::string key = by_id_key(id);
  const index_number by_id = table.by_id().number;
  reads.add(by_id, interval::point(key));
  std::optional<value> found;
  if (const pending_document* p = pending.find(table, id.internal)) {
    found = p->after;
  } else {
    auto rows = shared.storage.scan({by_id, key, key + '\0', false, begin_ts, 1});
    if (!rows) return rows.error();
    if (!rows->empty()) found = std::move(rows->front().document);
  }
  if (found && charged)
    if (auto ok = used.note_read(convex_size(*found)); !ok) return ok.error();
  return found;
}

outcome<value> transaction_state::show(std::string_view view, const value& row) {
  value beside;
  const auto id = companion(view, row);
  if (const auto parsed = id ? document_id::parse(*id) : std::nullopt) {
    if (const table_info* table = tables->find_table(parsed->table)) {
      auto found = read_document(*table, *parsed, false);
      if (!found) return found.error();
      if (*found) beside = **std::move(found);
    }
  }
  return present(view, row, beside);
}

outcome<void> transaction_state::write_document(const table_info& table, const document_id& id,
                                                std::optional<value> before, std::optional<value> after) {
  const auto shared_table = tables->share(table);
  pending.put(shared_table, id.internal, before, after);
  if (!catalog::describes(shared_table->name)) return {};
  auto next = std::make_shared<catalog>(*tables);
  auto applied = next->apply(shared_table->name, before ? &*before : nullptr, after ? &*after : nullptr);
  tables = std::move(next);
  return applied;
}

double transaction_state::next_creation_time() {
  const std::int64_t now = std::max(static_cast<std::int64_t>(begin_ts), shared.time.wall_ns());
  last_creation_ns = last_creation_ns == 0 ? now : last_creation_ns + creation_time_step_ns;
  return static_cast<double>(last_creation_ns / 1'000'000) + static_cast<double>(last_creation_ns % 1'000'000) * 1e-6;
}

outcome<std::string> transaction_state::insert_document(const table_info& table, object fields) {
  const document_id id{table.number, make_internal_id(shared.random, shared.time.wall_ns())};
  const std::string text = id.to_string();
  fields.set("_id", text);
  fields.set("_creationTime", next_creation_time());
  const value document(std::move(fields));
  if (!table.is_system()) {
    const value seen = before_commit(document);
    if (auto ok = check_document(seen); !ok) return ok.error();
    if (auto ok = enforce_schema(table, seen); !ok) return ok.error();
  }
  // 112 random bits: nobody has this id. The interval makes a clash a conflict nevertheless.
  reads.add(table.by_id().number, interval::point(by_id_key(id)));
  if (auto done = write_document(table, id, std::nullopt, document); !done) return done.error();
  return text;
}

outcome<const table_info*> transaction_state::create_table(std::string_view name, std::uint32_t number) {
  if (!name.starts_with('_') && tables->user_table_count() >= max_user_tables)
    return bad_request("TooManyTables",
                       "A deployment can have at most " + std::to_string(max_user_tables) + " tables.");
  auto id = insert_document(*tables->find_table("_tables"), table_row(name, number).as_object());
  if (!id) return id.error();
  const internal_id table_id = document_id::parse(*id)->internal;
  struct implicit_index {
    const char* name;
    std::vector<std::string> fields;
  };
  for (const implicit_index& i : {implicit_index{"by_id", {}}, implicit_index{"by_creation_time", {"_creationTime"}}}) {
    auto made = create_index(*tables->find_table(table_id), i.name, database_index_specification(i.fields),
                             index_info::state::enabled, false);
    if (!made) return made.error();
  }
  return tables->find_table(table_id);
}

outcome<void> transaction_state::create_index(const table_info& table, std::string_view name,
                                              const value& specification, index_info::state where, bool staged) {
  const value row = index_row_of(table.id, name, specification, tables->free_index_number(), where, staged);
  auto id = insert_document(*tables->find_table("_index"), row.as_object());
  if (!id) return id.error();
  return {};
}

document_id transaction_state::index_row_id(const index_info& index) const {
  return {tables->find_table("_index")->number, index.id};
}

outcome<void> transaction_state::enforce_schema(const table_info& table, const value& document) {
  if (table.is_system()) return {};
  if (const auto& active = tables->active_schema()) {
    if (const auto wrong = active->parsed->check_document(table.name, document, *tables))
      return bad_request("SchemaEnforcementError", "Failed to insert or update a document in table \"" + table.name +
                                                       "\" because it does not match the schema: " + *wrong);
  }
  const auto& upcoming = tables->upcoming_schema();
  if (!upcoming) return {};
  const auto wrong = upcoming->parsed->check_document(table.name, document, *tables);
  if (!wrong) return {};
  // The write is fine today; it is the schema of the push under way that does not fit any more.
  const auto id = document_id::parse(upcoming->id);
  const table_info& schemas = *tables->find_table("_schemas");
  auto row = read_document(schemas, *id, false);
  if (!row) return row.error();
  if (!*row) return {};
  object changed = (*row)->as_object();
  fail_upcoming_schema(changed, "New document in table \"" + table.name + "\" does not match the schema: " + *wrong,
                       table.name);
  return write_document(schemas, *id, *row, value(std::move(changed)));
}

void transaction_state::note_absent_table(std::string_view name) {
  reads.add(tables_by_name, interval::prefix(key_of(value(name))));
}

commit_request transaction_state::finish(std::string write_source) && {
  commit_request out{begin_ts, base, tables, std::make_shared<const read_set>(std::move(reads)), {}, {}, {}};
  out.log.source = std::move(write_source);
  for (const auto& [key, document] : pending.documents()) {
    const auto& [before, after] = document;
    if (!before && !after) continue;  // Inserted and removed again.
    const table_info* table = tables->find_table(key.first);
    if (!table) table = base->find_table(key.first);
    if (!table) continue;
    const auto table_name = std::make_shared<const std::string>(table->name);
    unresolved_document kept{out.record.documents.size(), out.log.writes.size(), before, {}};
    for (const auto& index : table->indexes) {
      if (!index->is_database()) continue;
      out.log.writes.push_back({index->number, std::nullopt, std::nullopt, table_name});
      kept.indexes.push_back(index);
    }
    out.record.documents.push_back({key.first, key.second, after, {}});
    note_entries(kept, out.record.documents.back(), out.log);
    if (after && holds_commit_ts(*after)) out.unresolved.push_back(std::move(kept));
  }
  return out;
}

void commit_request::set_time(timestamp ts) {
  record.ts = ts;
  log.ts = ts;
  for (const unresolved_document& u : unresolved) {
    storage::document_change& change = record.documents[u.place];
    change.document = with_commit_ts(*change.document, static_cast<std::int64_t>(ts));
    change.entries.clear();
    note_entries(u, change, log);
  }
}

}  // namespace hull::backend::database
