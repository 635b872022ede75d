// Opening a store, beginning and committing transactions.
#include "database/database.hpp"

#include "common/encoding.hpp"
#include "database/database_impl.hpp"

#include <algorithm>

namespace hull::backend::database {
namespace {

constexpr const char* cursor_secret_name = "cursor_secret";

outcome<cursor_sealer::secret> load_cursor_secret(storage::persistence& storage, random_source& random) {
  auto known = storage.global(cursor_secret_name);
  if (!known) return known.error();
  cursor_sealer::secret secret{};
  if (*known) {
    const auto data = decode_hex(**known);
    if (!data || data->size() != secret.size()) return internal_failure("the store's cursor secret is damaged");
    std::copy(data->begin(), data->end(), secret.begin());
    return secret;
  }
  random.fill(secret);
  if (auto stored = storage.set_global(cursor_secret_name, encode_hex(secret)); !stored) return stored.error();
  return secret;
}

outcome<void> load_rows(storage::persistence& storage, index_number index, timestamp at, std::string_view table,
                        catalog& into) {
  auto rows = storage.scan({index, {}, std::nullopt, false, at, SIZE_MAX});
  if (!rows) return rows.error();
  for (const storage::index_row& row : *rows)
    if (auto done = into.apply(table, nullptr, &row.document); !done) return done;
  return {};
}

outcome<std::shared_ptr<const catalog>> load_catalog(storage::persistence& storage, timestamp at) {
  auto out = std::make_shared<catalog>();
  if (auto done = load_rows(storage, tables_by_id, at, "_tables", *out); !done) return done.error();
  if (auto done = load_rows(storage, indexes_by_id, at, "_index", *out); !done) return done.error();
  if (const table_info* schemas = out->find_table("_schemas"))
    if (auto done = load_rows(storage, schemas->by_id().number, at, "_schemas", *out); !done) return done.error();
  // The entries of indexes that were dropped may still be there.
  auto numbers = storage.indexes();
  if (!numbers) return numbers.error();
  if (!numbers->empty()) out->note_used_index_number(numbers->back());
  return std::shared_ptr<const catalog>(std::move(out));
}

/// A row of one of the two describing tables, complete with its system fields.
value founding_row(services& shared, std::uint32_t table, const value& fields) {
  object row = fields.as_object();
  const std::int64_t now = shared.time.wall_ns();
  row.set("_id", document_id{table, make_internal_id(shared.random, now)}.to_string());
  row.set("_creationTime", static_cast<double>(now / 1'000'000));
  return value(std::move(row));
}

/// Writes the rows that describe `_tables` and `_index` themselves: everything else is made with their help.
outcome<void> found_store(transaction_state& state) {
  const std::uint32_t tables_number = system_tables()[0].number;
  const std::uint32_t index_number_of_table = system_tables()[1].number;
  const value tables = founding_row(state.shared, tables_number, table_row("_tables", tables_number));
  const value indexes = founding_row(state.shared, tables_number, table_row("_index", index_number_of_table));
  const auto index = [&](const value& table, std::string_view name, const std::vector<std::string>& fields,
                         index_number number) {
    const auto id = document_id::parse(table.find("_id")->as_string());
    return founding_row(state.shared, index_number_of_table,
                        index_row_of(id->internal, name, database_index_specification(fields), number,
                                     index_info::state::enabled, false));
  };
  const value first_indexes[] = {index(tables, "by_id", {}, tables_by_id),
                                 index(tables, "by_name", {"name"}, tables_by_name),
                                 index(indexes, "by_id", {}, indexes_by_id)};

  auto founded = std::make_shared<catalog>();
  for (const value* row : {&tables, &indexes})
    if (auto done = founded->apply("_tables", nullptr, row); !done) return done;
  for (const value& row : first_indexes)
    if (auto done = founded->apply("_index", nullptr, &row); !done) return done;
  // The catalog knows the rows already; now they become documents like any other.
  state.tables = founded;
  const auto put = [&](std::string_view table, const value& row) {
    const auto id = document_id::parse(row.find("_id")->as_string());
    state.pending.put(founded->share(*founded->find_table(table)), id->internal, std::nullopt, row);
  };
  put("_tables", tables);
  put("_tables", indexes);
  for (const value& row : first_indexes) put("_index", row);
  return {};
}

/// What the transaction has to write; nothing: it has left everything as it was. That needs no time of its own: one
/// that is in no record would be unknown after a restart, while clients have seen it.
outcome<std::optional<commit_request>> to_write(transaction_state&& state, std::string source) {
  std::optional<commit_request> request;
  if (state.pending.documents().empty()) return request;
  if (!state.savepoints.empty()) return internal_failure("a transaction cannot commit while a nested call is open");
  request = std::move(state).finish(std::move(source));
  if (request->record.documents.empty()) request.reset();
  return request;
}

}  // namespace

database::database(std::unique_ptr<impl> i) : impl_(std::move(i)) {}
database::~database() = default;

outcome<std::unique_ptr<database>> database::open(std::unique_ptr<storage::persistence> persistence, clock& c,
                                                  random_source& r) {
  auto secret = load_cursor_secret(*persistence, r);
  if (!secret) return secret.error();
  auto newest = persistence->max_ts();
  if (!newest) return newest.error();
  auto tables = load_catalog(*persistence, *newest);
  if (!tables) return tables.error();

  std::unique_ptr<database> db(
      new database(std::make_unique<impl>(std::move(persistence), c, r, *secret, snapshot{*newest, *tables})));
  transaction tx = db->begin();
  if (!tx.state_->tables->find_table("_tables"))
    if (auto done = found_store(*tx.state_); !done) return done.error();
  for (const table_declaration& table : system_tables().subspan(2))
    if (auto done = tx.declare_table(table); !done) return done.error();
  if (tx.has_writes())
    if (auto done = db->commit(std::move(tx), "initialise"); !done) return done.error();
  return db;
}

timestamp database::latest_ts() const { return impl_->commits.latest_ts(); }

transaction database::begin() {
  snapshot now = impl_->commits.latest();
  return transaction(std::make_unique<transaction_state>(impl_->shared, now.ts, std::move(now.tables)));
}

outcome<transaction> database::begin_at(timestamp ts) {
  auto tables = impl_->commits.tables_at(ts);
  if (!tables)
    return failure{
        blame::overload, "OutOfRetention", "The snapshot that was asked for is too old or in the future.", {}};
  return transaction(std::make_unique<transaction_state>(impl_->shared, ts, std::move(tables)));
}

outcome<timestamp> database::commit(transaction tx, std::string write_source) {
  const timestamp begun = tx.begin_ts();
  auto request = to_write(std::move(*tx.state_), std::move(write_source));
  if (!request) return request.error();
  if (!*request) return begun;
  return impl_->commits.commit(**std::move(request));
}

void database::commit(transaction tx, std::string write_source, std::function<void(outcome<timestamp>)> tell) {
  const timestamp begun = tx.begin_ts();
  auto request = to_write(std::move(*tx.state_), std::move(write_source));
  if (!request) return tell(request.error());
  if (!*request) return tell(begun);
  impl_->commits.commit(**std::move(request), std::move(tell));
}

void database::finish_commits() { impl_->commits.finish(); }

bool database::unchanged(const read_set& reads, timestamp from, timestamp to) const {
  return from >= to || impl_->commits.log().check(reads, from, to) == write_log::verdict::unchanged;
}

void database::visit_writes(timestamp from, timestamp to, const std::function<void(const log_entry&)>& visit) const {
  impl_->commits.log().visit(from, to, visit);
}

void database::post(std::function<void()> task) { impl_->commits.post(std::move(task)); }

void database::when_broken(std::function<void(const failure&)> f) { impl_->commits.when_broken(std::move(f)); }

std::function<void()> database::on_commit(commit_listener listener) {
  const std::uint64_t id = impl_->commits.add_listener(std::move(listener));
  return [this, id] { impl_->commits.remove_listener(id); };
}

value database::active_schema() const {
  const auto tables = impl_->commits.latest().tables;
  return tables->active_schema() ? parsed_or_null(tables->active_schema()->json) : value();
}

}  // namespace hull::backend::database
