// What a function of a fake deployment works with.
#pragma once

#include <hull/mock/tables.hpp>
#include <hull/value/value.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hull::mock {

namespace detail {
class deployment;
class transaction;
struct function_call;
}  // namespace detail

/// What the contexts of all three kinds of functions can do. Valid during the call.
class function_context {
 public:
  /// Made by the deployment for each call.
  explicit function_context(detail::function_call& call) : call_(&call) {}
  function_context(const function_context&) = delete;
  function_context& operator=(const function_context&) = delete;

  /// The attributes of the user who calls (what `authenticate` returned); nothing when nobody is signed in.
  const std::optional<value>& user() const noexcept;
  /// True when the client showed the admin key.
  bool is_admin() const noexcept;
  /// A line that the client gets with the result. `level`: LOG, DEBUG, INFO, WARN or ERROR.
  void log(std::string_view text, std::string_view level = "LOG");

 protected:
  detail::function_call* call_;  ///< The call under way.
};

/// What a page shows of its table, and when it is long.
struct page_request {
  bool newest_first = false;                ///< Else oldest first.
  document_filter where;                    ///< Documents that do not pass take no place on the page.
  std::size_t split_recommended_at = 6144;  ///< A page of so many documents asks to be split.
};

/// The context of a query. What it reads is remembered: when a commit changes that, the query runs again.
class query_context : public function_context {
 public:
  /// Made by the deployment for each call.
  query_context(detail::function_call& call, detail::transaction& transaction)
      : function_context(call), transaction_(&transaction) {}

  /// One table as this transaction sees it.
  table_reader table(std::string name) const { return {*transaction_, std::move(name)}; }
  /// A document of any table; nothing when there is none with this id.
  std::optional<value> get(std::string_view id) const { return tables(*transaction_).get(id); }

  /// One page of a table by the `paginationOpts` of the client's arguments: {page, isDone, continueCursor,
  /// splitCursor, pageStatus}. A page that runs again keeps its end, so that it grows and shrinks with what is
  /// inserted and removed, and neighbouring pages never leave a gap. `endCursor` and `maximumRowsRead` are heeded.
  /// Once per function. Throws for options that are none; for a cursor of another function or other arguments the
  /// client gets the "InvalidCursor" error, on which lists start over.
  value paginate(const std::string& table, const value& pagination_opts, const page_request& request = {});
  /// The URL under which a client can download an uploaded file; nothing when there is no such file.
  std::optional<std::string> storage_url(std::string_view storage_id) const;

 protected:
  detail::transaction* transaction_;  ///< What it reads and writes.
};

/// The context of a mutation: one transaction, which is rolled back when the function throws.
class mutation_context : public query_context {
 public:
  /// Made by the deployment for each call.
  using query_context::query_context;
  /// One table, to read and to write.
  table_writer table(std::string name) const { return {*transaction_, std::move(name)}; }
  /// A URL to which a client may POST a file once; the answer is {storageId}.
  std::string generate_upload_url();
};

/// The context of an action, which runs on a thread of its own and may wait. It touches data only through queries and
/// mutations. These throw what the called function threw.
class action_context : public function_context {
 public:
  /// Made by the deployment for each call.
  using function_context::function_context;
  ///@{
  /// Runs a function as the same user and returns what it returned: a query or mutation in a transaction of its own.
  value run_query(std::string_view path, value args = object{});
  value run_mutation(std::string_view path, value args = object{});
  value run_action(std::string_view path, value args = object{});
  ///@}
  /// As mutation_context::generate_upload_url.
  std::string generate_upload_url();
};

using query_function = std::function<value(query_context& db, const value& args)>;
using mutation_function = std::function<value(mutation_context& db, const value& args)>;
using action_function = std::function<value(action_context& ctx, const value& args)>;

}  // namespace hull::mock
