// Bodies of paging.hpp.
#pragma once

#include <hull/sync/paging.hpp>
#include <hull/value/json.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace hull::sync {
namespace detail {

/// The deployment forgot where a page begins or ends, because the query changed. In production the text is redacted,
/// the payload is not.
HULL_INLINE bool is_invalid_cursor(const error& e) {
  if (e.data) {
    const value* system = e.data->find("isConvexSystemError");
    const value* what = e.data->find("paginationError");
    if (system != nullptr && what != nullptr && *system == value(true) && *what == value("InvalidCursor")) return true;
  }
  return e.message.find("InvalidCursor") != std::string::npos;
}

HULL_INLINE std::string number_text(double d) {
  if (std::isnan(d)) return "NaN";
  if (std::isinf(d)) return d > 0 ? "Infinity" : "-Infinity";
  std::string text;
  append_js_number(text, d);
  return text;
}

}  // namespace detail

/// What a paginated query returns.
struct paging::page_result {
  const array* rows = nullptr;
  bool is_done = false;
  const std::string* cursor = nullptr;        ///< Where the next page begins.
  const std::string* split_cursor = nullptr;  ///< Where this page may be cut; null when it may not.
  bool is_split_recommended = false;
  bool is_split_required = false;  ///< A limit cut the page short.

  /// False when it is no page.
  bool read(const value& v) {
    const auto text = [&](std::string_view name) -> const std::string* {
      const value* field = v.find(name);
      return field == nullptr ? nullptr : field->if_string();
    };
    const value* page = v.find("page");
    const value* done = v.find("isDone");
    rows = page == nullptr ? nullptr : page->if_array();
    cursor = text("continueCursor");
    if (rows == nullptr || cursor == nullptr || done == nullptr || done->if_bool() == nullptr) return false;
    is_done = *done->if_bool();
    split_cursor = text("splitCursor");
    if (split_cursor != nullptr && split_cursor->empty()) split_cursor = nullptr;
    const std::string* status = text("pageStatus");
    is_split_required = status != nullptr && *status == "SplitRequired";
    is_split_recommended = is_split_required || (status != nullptr && *status == "SplitRecommended");
    return true;
  }
};

HULL_INLINE result<void> paging::set_target(std::optional<paging_target> target) {
  std::string token;
  if (target) {
    const double first = target->initial_items;
    if (!(first >= 0) || !std::isfinite(first))
      return error{
          errc::bad_argument,
          "`options.initialNumItems` must be a positive number. Received `" + detail::number_text(first) + "`.",
          {},
          {}};
    const auto key = query_key::make(target->path, target->args);
    if (key.has_error()) return key.error();
    object with_ours = target->args.as_object();
    with_ours.set("paginationOpts", value(object{}));
    if (const auto page = query_key::make(target->path, value(std::move(with_ours))); page.has_error())
      return page.error();
    if (target->args.find("paginationOpts") != nullptr)
      return error{errc::bad_argument,
                   "The arguments of a paginated query must not hold `paginationOpts`: the list sets them.",
                   {},
                   {}};
    token = key->token();
  }
  const bool is_same = token == std::exchange(target_token_, token);
  target_ = std::move(target);
  if (!is_same) reset();
  return {};
}

HULL_INLINE void paging::reset() {
  order_.clear();
  pages_.clear();
  splits_.clear();
  next_cursor_.reset();
  queued_.reset();
  has_more_than_first_ = is_done_ = false;
  if (!target_) return publish({});
  id_ = ids_();
  order_.push_back(add_page(object{{"numItems", target_->initial_items}, {"cursor", nullptr}}));
  paginated_state next;
  if (options_.keep_previous) {
    next.items = state_->items;
    next.is_previous = !next.items.empty();
  }
  publish(std::move(next));
}

HULL_INLINE paging::page_key paging::add_page(object pagination) {
  pagination.set("id", static_cast<double>(id_));
  object args = target_->args.as_object();
  args.set("paginationOpts", value(pagination));
  const page_key key = next_key_++;
  // The arguments were checked when the target was set; what is added here is a value for certain.
  pages_.emplace(key, page{*query_key::make(target_->path, value(std::move(args))), value(std::move(pagination))});
  return key;
}

HULL_INLINE std::vector<query_key> paging::wanted() const {
  std::vector<query_key> all;
  all.reserve(pages_.size());
  for (const page_key key : order_) all.push_back(pages_.at(key).query);
  for (const auto& [key, halves] : splits_) {
    all.push_back(pages_.at(halves.first).query);
    all.push_back(pages_.at(halves.second).query);
  }
  return all;
}

HULL_INLINE void paging::start_split(page_key key, const page_result& result) {
  object first = pages_.at(key).pagination.as_object();
  object second = first;
  first.set("endCursor", *result.split_cursor);
  second.set("cursor", *result.split_cursor);
  second.set("endCursor", *result.cursor);
  split halves;
  halves.first = add_page(std::move(first));
  halves.second = add_page(std::move(second));
  splits_.emplace(key, halves);
  has_more_than_first_ = true;
}

HULL_INLINE void paging::swap_halves_in(const reader& read) {
  const auto is_there = [&](page_key key) { return read(pages_.at(key).query)->state != query_state::status::loading; };
  for (std::size_t i = 0; i < order_.size(); ++i) {
    const auto found = splits_.find(order_[i]);
    if (found == splits_.end()) continue;
    const split halves = found->second;
    if (!is_there(halves.first) || !is_there(halves.second)) continue;
    splits_.erase(found);
    pages_.erase(order_[i]);
    order_[i] = halves.first;
    order_.insert(order_.begin() + static_cast<std::ptrdiff_t>(i) + 1, halves.second);
  }
}

HULL_INLINE bool paging::is_cursor_refused(const page& p, const error& why) const {
  if (!detail::is_invalid_cursor(why)) return false;
  // A page that names no cursor and never had a result (so no journal either) cannot be helped by starting over:
  // it would be asked for again and again.
  const value* start = p.pagination.find("cursor");
  const bool has_cursor = (start != nullptr && !start->is_null()) || p.pagination.find("endCursor") != nullptr;
  return has_cursor || p.was_there;
}

HULL_INLINE bool paging::take_page(page_key key, const query_state& state, paginated_state& next) {
  page& p = pages_.at(key);
  const value* current = state.current();
  if (current == nullptr) {
    next.failure = state.failure;  // Nothing while it loads.
    return false;
  }
  page_result result;
  if (!result.read(*current)) {
    next.failure =
        error{errc::bad_value,
              target_->path + " is no paginated query: it should return {page, isDone, continueCursor}, as " +
                  "ctx.db.query(...).paginate(args.paginationOpts) does.",
              {},
              {}};
    return false;
  }
  p.was_there = true;
  const bool is_too_long = static_cast<double>(result.rows->size()) > 2 * target_->initial_items;
  if (result.split_cursor != nullptr && splits_.count(key) == 0 && (result.is_split_recommended || is_too_long))
    start_split(key, result);
  if (result.is_split_required && splits_.count(key) != 0) return false;  // What is missing comes with the halves.
  next.items.insert(next.items.end(), result.rows->begin(), result.rows->end());
  next.is_optimistic = next.is_optimistic || state.is_optimistic;
  next_cursor_ = *result.cursor;
  is_done_ = result.is_done;
  return true;
}

HULL_INLINE std::vector<std::string> paging::evaluate(const reader& read) {
  if (!target_) return {};
  swap_halves_in(read);
  paginated_state next;
  next_cursor_.reset();
  is_done_ = false;
  bool is_complete = true;
  for (const page_key key : order_) {
    const page& p = pages_.at(key);
    const query_state_ptr state = read(p.query);
    if (state->failure && is_cursor_refused(p, *state->failure)) {
      std::string warning =
          target_->path + ": the deployment refused a cursor, the list starts over: " + state->failure->message;
      reset();
      return {std::move(warning)};
    }
    is_complete = take_page(key, *state, next);
    if (!is_complete) break;
  }
  finish(std::move(next), is_complete);
  if (queued_ && next_cursor_) load_more(*std::exchange(queued_, std::nullopt));
  return {};
}

HULL_INLINE void paging::finish(paginated_state next, bool is_complete) {
  using status = paginated_state::status;
  if (is_complete) {
    next.state = is_done_ ? status::exhausted : status::can_load_more;
  } else if (next.failure) {
    next.state = status::error;
  } else {
    next.state = has_more_than_first_ ? status::loading_more : status::loading_first_page;
    if (state_->is_previous && next.items.empty()) {
      next.items = state_->items;
      next.is_previous = true;
    }
  }
  if (next.state != status::can_load_more) next_cursor_.reset();
  if (next.state == status::exhausted || next.state == status::error) queued_.reset();
  publish(std::move(next));
}

HULL_INLINE bool paging::load_more(double items) {
  if (!(items > 0) || !std::isfinite(items) || !target_) return false;
  if (!next_cursor_) {
    if (!options_.queue_load_more || !state_->is_loading()) return false;
    queued_ = items;
    return true;
  }
  order_.push_back(add_page(object{{"numItems", items}, {"cursor", *std::exchange(next_cursor_, std::nullopt)}}));
  has_more_than_first_ = true;
  paginated_state next = *state_;
  next.state = paginated_state::status::loading_more;
  publish(std::move(next));
  return true;
}

HULL_INLINE paginated_state_ptr paging::state(const reader& read) const {
  const auto is_stale = [&](page_key key) { return read(pages_.at(key).query)->is_stale; };
  if (std::none_of(order_.begin(), order_.end(), is_stale)) return state_;
  auto copy = std::make_shared<paginated_state>(*state_);
  copy->is_stale = true;
  return copy;
}

HULL_INLINE void paging::publish(paginated_state next) {
  const auto is_same = [](const value& a, const value& b) { return a.same_as(b); };
  const auto are_same_failures = [](const std::optional<error>& a, const std::optional<error>& b) {
    return a.has_value() == b.has_value() &&
           (!a || (a->code == b->code && a->message == b->message && a->data == b->data));
  };
  const paginated_state& now = *state_;
  if (now.state == next.state && now.is_previous == next.is_previous && now.is_optimistic == next.is_optimistic &&
      are_same_failures(now.failure, next.failure) &&
      std::equal(now.items.begin(), now.items.end(), next.items.begin(), next.items.end(), is_same))
    return;  // Observers tell a change by the pointer.
  state_ = std::make_shared<const paginated_state>(std::move(next));
}

}  // namespace hull::sync
