// Bodies of result_index.hpp.
#pragma once

#include <hull/offline/result_index.hpp>

#include <utility>

namespace hull::offline {

HULL_INLINE std::optional<result_index::found> result_index::find(std::string_view token) {
  const auto at = by_token_.find(token);
  if (at == by_token_.end()) return std::nullopt;
  slots_.splice(slots_.begin(), slots_, at->second);
  return found{at->second->fresh, at->second->text};
}

HULL_INLINE result_index::place result_index::use(std::string_view token) {
  if (const auto at = by_token_.find(token); at != by_token_.end()) {
    slots_.splice(slots_.begin(), slots_, at->second);
    return at->second;
  }
  slots_.push_front(slot{std::string(token), {}, {}, false});
  bytes_ += token.size();
  by_token_.emplace(slots_.front().token, slots_.begin());
  return slots_.begin();
}

HULL_INLINE void result_index::save(std::string_view token, const value& result) {
  const place at = use(token);
  at->fresh = result;
  if (!std::exchange(at->is_waiting, true)) ++waiting_;
  make_room();
}

HULL_INLINE std::vector<std::pair<std::string, value>> result_index::take_fresh() {
  std::vector<std::pair<std::string, value>> taken;
  taken.reserve(waiting_);
  for (auto at = slots_.rbegin(); at != slots_.rend() && waiting_ != 0; ++at) {
    if (!std::exchange(at->is_waiting, false)) continue;
    --waiting_;
    taken.emplace_back(at->token, *at->fresh);
  }
  return taken;
}

HULL_INLINE bool result_index::store_text(std::string_view token, const value& made_from, std::string text) {
  const auto found = by_token_.find(token);
  if (found == by_token_.end()) return false;  // It had to make room meanwhile.
  const place at = found->second;
  if (!at->is_waiting && at->fresh && at->fresh->same_as(made_from)) at->fresh.reset();
  if (token.size() + text.size() > max_bytes_) text.clear();
  const bool is_news = at->text != text;
  set_text(at, std::move(text));
  if (at->text.empty() && !at->fresh)
    remove(at);
  else
    make_room();
  return is_news;
}

HULL_INLINE void result_index::restore(std::string_view token, std::string_view text) {
  const place at = use(token);
  set_text(at, std::string(text));
  if (text.empty())
    remove(at);
  else
    make_room();
}

HULL_INLINE std::vector<std::pair<std::string_view, std::string_view>> result_index::all() const {
  std::vector<std::pair<std::string_view, std::string_view>> found;
  found.reserve(slots_.size());
  for (auto at = slots_.rbegin(); at != slots_.rend(); ++at)
    if (!at->text.empty()) found.emplace_back(at->token, at->text);
  return found;
}

HULL_INLINE void result_index::set_text(place at, std::string text) {
  bytes_ += text.size();
  bytes_ -= at->text.size();
  at->text = std::move(text);
}

HULL_INLINE void result_index::remove(place at) {
  waiting_ -= at->is_waiting;
  bytes_ -= at->token.size() + at->text.size();
  by_token_.erase(at->token);
  slots_.erase(at);
}

HULL_INLINE void result_index::make_room() {
  while (!slots_.empty() && (slots_.size() > max_results_ || bytes_ > max_bytes_)) remove(std::prev(slots_.end()));
}

}  // namespace hull::offline
