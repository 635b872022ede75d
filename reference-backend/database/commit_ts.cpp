// Finding and replacing the placeholder.
#include "database/commit_ts.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace hull::backend::database {

bool is_commit_ts(const value& v) {
  const auto* fields = v.if_object();
  return fields != nullptr && fields->size() == 1 && fields->begin()->first == "$commitTs" &&
         fields->begin()->second.is_null();
}

namespace {

/// The value with the time in each place; nothing when it has no place for it, so that it can stay as it is.
std::optional<value> replaced(const value& v, std::int64_t ts) {
  if (is_commit_ts(v)) return value::int64(ts);
  if (const auto* items = v.if_array()) {
    std::optional<array> out;
    for (std::size_t i = 0; i < items->size(); ++i) {
      auto changed = replaced((*items)[i], ts);
      if (!changed) continue;
      if (!out) out = *items;
      (*out)[i] = *std::move(changed);
    }
    return out ? std::optional(value(*std::move(out))) : std::nullopt;
  }
  const auto* fields = v.if_object();
  if (fields == nullptr) return std::nullopt;
  std::optional<object> out;
  for (const auto& [name, field] : *fields) {
    auto changed = replaced(field, ts);
    if (!changed) continue;
    if (!out) out = *fields;
    out->set(name, *std::move(changed));
  }
  return out ? std::optional(value(*std::move(out))) : std::nullopt;
}

}  // namespace

bool holds_commit_ts(const value& v) {
  if (const auto* items = v.if_array()) return std::any_of(items->begin(), items->end(), holds_commit_ts);
  if (const auto* fields = v.if_object())
    return is_commit_ts(v) ||
           std::any_of(fields->begin(), fields->end(), [](const auto& f) { return holds_commit_ts(f.second); });
  return false;
}

value with_commit_ts(const value& v, std::int64_t ts) { return replaced(v, ts).value_or(v); }

}  // namespace hull::backend::database
