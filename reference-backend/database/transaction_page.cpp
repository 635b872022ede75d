// Pages of a query: cursors in and out, where a page ends, and the journal that pins its end for the next run.
#include "database/transaction_state.hpp"

#include <algorithm>

namespace hull::backend::database {
namespace {

constexpr std::uint32_t largest_page = 32'000;
constexpr std::size_t long_page = 6144;
// Three quarters of what the transaction may read: a page stops before it would use it up.
constexpr std::uint64_t soft_rows = 24'000;
constexpr std::uint64_t soft_bytes = 12u << 20;

/// True when more than three quarters of `limit` were used.
bool nearly(std::uint64_t used, std::uint64_t limit) { return used * 4 > limit * 3; }

failure invalid_cursor(std::string why) {
  failure f = bad_request("InvalidCursor", "InvalidCursor: " + std::move(why));
  f.data = value::make_object({{"isConvexSystemError", true}, {"paginationError", "InvalidCursor"}});
  return f;
}

outcome<cursor_position> open_cursor(const cursor_sealer& sealer, const std::string& text, const query_plan& plan) {
  auto position = sealer.open(text);
  if (!position) return invalid_cursor("Failed to parse cursor. It was not made by this deployment.");
  if (position->fingerprint != plan.fingerprint)
    return invalid_cursor(
        "Tried to run a query starting from a cursor, but it looks like this cursor is from a different query.");
  return *std::move(position);
}

outcome<void> check_request(const page_request& page) {
  if (page.page_size == 0)
    return bad_request("NoDocumentsForPagination", "Must request at least 1 document while paginating");
  if (page.page_size > largest_page)
    return bad_request("PageSizeTooLarge", "Requested too many items: " + std::to_string(page.page_size));
  if (page.maximum_rows_read == std::uint64_t{0} || page.maximum_bytes_read == std::uint64_t{0})
    return bad_request("InvalidPaginationLimit", "maximumRowsRead and maximumBytesRead must be at least 1");
  return {};
}

/// Cuts what is left of `q` to what lies behind `from`.
void start_after(query_stream& q, const cursor_position& from) {
  if (!from.key) {
    q.rest.end = q.rest.start;
  } else if (q.plan.descending) {
    if (!q.rest.end || *from.key < *q.rest.end) q.rest.end = *from.key;
  } else {
    q.rest.start = std::max(q.rest.start, *from.key + '\0');
  }
  q.to_fetch = q.rest;
}

/// Cuts what is left of `q` to what lies up to and with `to`.
void end_at(query_stream& q, const cursor_position& to) {
  if (!to.key) return;
  if (q.plan.descending) {
    q.rest.start = std::max(q.rest.start, *to.key);
  } else {
    const std::string end = *to.key + '\0';
    if (!q.rest.end || end < *q.rest.end) q.rest.end = end;
  }
  q.to_fetch = q.rest;
}

}  // namespace

outcome<page_result> transaction::paginate(access who, const value& query, const page_request& page,
                                           const std::optional<std::string>& journal) {
  transaction_state& s = *state_;
  if (auto ok = check_request(page); !ok) return ok.error();
  if (std::exchange(s.paginated, true))
    return bad_request("MultiplePaginatedDatabaseQueries",
                       "This query or mutation function ran multiple paginated queries. Convex only supports a single "
                       "paginated query in each function.");
  auto plan = s.plan(who, query);
  if (!plan) return plan.error();
  if (!plan->system)
    if (auto ok = s.used.note_query(); !ok) return ok.error();

  plan->fingerprint = fingerprint_of(query, *plan);
  query_stream q(*std::move(plan));
  std::optional<cursor_position> from, to;
  if (page.cursor) {
    auto position = open_cursor(s.shared.cursors, *page.cursor, q.plan);
    if (!position) return position.error();
    from = *std::move(position);
    start_after(q, *from);
  }
  if (const auto& end = page.end_cursor ? page.end_cursor : journal) {
    auto position = open_cursor(s.shared.cursors, *end, q.plan);
    if (!position) return position.error();
    to = *std::move(position);
    end_at(q, *to);
  }

  const std::uint64_t max_rows = std::min(page.maximum_rows_read.value_or(soft_rows), soft_rows);
  const std::uint64_t max_bytes = std::min(page.maximum_bytes_read.value_or(soft_bytes), soft_bytes);
  const auto used_up = [&] { return q.rows_read >= max_rows || q.bytes_read >= max_bytes; };
  // A page with a given end has to reach it.
  const std::function<bool()> stop = to ? std::function<bool()>() : used_up;

  page_result out;
  std::vector<std::string> keys;
  bool exhausted = false;
  while (to || out.page.size() < page.page_size) {
    auto row = s.advance(q, stop);
    if (!row) return row.error();
    if (!*row) {
      exhausted = !(stop && used_up()) || q.rest.empty();
      break;
    }
    keys.push_back(std::move((*row)->key));
    out.page.push_back(std::move((*row)->document));
  }

  cursor_position end{q.plan.fingerprint, std::nullopt};
  if (to) {
    end = *to;
  } else if (!exhausted) {
    // Behind the last row that was looked at, whether it passed the filters or not.
    if (q.plan.descending)
      end.key = q.rest.end;
    else
      end.key = q.rest.start.substr(0, q.rest.start.size() - 1);
    if (out.page.size() < page.page_size) out.page_status = "SplitRequired";
  }
  out.is_done = !end.key;
  out.continue_cursor = s.shared.cursors.seal(end);
  if (keys.size() > 2) out.split_cursor = s.shared.cursors.seal({q.plan.fingerprint, keys[(keys.size() - 1) / 2]});
  const transaction_metrics limits = s.used.metrics();
  if (!out.page_status &&
      (nearly(q.rows_read, page.maximum_rows_read.value_or(limits.documents_read.limit)) ||
       nearly(q.bytes_read, page.maximum_bytes_read.value_or(limits.bytes_read.limit)) || out.page.size() > long_page))
    out.page_status = "SplitRecommended";
  if (s.savepoints.empty()) s.journal = out.continue_cursor;
  return out;
}

}  // namespace hull::backend::database
