// A list that is loaded page by page: which queries it takes, and what they give together. A pure machine over query
// results; who watches the queries is somebody else's business.
//
// Every page is a query of its own, live like any other. A page that grows too large is split in two: the halves are
// watched beside it and take its place once both are there, so that no row is ever missing or shown twice.
#pragma once

#include <hull/config.hpp>
#include <hull/error.hpp>
#include <hull/sync/query_key.hpp>
#include <hull/sync/query_state.hpp>
#include <hull/value/value.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hull {

/// State of one paginated list. Immutable; a new commit makes a new one.
struct paginated_state {
  enum class status {
    loading_first_page,  ///< Nothing is known yet, or the list is skipped.
    can_load_more,
    loading_more,        ///< The items of the pages before are there.
    exhausted,           ///< Every item is there.
    error,               ///< A page failed; the items of the pages before it are there.
  };
  status state = status::loading_first_page;
  array items;
  std::optional<hull::error> failure;  ///< Set when `state` is error.
  bool is_previous = false;            ///< With keep_previous: the items still belong to the arguments before.
  bool is_stale = false;               ///< Some page is shown from before a reconnect.

  bool is_loading() const noexcept { return state == status::loading_first_page || state == status::loading_more; }
};
using paginated_state_ptr = std::shared_ptr<const paginated_state>;

namespace sync {

/// What is listed: a paginated query, its arguments without `paginationOpts`, and the size of the first page.
struct paging_target {
  std::string path;
  value args = object{};
  double initial_items = 0;
  friend bool operator==(const paging_target&, const paging_target&) = default;
};

struct paging_options {
  bool keep_previous = false;    ///< While other arguments load, the items of the earlier ones stay.
  bool queue_load_more = false;  ///< `load_more` while a page loads is remembered instead of refused.
};

class paging {
 public:
  /// The result of a page's query as watchers see it; never null.
  using reader = std::function<query_state_ptr(const query_key&)>;
  /// A number that no other list of this process has had: it keeps lists from sharing page queries.
  using id_source = std::function<std::uint64_t()>;

  explicit paging(id_source ids, paging_options options = {}) : ids_(std::move(ids)), options_(options) {}

  /// Lists something, or (without a target) nothing. Starts over when path, arguments or being skipped change; a
  /// different size of the first page alone does not. errc::bad_argument for what cannot be listed.
  result<void> set_target(std::optional<paging_target> target);
  /// Starts over with the first page.
  void reset();
  /// The queries to watch now: those of the pages in their order, then those of halves under way.
  std::vector<query_key> wanted() const;
  /// Takes the results in. May change `wanted`: watch those and call again. Returns warnings for the log.
  std::vector<std::string> evaluate(const reader& read);
  /// Asks for another page of about this many items. False when there is none to ask for now.
  bool load_more(double items);

  const paginated_state_ptr& state() const noexcept { return state_; }

 private:
  using page_key = std::uint32_t;
  struct page {
    query_key query;
    value pagination;  ///< Its paginationOpts.
  };
  struct split {
    page_key first = 0;
    page_key second = 0;
  };

  page_key add_page(object pagination);
  bool needs_split(const value& result, std::size_t length) const;
  void start_split(page_key key, const value& result);
  void publish(paginated_state next);

  id_source ids_;
  paging_options options_;
  std::optional<paging_target> target_;
  std::uint64_t id_ = 0;
  page_key next_key_ = 0;
  std::vector<page_key> order_;
  std::map<page_key, page> pages_;
  std::map<page_key, split> splits_;
  std::optional<std::string> next_cursor_;  ///< Where load_more goes on; nothing while it may not.
  std::optional<double> queued_;
  bool has_more_than_first_ = false;
  paginated_state_ptr state_ = std::make_shared<paginated_state>();
};

}  // namespace sync
}  // namespace hull

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/sync/paging.ipp>
#endif
