// Bodies of paging.hpp.
#pragma once

#include <hull/sync/check_args.hpp>
#include <hull/sync/paging.hpp>
#include <hull/value/json.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace hull::sync {
namespace detail {

/// The deployment forgot where a page begins, because the query changed. Its text is redacted in production, the
/// payload is not.
HULL_INLINE bool is_invalid_cursor(const error& e) {
  if (e.message.find("InvalidCursor") != std::string::npos) return true;
  if (!e.data) return false;
  const value* system = e.data->find("isConvexSystemError");
  const value* what = e.data->find("paginationError");
  return system != nullptr && what != nullptr && *system == value(true) && *what == value("InvalidCursor");
}

HULL_INLINE const std::string* text_field(const value& v, std::string_view name) {
  const value* field = v.find(name);
  return field == nullptr ? nullptr : field->if_string();
}

}  // namespace detail

HULL_INLINE result<void> paging::set_target(std::optional<paging_target> target) {
  if (target) {
    if (!(target->initial_items >= 0) || !std::isfinite(target->initial_items)) {
      std::string received;
      if (std::isfinite(target->initial_items))
        append_js_number(received, target->initial_items);
      else
        received = std::isnan(target->initial_items) ? "NaN" : target->initial_items > 0 ? "Infinity" : "-Infinity";
      return error{errc::bad_argument, "`options.initialNumItems` must be a positive number. Received `" + received + "`.", {}, {}};
    }
    if (auto key = query_key::make(target->path, target->args); key.has_error()) return key.error();
    if (target->args.find("paginationOpts") != nullptr)
      return error{errc::bad_argument, "The arguments of a paginated query must not hold `paginationOpts`: the list sets them.", {}, {}};
  }
  const bool is_same = target.has_value() == target_.has_value() &&
                       (!target || (query_key::make(target->path, target->args)->token() ==
                                    query_key::make(target_->path, target_->args)->token()));
  target_ = std::move(target);
  if (!is_same) reset();
  return {};
}

HULL_INLINE void paging::reset() {
  id_ = ids_();
  order_.clear();
  pages_.clear();
  splits_.clear();
  next_cursor_.reset();
  queued_.reset();
  has_more_than_first_ = false;
  if (!target_) return publish({});
  order_.push_back(add_page(object{{"numItems", target_->initial_items}, {"cursor", nullptr}}));
  paginated_state next;
  if (options_.keep_previous) {
    next.items = state_->items;
    next.is_previous = !state_->items.empty();
  }
  publish(std::move(next));
}

HULL_INLINE paging::page_key paging::add_page(object pagination) {
  pagination.set("id", static_cast<double>(id_));
  object args = target_->args.as_object();
  args.set("paginationOpts", value(pagination));
  const page_key key = next_key_++;
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

HULL_INLINE bool paging::needs_split(const value& result, std::size_t length) const {
  const std::string* cursor = detail::text_field(result, "splitCursor");
  if (cursor == nullptr || cursor->empty()) return false;
  const std::string* status = detail::text_field(result, "pageStatus");
  const bool is_asked_for = status != nullptr && (*status == "SplitRecommended" || *status == "SplitRequired");
  return is_asked_for || static_cast<double>(length) > 2 * target_->initial_items;
}

HULL_INLINE void paging::start_split(page_key key, const value& result) {
  const std::string& middle = *detail::text_field(result, "splitCursor");
  const object& whole = pages_.at(key).pagination.as_object();
  object first = whole;
  first.set("endCursor", middle);
  object second = whole;
  second.set("cursor", middle);
  if (const value* end = result.find("continueCursor")) second.set("endCursor", *end);
  split halves;
  halves.first = add_page(std::move(first));
  halves.second = add_page(std::move(second));
  splits_.emplace(key, halves);
  has_more_than_first_ = true;
}

HULL_INLINE std::vector<std::string> paging::evaluate(const reader& read) {
  if (!target_) return {};
  // Halves that are both there take the place of their page; a half may turn out to be split in its turn later.
  for (std::size_t i = 0; i < order_.size(); ++i) {
    const auto found = splits_.find(order_[i]);
    if (found == splits_.end()) continue;
    const split halves = found->second;
    const auto is_there = [&](page_key key) { return read(pages_.at(key).query)->state != query_state::status::loading; };
    if (!is_there(halves.first) || !is_there(halves.second)) continue;
    splits_.erase(found);
    pages_.erase(order_[i]);
    order_[i] = halves.first;
    order_.insert(order_.begin() + static_cast<std::ptrdiff_t>(i) + 1, halves.second);
  }

  paginated_state next;
  next_cursor_.reset();
  bool is_complete = true;
  bool is_done = false;
  for (const page_key key : order_) {
    const query_state_ptr state = read(pages_.at(key).query);
    if (state->state == query_state::status::error) {
      if (detail::is_invalid_cursor(*state->failure)) {
        std::string warning = "A paginated list starts over, because the deployment refused a cursor: " + state->failure->message;
        reset();
        return {std::move(warning)};
      }
      next.failure = state->failure;
      break;
    }
    const value* page = state->current();
    if (page == nullptr) {
      is_complete = false;
      break;
    }
    const value* rows = page->find("page");
    const value* done = page->find("isDone");
    const std::string* cursor = detail::text_field(*page, "continueCursor");
    if (rows == nullptr || !rows->is_array() || done == nullptr || done->if_bool() == nullptr || cursor == nullptr) {
      next.failure = error{errc::bad_value,
                           target_->path + " is no paginated query: it should return {page, isDone, continueCursor}, as "
                           "ctx.db.query(...).paginate(args.paginationOpts) does", {}, {}};
      break;
    }
    const array& items = rows->as_array();
    if (splits_.count(key) == 0 && needs_split(*page, items.size())) start_split(key, *page);
    const std::string* status = detail::text_field(*page, "pageStatus");
    if (status != nullptr && *status == "SplitRequired") {
      is_complete = false;  // Cut short by a limit: what is missing comes with the halves.
      break;
    }
    next.items.insert(next.items.end(), items.begin(), items.end());
    next.is_stale = next.is_stale || state->is_stale;
    is_done = *done->if_bool();
    next_cursor_ = *cursor;
  }

  using status = paginated_state::status;
  if (next.failure) {
    next.state = status::error;
    next_cursor_.reset();
  } else if (!is_complete) {
    next.state = has_more_than_first_ ? status::loading_more : status::loading_first_page;
    next_cursor_.reset();
    if (options_.keep_previous && state_->is_previous && next.items.empty()) {
      next.items = state_->items;
      next.is_previous = true;
    }
  } else {
    next.state = is_done ? status::exhausted : status::can_load_more;
    if (is_done) next_cursor_.reset();
  }
  publish(std::move(next));
  if (queued_ && next_cursor_) load_more(*std::exchange(queued_, std::nullopt));
  return {};
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

HULL_INLINE void paging::publish(paginated_state next) {
  const auto is_same = [](const value& a, const value& b) { return a.same_as(b); };
  const paginated_state& now = *state_;
  const bool has_same_failure = now.failure.has_value() == next.failure.has_value() &&
                                (!now.failure || (now.failure->message == next.failure->message && now.failure->data == next.failure->data));
  if (now.state == next.state && now.is_previous == next.is_previous && now.is_stale == next.is_stale && has_same_failure &&
      std::equal(now.items.begin(), now.items.end(), next.items.begin(), next.items.end(), is_same))
    return;  // Observers tell a change by the pointer.
  state_ = std::make_shared<const paginated_state>(std::move(next));
}

}  // namespace hull::sync
