// Pushing a schema: compare it with the indexes there are, prepare what is new, check the documents, switch over.
#include "database/database_impl.hpp"
#include "database/index_changes.hpp"

#include <hull/value/json.hpp>

#include <algorithm>

namespace hull::backend::database {
namespace {

constexpr int attempts = 16;
constexpr std::size_t walk_page = 500;

std::string state_of(const value& row) {
  const value* state = row.find("state");
  const value* name = state ? state->find("state") : nullptr;
  return name && name->is_string() ? name->as_string() : std::string();
}

value simple_state(const char* name) { return value::make_object({{"state", name}}); }

const std::string& id_of(const value& row) { return row.find("_id")->as_string(); }

/// The rows of `_schemas` in one of these states.
outcome<std::vector<value>> schema_rows(transaction& tx, std::initializer_list<const char*> states) {
  auto rows = tx.lookup("_schemas", "by_id", {});
  if (!rows) return rows.error();
  std::erase_if(*rows, [&](const value& row) {
    const std::string state = state_of(row);
    return std::none_of(states.begin(), states.end(), [&](const char* s) { return state == s; });
  });
  return rows;
}

outcome<void> set_state(transaction& tx, const value& row, const value& state) {
  auto done = tx.patch(access::backend, id_of(row), std::nullopt, value::make_object({{"state", state}}));
  if (!done) return done.error();
  return {};
}

/// Schemas that came to nothing are kept for an hour, for whoever still waits for them.
outcome<void> forget_old_schemas(transaction& tx) {
  constexpr double hour_ms = 3'600'000;
  auto rows = schema_rows(tx, {"failed", "overwritten"});
  if (!rows) return rows.error();
  for (const value& row : *rows) {
    if (row.find("_creationTime")->as_double() > static_cast<double>(tx.begin_ts()) / 1e6 - hour_ms) continue;
    if (auto done = tx.remove(access::backend, id_of(row), std::nullopt); !done) return done.error();
  }
  return {};
}

/// Notes `json` as the schema to come, or finds that it is known. Any other schema to come is overwritten.
outcome<std::string> note_schema(transaction& tx, const std::string& json) {
  auto rows = schema_rows(tx, {"active", "pending", "validated"});
  if (!rows) return rows.error();
  std::optional<std::string> same;
  for (const value& row : *rows)
    if (row.find("schema")->as_string() == json && (!same || state_of(row) == "active")) same = id_of(row);
  for (const value& row : *rows)
    if (state_of(row) != "active" && id_of(row) != same)
      if (auto done = set_state(tx, row, simple_state("overwritten")); !done) return done.error();
  if (auto done = forget_old_schemas(tx); !done) return done.error();
  if (same) return *same;
  return tx.insert(access::backend, "_schemas",
                   value::make_object({{"schema", json}, {"state", simple_state("pending")}}));
}

outcome<void> drop_index(transaction& tx, transaction_state& s, const index_info& index) {
  auto done = tx.remove(access::backend, s.index_row_id(index).to_string(), std::nullopt);
  if (!done) return done.error();
  return {};
}

outcome<void> set_index_state(transaction& tx, transaction_state& s, const table_info& table, const index_info& index,
                              index_info::state where, bool staged) {
  const value row = index_row_of(table.id, index.name, index.specification, index.number, where, staged);
  auto done = tx.replace(access::backend, s.index_row_id(index).to_string(), std::nullopt, row);
  if (!done) return done.error();
  return {};
}

outcome<void> create_tables(transaction_state& s, const schema& wanted) {
  const auto create = [&](const std::string& name) -> outcome<void> {
    if (s.tables->find_table(name) || name.starts_with('_')) return {};
    auto made = s.create_table(name, s.tables->free_table_number(false));
    if (!made) return made.error();
    return {};
  };
  for (const auto& [name, table] : wanted.tables) {
    if (auto done = create(name); !done) return done;
    std::vector<std::string> named;
    if (table.document) collect_tables(*table.document, named);
    for (const std::string& other : named)
      if (auto done = create(other); !done) return done;
  }
  return {};
}

/// Creates what `diff` adds, as indexes that are kept up to date from now on but not used yet.
outcome<void> create_indexes(transaction& tx, transaction_state& s, const index_changes& diff) {
  for (const index_changes::existing& stale : diff.stale)
    if (auto done = drop_index(tx, s, stale.index); !done) return done;
  for (const index_changes::declared& added : diff.to_create) {
    // What is only declared needs no filling.
    const bool kept = added.index.specification.find("type")->as_string() == "database";
    const auto where = kept ? index_info::state::backfilling : index_info::state::backfilled;
    auto made = s.create_index(*s.tables->find_table(added.table), added.index.name, added.index.specification, where,
                               added.index.staged);
    if (!made) return made;
  }
  return {};
}

/// Runs `body(transaction&)` and commits, again and again until no other commit is in the way.
template <class Body>
outcome<timestamp> retry(database& db, const char* source, Body body) {
  for (int i = 1; true; ++i) {
    transaction tx = db.begin();
    outcome<void> done = body(tx);
    if (!done) return done.error();
    auto committed = db.commit(std::move(tx), source);
    if (committed || committed.error().who != blame::conflict || i == attempts) return committed;
  }
}

outcome<schema> read_pushed(const value& json) {
  auto parsed = parse_schema(json);
  if (!parsed) return parsed;
  if (auto checked = check_indexes(*parsed); !checked) return checked.error();
  return parsed;
}

struct bad_document {
  std::string table, text;
};

/// The first document that does not fit, if any.
outcome<std::optional<bad_document>> walk(storage::persistence& storage, const snapshot& at, const schema& wanted) {
  const auto& active = at.tables->active_schema();
  for (const auto& [name, table] : wanted.tables) {
    const table_info* info = at.tables->find_table(name);
    if (!info || admits_all_of(wanted, active ? active->parsed.get() : nullptr, name)) continue;
    storage::scan_request page{info->by_id().number, {}, std::nullopt, false, at.ts, walk_page};
    while (true) {
      auto rows = storage.scan(page);
      if (!rows) return rows.error();
      for (const storage::index_row& row : *rows)
        if (const auto wrong = wanted.check_document(name, row.document, *at.tables))
          return std::optional(bad_document{name, "Document with ID \"" + id_of(row.document) + "\" in table \"" +
                                                      name + "\" does not match the schema: " + *wrong});
      if (rows->size() < walk_page) break;
      page.start = rows->back().key + '\0';
    }
  }
  return std::optional<bad_document>();
}

}  // namespace

value parsed_or_null(const std::string& json) {
  auto parsed = read_json(json);
  return parsed ? *std::move(parsed) : value();
}

outcome<value> database::index_diff(const value& schema_json) const {
  schema wanted;
  if (!schema_json.is_null()) {
    auto parsed = read_pushed(schema_json);
    if (!parsed) return parsed.error();
    wanted = *std::move(parsed);
  }
  return compare_indexes(wanted, *impl_->commits.latest().tables).to_json();
}

outcome<schema_submission> database::submit_schema(const value& schema_json, bool dry_run) {
  schema wanted;
  std::optional<std::string> json;
  if (!schema_json.is_null()) {
    auto parsed = read_pushed(schema_json);
    if (!parsed) return parsed.error();
    wanted = *std::move(parsed);
    json = write_json(schema_json);
  }

  const committer::prune_pause pause(impl_->commits);
  schema_submission out;
  auto submitted = retry(*this, "submit_schema", [&](transaction& tx) -> outcome<void> {
    transaction_state& s = *tx.state_;
    const auto diff = compare_indexes(wanted, *s.tables);
    out.index_diff = diff.to_json();
    if (json) {
      auto id = note_schema(tx, *json);
      if (!id) return id.error();
      out.schema_id = *std::move(id);
      if (auto done = create_tables(s, wanted); !done) return done;
    }
    return dry_run ? outcome<void>() : create_indexes(tx, s, diff);
  });
  if (!submitted) return submitted.error();
  if (!dry_run)
    if (auto done = fill_indexes(); !done) return done.error();
  if (out.schema_id)
    if (auto done = validate_schema(*out.schema_id, wanted); !done) return done.error();
  return out;
}

outcome<void> database::fill_indexes() {
  const snapshot now = impl_->commits.latest();
  std::vector<std::string> filled;
  for (const auto& [name, table] : now.tables->tables()) {
    for (const auto& index : table->indexes) {
      if (index->where != index_info::state::backfilling) continue;
      // Every commit after `now` keeps the index itself; what was there before is added here.
      auto done = impl_->store->fill_index(table->by_id().number, index->number, now.ts, [&](const value& document) {
        return index_key_of(document, index->fields);
      });
      if (!done) return done;
      filled.push_back(document_id{now.tables->find_table("_index")->number, index->id}.to_string());
    }
  }
  if (filled.empty()) return {};
  auto done = retry(*this, "fill_indexes", [&](transaction& tx) -> outcome<void> {
    transaction_state& s = *tx.state_;
    const auto tables = s.tables;
    for (const auto& [name, table] : tables->tables())
      for (const auto& index : table->indexes)
        if (index->where == index_info::state::backfilling &&
            std::find(filled.begin(), filled.end(), s.index_row_id(*index).to_string()) != filled.end())
          if (auto set = set_index_state(tx, s, *table, *index, index_info::state::backfilled, index->staged); !set)
            return set;
    return {};
  });
  if (!done) return done.error();
  return {};
}

outcome<void> database::validate_schema(const std::string& schema_id, const schema& wanted) {
  const snapshot now = impl_->commits.latest();
  const auto& upcoming = now.tables->upcoming_schema();
  // Active, validated, failed or overwritten meanwhile: nothing to walk for.
  if (!upcoming || upcoming->id != schema_id || upcoming->validated) return {};
  auto bad = walk(*impl_->store, now, wanted);
  if (!bad) return bad.error();
  const value verdict =
      !*bad ? simple_state("validated")
            : value::make_object({{"state", "failed"}, {"error", (*bad)->text}, {"tableName", (*bad)->table}});
  auto done = retry(*this, "validate_schema", [&](transaction& tx) -> outcome<void> {
    auto row = tx.get(access::backend, schema_id, std::nullopt);
    if (!row) return row.error();
    // A write that did not fit may have failed it since.
    if (!*row || state_of(**row) != "pending") return {};
    return set_state(tx, **row, verdict);
  });
  if (!done) return done.error();
  return {};
}

outcome<void> database::resume_schema_change() {
  const committer::prune_pause pause(impl_->commits);
  if (auto filled = fill_indexes(); !filled) return filled;
  const auto tables = impl_->commits.latest().tables;
  const auto& upcoming = tables->upcoming_schema();
  return upcoming ? validate_schema(upcoming->id, *upcoming->parsed) : outcome<void>();
}

outcome<schema_progress> database::schema_status(const std::string& schema_id) {
  transaction tx = begin();
  auto row = tx.get(access::backend, schema_id, std::nullopt);
  if (!row) return row.error();
  if (!*row) return bad_request("SchemaNotFound", "There is no schema with ID " + schema_id + ".");
  schema_progress out;
  const std::string state = state_of(**row);
  out.state = state == "pending"     ? schema_state::pending
              : state == "validated" ? schema_state::validated
              : state == "active"    ? schema_state::active
              : state == "failed"    ? schema_state::failed
                                     : schema_state::overwritten;
  const value& details = *(*row)->find("state");
  if (const value* error = details.find("error")) out.error = error->as_string();
  if (const value* table = details.find("tableName")) out.table_name = table->as_string();
  for (const auto& [name, table] : tx.state_->tables->tables()) {
    if (table->is_system()) continue;
    for (const auto& index : table->indexes) {
      if (index->staged || index->name == "by_id" || index->name == "by_creation_time") continue;
      ++out.indexes_total;
      if (index->where != index_info::state::backfilling) ++out.indexes_complete;
    }
  }
  return out;
}

outcome<value> database::activate_schema(transaction& tx, const std::optional<std::string>& schema_id) {
  transaction_state& s = *tx.state_;
  auto rows = schema_rows(tx, {"active", "validated", "pending"});
  if (!rows) return rows.error();
  schema wanted;
  if (schema_id) {
    const auto found =
        std::find_if(rows->begin(), rows->end(), [&](const value& row) { return id_of(row) == *schema_id; });
    if (found == rows->end())
      return bad_request("RaceDetected", "The schema of this push failed or was replaced by another push.");
    if (state_of(*found) == "pending")
      return bad_request("SchemaNotValidated", "The documents have not been checked against the schema of this push.");
    auto parsed = parse_schema(parsed_or_null(found->find("schema")->as_string()));
    if (!parsed) return parsed.error();
    wanted = *std::move(parsed);
  }
  const auto diff = compare_indexes(wanted, *s.tables);
  if (!diff.to_create.empty())
    return bad_request("RaceDetected", "An index of this push is gone; another push ran meanwhile.");
  const auto tables = s.tables;
  for (const index_changes::existing& e : diff.removed)
    if (auto done = drop_index(tx, s, e.index); !done) return done.error();
  for (const index_changes::existing& e : diff.stale)
    if (auto done = drop_index(tx, s, e.index); !done) return done.error();
  for (const index_changes::switched& e : diff.to_switch) {
    if (!e.staged && e.index.where == index_info::state::backfilling)
      return bad_request("IndexBackfillingError", "Index " + e.table + "." + e.index.name + " is still backfilling.");
    const auto where = e.staged ? index_info::state::backfilled : index_info::state::enabled;
    auto done = set_index_state(tx, s, *tables->find_table(e.table), e.index, where, e.staged);
    if (!done) return done.error();
  }
  for (const value& row : *rows) {
    const bool chosen = schema_id && id_of(row) == *schema_id;
    // The one that was active, and is not chosen again, is over; others to come are another push's business.
    if (chosen == (state_of(row) == "active")) continue;
    auto done = set_state(tx, row, simple_state(chosen ? "active" : "overwritten"));
    if (!done) return done.error();
  }
  return diff.to_json();
}

}  // namespace hull::backend::database
