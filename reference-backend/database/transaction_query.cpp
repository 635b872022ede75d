// Queries of a transaction: pulling rows out of the snapshot and the pending writes together, one at a time.
#include "database/document.hpp"
#include "database/transaction_state.hpp"
#include "database/virtual_tables.hpp"

#include <algorithm>

namespace hull::backend::database {
namespace {

constexpr std::size_t largest_batch = 512;

/// The first live pending entry of what is left of the query, in its direction.
const overlay::entries::value_type* next_pending(const overlay::entries* entries, const query_stream& q) {
  if (!entries) return nullptr;
  auto first = entries->lower_bound(q.rest.start);
  auto last = q.rest.end ? entries->lower_bound(*q.rest.end) : entries->end();
  if (q.plan.descending) {
    while (last != first && q.rest.contains((--last)->first))
      if (last->second) return &*last;
    return nullptr;
  }
  for (; first != last; ++first)
    if (first->second) return &*first;
  return nullptr;
}

}  // namespace

query_stream::query_stream(query_plan p)
    : plan(std::move(p)), taken(plan.operators.size()), rest(plan.range), to_fetch(plan.range) {
  // A plain take(n) needs no more than n rows.
  if (!plan.operators.empty())
    if (const auto* limit = std::get_if<std::uint64_t>(&plan.operators.front()))
      next_batch = static_cast<std::size_t>(std::clamp<std::uint64_t>(*limit, 1, largest_batch));
}

outcome<query_plan> transaction_state::plan(access who, const value& query) {
  auto made = plan_query(who, query, *tables);
  if (!made) {
    // Whatever is wrong, another set of tables and indexes may put it right.
    reads.add(tables_by_id, interval::all());
    reads.add(indexes_by_id, interval::all());
    return made;
  }
  if (made->index)
    reads.add(indexes_by_id, interval::point(key_of(value(index_row_id(*made->index).to_string()))));
  else
    note_absent_table(made->table_name);
  return made;
}

outcome<void> transaction_state::fetch(query_stream& q) {
  const std::size_t wanted = q.next_batch;
  q.next_batch = std::min(q.next_batch * 4, largest_batch);
  auto rows = shared.storage.scan(
      {q.plan.index->number, q.to_fetch.start, q.to_fetch.end, q.plan.descending, begin_ts, wanted});
  if (!rows) return rows.error();
  q.drained = rows->size() < wanted;
  if (!rows->empty()) {
    if (q.plan.descending)
      q.to_fetch.end = rows->back().key;
    else
      q.to_fetch.start = rows->back().key + '\0';
  }
  std::move(rows->begin(), rows->end(), std::back_inserter(q.fetched));
  return {};
}

outcome<std::optional<scanned_row>> transaction_state::pull(query_stream& q) {
  if (!q.plan.index || q.rest.empty()) return std::optional<scanned_row>();
  const index_number index = q.plan.index->number;
  const overlay::entries* written = pending.index(index);

  const storage::index_row* stored = nullptr;
  while (!stored) {
    if (q.fetched.empty()) {
      if (q.drained) break;
      if (auto done = fetch(q); !done) return done.error();
      continue;
    }
    // A pending entry speaks for its key, whatever it says; and rows before `rest` were passed by pending ones.
    const std::string& key = q.fetched.front().key;
    if ((written && written->contains(key)) || !q.rest.contains(key))
      q.fetched.pop_front();
    else
      stored = &q.fetched.front();
  }
  const auto* unsaved = next_pending(written, q);

  scanned_row row;
  const bool take_stored =
      stored && (!unsaved || (q.plan.descending ? stored->key > unsaved->first : stored->key < unsaved->first));
  if (take_stored) {
    row = {std::move(q.fetched.front().key), std::move(q.fetched.front().document)};
    q.fetched.pop_front();
  } else if (unsaved) {
    row = {unsaved->first, *unsaved->second};
  } else {
    reads.add(index, q.rest);
    q.rest.end = q.rest.start;
    return std::optional<scanned_row>();
  }

  if (q.plan.descending) {
    reads.add(index, {row.key, q.rest.end});
    q.rest.end = row.key;
  } else {
    std::string behind = row.key + '\0';
    reads.add(index, {q.rest.start, behind});
    q.rest.start = std::move(behind);
  }
  const std::size_t size = convex_size(row.document);
  ++q.rows_read;
  q.bytes_read += size;
  if (!q.plan.system)
    if (auto ok = used.note_read(size); !ok) return ok.error();
  if (q.plan.view) {
    auto shown = show(*q.plan.view, row.document);
    if (!shown) return shown.error();
    row.document = *std::move(shown);
  }
  return std::optional(std::move(row));
}

outcome<std::optional<scanned_row>> transaction_state::advance(query_stream& q, const std::function<bool()>& stop) {
  while (!stop || !stop()) {
    for (std::size_t i = 0; i < q.plan.operators.size(); ++i) {
      const auto* limit = std::get_if<std::uint64_t>(&q.plan.operators[i]);
      if (limit && q.taken[i] >= *limit) return std::optional<scanned_row>();
    }
    auto row = pull(q);
    if (!row || !*row) return row;
    bool passes = true;
    for (std::size_t i = 0; passes && i < q.plan.operators.size(); ++i) {
      if (const auto* filter = std::get_if<expression>(&q.plan.operators[i])) {
        auto holds = filter->holds((*row)->document);
        if (!holds) return holds.error();
        passes = *holds;
      } else {
        ++q.taken[i];
      }
    }
    if (passes) return row;
  }
  return std::optional<scanned_row>();
}

outcome<std::uint32_t> transaction::open_query(access who, const value& query) {
  auto plan = state_->plan(who, query);
  if (!plan) return plan.error();
  if (!plan->system)
    if (auto ok = state_->used.note_query(); !ok) return ok.error();
  const std::uint32_t id = state_->next_stream++;
  state_->streams.emplace(id, query_stream(*std::move(plan)));
  return id;
}

outcome<std::optional<value>> transaction::next(std::uint32_t query) {
  const auto found = state_->streams.find(query);
  if (found == state_->streams.end()) return bad_request("QueryNotFound", "in-progress query not found");
  auto row = state_->advance(found->second);
  if (!row) return row.error();
  if (!*row) {
    state_->streams.erase(found);
    return std::optional<value>();
  }
  return std::optional(std::move((*row)->document));
}

bool transaction::close_query(std::uint32_t query) { return state_->streams.erase(query) > 0; }

outcome<std::uint64_t> transaction::count(access who, std::string_view table) {
  const value scan = value::make_object({{"type", "FullTableScan"}, {"tableName", table}, {"order", nullptr}});
  auto plan = state_->plan(who, value::make_object({{"source", scan}, {"operators", array{}}}));
  if (!plan) return plan.error();
  if (!plan->index) return std::uint64_t{0};
  state_->reads.add(plan->index->number, interval::all());
  auto rows = state_->shared.storage.count(plan->index->number, state_->begin_ts);
  if (!rows) return rows;
  const table_info* counted = state_->tables->find_table(physical_table(table).value_or(table));
  for (const auto& [key, document] : state_->pending.documents()) {
    if (key.first != counted->id) continue;
    *rows += document.after ? 1 : 0;
    *rows -= document.before ? 1 : 0;
  }
  return rows;
}

outcome<const index_info*> transaction_state::lookup_index(std::string_view table, std::string_view index) {
  const table_info* found = tables->find_table(table);
  if (!found) {
    note_absent_table(table);
    return nullptr;
  }
  const index_info* by = found->find_index(index);
  if (by && by->is_database() && by->where == index_info::state::enabled) return by;
  return internal_failure("there is no index " + std::string(table) + "." + std::string(index) + " to look up in");
}

namespace {

interval range_of(const std::vector<value>& equals) {
  interval range;
  for (const value& v : equals) append_key(range.start, v);
  if (!range.start.empty()) range.end = behind_values(range.start);
  return range;
}

query_plan plan_of_lookup(std::string_view table, const index_info& index, const std::vector<value>& equals) {
  query_plan plan;
  plan.table_name = table;
  plan.index = index;
  plan.system = true;  // The backend looks for itself: not charged.
  plan.range = range_of(equals);
  return plan;
}

}  // namespace

outcome<std::vector<value>> transaction::lookup(std::string_view table, std::string_view index,
                                                const std::vector<value>& equals, std::size_t limit) {
  std::vector<value> out;
  const auto by = state_->lookup_index(table, index);
  if (!by) return by.error();
  if (!*by) return out;
  query_stream rows(plan_of_lookup(table, **by, equals));
  while (out.size() < limit) {
    auto row = state_->advance(rows);
    if (!row) return row.error();
    if (!*row) break;
    out.push_back(std::move((*row)->document));
  }
  return out;
}

outcome<std::optional<value>> transaction::last(std::string_view table, std::string_view index,
                                                const std::vector<value>& equals) {
  const auto by = state_->lookup_index(table, index);
  if (!by) return by.error();
  if (!*by) return std::optional<value>();
  query_plan plan = plan_of_lookup(table, **by, equals);
  plan.descending = true;
  plan.operators.emplace_back(std::uint64_t{1});
  query_stream rows(std::move(plan));
  auto row = state_->advance(rows);
  if (!row) return row.error();
  return *row ? std::optional(std::move((*row)->document)) : std::nullopt;
}

outcome<void> transaction::note_lookup(std::string_view table, std::string_view index,
                                       const std::vector<value>& equals) {
  const auto by = state_->lookup_index(table, index);
  if (!by) return by.error();
  if (*by) state_->reads.add((*by)->number, range_of(equals));
  return {};
}

}  // namespace hull::backend::database
