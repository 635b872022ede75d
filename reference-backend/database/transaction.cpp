// Documents as functions see them: access rules, argument checks and their texts, savepoints.
#include "database/transaction.hpp"

#include "database/commit_ts.hpp"
#include "database/document.hpp"
#include "database/transaction_state.hpp"
#include "database/virtual_tables.hpp"

namespace hull::backend::database {
namespace {

std::string method_name(access who, std::string_view method) {
  return (who == access::user_system ? "db.system." : "db.") + std::string(method);
}

failure invalid_argument(std::string_view argument, const std::string& method, const std::string& cause) {
  return bad_request("InvalidArgument",
                     "Invalid argument `" + std::string(argument) + "` for `" + method + "`: " + cause);
}

/// What an id leads to for this caller.
struct target {
  document_id id;
  const table_info* table = nullptr;     ///< Null: there is nothing to see.
  std::optional<std::string_view> view;  ///< Set when it is seen through a view.
};

outcome<target> find_target(transaction_state& s, access who, std::string_view text,
                            std::optional<std::string_view> table, const std::string& method) {
  const auto id = document_id::parse(text);
  if (!id)
    return invalid_argument("id", method,
                            "Unable to decode ID: \"" + std::string(text) + "\" is not a valid document ID");
  target out{*id, s.tables->find_table(id->table), std::nullopt};
  if (!out.table) {
    s.reads.add(tables_by_id, interval::all());
    return out;
  }
  const auto view = virtual_table(out.table->name);
  const std::string_view shown_name = view ? *view : std::string_view(out.table->name);
  auto visible = may_access(who, who == access::backend ? out.table->name : shown_name);
  if (!visible) return visible.error();
  if (!*visible) {
    out.table = nullptr;
    return out;
  }
  if (who != access::backend) out.view = view;
  if (table && *table != shown_name && *table != out.table->name)
    return invalid_argument(
        "id", method,
        "expected to be an Id<\"" + std::string(*table) + "\">, got Id<\"" + std::string(shown_name) + "\"> instead.");
  return out;
}

struct existing {
  document_id id;
  const table_info* table = nullptr;
  value document;
};

/// The document that a write changes. `verb` starts the text for a missing one.
outcome<existing> find_existing(transaction_state& s, access who, std::string_view id,
                                std::optional<std::string_view> table, std::string_view method, std::string_view verb) {
  auto found = find_target(s, who, id, table, method_name(who, method));
  if (!found) return found.error();
  if (found->view || who == access::user_system)
    return bad_request("SystemTableError", "System tables can only be accessed with db.system.");
  if (found->table) {
    auto document = s.read_document(*found->table, found->id, !found->table->is_system());
    if (!document) return document.error();
    if (*document) return existing{found->id, found->table, **std::move(document)};
  }
  return bad_request("NonexistentDocument", std::string(verb) + " on nonexistent document ID " + std::string(id));
}

/// System fields cannot be changed: given, they must be what they are.
outcome<void> keep_system_fields(const value& old, object& fields, const std::string& method) {
  for (const char* name : {"_id", "_creationTime"}) {
    const value* given = fields.find(name);
    if (given && !(*given == *old.find(name)))
      return invalid_argument("value", method,
                              std::string("The field `") + name + "` of a document cannot be changed.");
    fields.set(name, *old.find(name));
  }
  return {};
}

outcome<value> store(transaction_state& s, const existing& target, object fields) {
  value next(std::move(fields));
  if (!target.table->is_system()) {
    const value seen = before_commit(next);
    if (auto ok = check_document(seen); !ok) return ok.error();
    if (auto ok = s.enforce_schema(*target.table, seen); !ok) return ok.error();
    const std::size_t size = convex_size(seen);
    s.used.note_document(target.document.find("_id")->as_string(), size, nesting(seen));
    if (auto ok = s.used.note_write(size); !ok) return ok.error();
  }
  if (next == target.document) return next;
  auto done = s.write_document(*target.table, target.id, target.document, next);
  if (!done) return done.error();
  return next;
}

bool is_undefined(const value& v) {
  return v.is_object() && v.as_object().size() == 1 && v.find("$undefined") != nullptr;
}

}  // namespace

transaction::transaction(std::unique_ptr<transaction_state> state) noexcept : state_(std::move(state)) {}
transaction::transaction(transaction&&) noexcept = default;
transaction& transaction::operator=(transaction&&) noexcept = default;
transaction::~transaction() = default;

timestamp transaction::begin_ts() const noexcept { return state_->begin_ts; }
bool transaction::has_writes() const noexcept { return !state_->pending.documents().empty(); }

outcome<std::optional<value>> transaction::get(access who, std::string_view id, std::optional<std::string_view> table) {
  auto found = find_target(*state_, who, id, table, method_name(who, "get"));
  if (!found) return found.error();
  if (!found->table) return std::optional<value>();
  const bool charged = !found->table->is_system();
  if (charged)
    if (auto ok = state_->used.note_query(); !ok) return ok.error();
  auto document = state_->read_document(*found->table, found->id, charged);
  if (!document || !*document || !found->view) return document;
  auto shown = state_->show(*found->view, **document);
  if (!shown) return shown.error();
  return std::optional(*std::move(shown));
}

namespace {

/// With all checks but those of the arguments; creates the table where there is none.
outcome<std::string> insert_into(transaction_state& s, std::string_view table, const value& fields) {
  const bool system = table.starts_with('_');
  const table_info* target = s.tables->find_table(table);
  if (!target) {
    auto created = s.create_table(table, s.tables->free_table_number(system));
    if (!created) return created.error();
    target = *created;
  }
  auto id = s.insert_document(*target, fields.as_object());
  if (!id || system) return id;
  // The size counts the two system fields too.
  const value seen = before_commit(fields);
  const std::size_t size = convex_size(seen) + 4 + id->size() + 2 + 14 + 9;
  s.used.note_document(*id, size, nesting(seen));
  if (auto ok = s.used.note_write(size); !ok) return ok.error();
  return id;
}

}  // namespace

outcome<std::string> transaction::insert(access who, std::string_view table, const value& fields) {
  if (!fields.is_object()) return invalid_argument("value", method_name(who, "insert"), "Value must be an Object");
  const bool system = table.starts_with('_');
  if (who == access::user_system || (system && who != access::backend))
    return bad_request("InvalidTableName", "Cannot insert into \"" + std::string(table) +
                                               "\": tables whose names start with '_' belong to the backend.");
  if (!is_identifier(table))
    return bad_request("InvalidTableName", "Invalid table name \"" + std::string(table) +
                                               "\": it must be 1 to 64 characters long, consist of letters, digits and "
                                               "underscores, and start with a letter.");
  for (const char* name : {"_id", "_creationTime"})
    if (fields.find(name))
      return invalid_argument("value", method_name(who, "insert"),
                              std::string("The field `") + name + "` is given by the system; leave it out.");
  // A function may catch the failure and commit the rest: then nothing of this must be left.
  const std::size_t mark = state_->pending.mark();
  const auto tables_before = state_->tables;
  auto id = insert_into(*state_, table, fields);
  if (!id) {
    state_->pending.roll_back(mark);
    state_->tables = tables_before;
  }
  return id;
}

outcome<value> transaction::patch(access who, std::string_view id, std::optional<std::string_view> table,
                                  const value& patch) {
  if (!patch.is_object()) return invalid_argument("value", method_name(who, "patch"), "Value must be an Object");
  auto found = find_existing(*state_, who, id, table, "patch", "Update");
  if (!found) return found.error();
  object fields = found->document.as_object();
  for (const auto& [name, v] : patch.as_object()) {
    if (is_undefined(v))
      fields.erase(name);
    else
      fields.set(name, v);
  }
  if (!fields.contains("_id") || !fields.contains("_creationTime"))
    return invalid_argument("value", method_name(who, "patch"), "System fields of a document cannot be removed.");
  if (auto ok = keep_system_fields(found->document, fields, method_name(who, "patch")); !ok) return ok.error();
  return store(*state_, *found, std::move(fields));
}

outcome<value> transaction::replace(access who, std::string_view id, std::optional<std::string_view> table,
                                    const value& fields) {
  if (!fields.is_object()) return invalid_argument("value", method_name(who, "replace"), "Value must be an Object");
  auto found = find_existing(*state_, who, id, table, "replace", "Replace");
  if (!found) return found.error();
  object next = fields.as_object();
  if (auto ok = keep_system_fields(found->document, next, method_name(who, "replace")); !ok) return ok.error();
  return store(*state_, *found, std::move(next));
}

outcome<value> transaction::remove(access who, std::string_view id, std::optional<std::string_view> table) {
  auto found = find_existing(*state_, who, id, table, "delete", "Delete");
  if (!found) return found.error();
  if (!found->table->is_system())
    if (auto ok = state_->used.note_write(0); !ok) return ok.error();
  auto done = state_->write_document(*found->table, found->id, found->document, std::nullopt);
  if (!done) return done.error();
  return found->document;
}

outcome<std::optional<std::string>> transaction::normalize_id(std::string_view table, std::string_view id) {
  const auto number = state_->tables->number_of(table);
  if (!number) state_->note_absent_table(table);
  const auto parsed = document_id::parse(id);
  if (!parsed || !number || parsed->table != *number) return std::optional<std::string>();
  return std::optional(std::string(id));
}

outcome<void> transaction::note_scheduled(std::size_t args_bytes) { return state_->used.note_scheduled(args_bytes); }

outcome<void> transaction::declare_table(const table_declaration& wanted) {
  const table_info* table = state_->tables->find_table(wanted.name);
  if (!table) {
    const std::uint32_t number = wanted.number != 0 ? wanted.number : state_->tables->free_table_number(true);
    auto created = state_->create_table(wanted.name, number);
    if (!created) return created.error();
    table = *created;
  }
  const internal_id id = table->id;
  for (const index_declaration& index : wanted.indexes) {
    table = state_->tables->find_table(id);
    if (table->find_index(index.name)) continue;
    auto made = state_->create_index(*table, index.name, database_index_specification(index.fields),
                                     index_info::state::enabled, false);
    if (!made) return made;
  }
  return {};
}

const table_numbers& transaction::tables() const noexcept { return *state_->tables; }

void transaction::begin_nested(const transaction_budget& budget) {
  state_->savepoints.push_back({state_->pending.mark(), state_->tables, state_->paginated, state_->used.metrics()});
  state_->paginated = false;
  state_->used.tighten(budget);
}

void transaction::commit_nested() {
  state_->paginated = state_->savepoints.back().paginated;
  state_->used.restore_limits(state_->savepoints.back().before);
  state_->savepoints.pop_back();
}

void transaction::rollback_nested() {
  state_->pending.roll_back(state_->savepoints.back().mark);
  state_->tables = state_->savepoints.back().tables;
  commit_nested();
}

biggest_writes transaction::biggest() const { return state_->used.biggest(); }

transaction_metrics transaction::metrics() const { return state_->used.metrics(); }
void transaction::depend_on(const read_set& reads) { state_->reads.merge(reads); }
const read_set& transaction::reads() const noexcept { return state_->reads; }
std::shared_ptr<const read_set> transaction::take_reads() {
  return std::make_shared<const read_set>(std::exchange(state_->reads, {}));
}
const std::optional<std::string>& transaction::journal_out() const noexcept { return state_->journal; }

}  // namespace hull::backend::database
