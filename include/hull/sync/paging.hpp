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
    loading_more,  ///< The items of the pages before are there.
    exhausted,     ///< Every item is there.
    error,         ///< A page failed; the items of the pages before it are there.
  };
  status state = status::loading_first_page;
  array items;
  std::optional<hull::error> failure;  ///< Set when `state` is error.
  /// With keep_previous, while the first page loads: the items are those from before the list got other arguments
  /// or started over.
  bool is_previous = false;
  bool is_optimistic = false;  ///< An optimistic layer shaped some page.
  /// Some page is shown from before a reconnect, not confirmed since; as query_state::is_stale.
  bool is_stale = false;

  bool is_loading() const noexcept { return state == status::loading_first_page || state == status::loading_more; }
};
using paginated_state_ptr = std::shared_ptr<const paginated_state>;

namespace sync {

/// What is listed: a paginated query, its arguments without `paginationOpts`, and the size of the first page.
struct paging_target {
  std::string path;
  value args = object{};
  double initial_items = 0;
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
  /// different size of the first page alone does not. errc::bad_argument for what cannot be listed; then nothing
  /// changes.
  result<void> set_target(std::optional<paging_target> target);
  /// Starts over with the first page.
  void reset();
  /// The queries to watch now: those of the pages in their order, then those of halves under way.
  std::vector<query_key> wanted() const;
  /// Takes the results in. May change `wanted`: watch those and call again. Returns warnings for the log.
  std::vector<std::string> evaluate(const reader& read);
  /// Asks for another page of about this many items. False when there is none to ask for now.
  bool load_more(double items);

  /// As of the last evaluation, without `is_stale`. The same object while nothing changed.
  const paginated_state_ptr& state() const noexcept { return state_; }
  /// The same with `is_stale` as of now: results go stale, and are confirmed with equal values, without a commit.
  paginated_state_ptr state(const reader& read) const;

 private:
  using page_key = std::uint32_t;
  struct page {
    query_key query;
    value pagination;        ///< Its paginationOpts.
    bool was_there = false;  ///< It had a result before.
  };
  struct split {
    page_key first = 0;
    page_key second = 0;
  };
  struct page_result;

  page_key add_page(object pagination);
  void swap_halves_in(const reader& read);
  /// Appends the page's rows to what is shown. False when the list ends here for now.
  bool take_page(page_key key, const query_state& state, paginated_state& next);
  bool is_cursor_refused(const page& p, const error& why) const;
  void start_split(page_key key, const page_result& result);
  void finish(paginated_state next, bool is_complete);
  void publish(paginated_state next);

  id_source ids_;
  paging_options options_;
  std::optional<paging_target> target_;
  std::string target_token_;  ///< Path and arguments as one text; empty without a target.
  std::uint64_t id_ = 0;
  page_key next_key_ = 0;
  std::vector<page_key> order_;
  std::map<page_key, page> pages_;
  std::map<page_key, split> splits_;
  std::optional<std::string> next_cursor_;  ///< Where load_more goes on; nothing while it may not.
  bool is_done_ = false;                    ///< The last page that was taken says so.
  std::optional<double> queued_;
  bool has_more_than_first_ = false;
  paginated_state_ptr state_ = std::make_shared<paginated_state>();
};

}  // namespace sync
}  // namespace hull

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/sync/paging.ipp>
#endif
