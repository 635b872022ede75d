// Finding and replacing the placeholder.
#include "database/commit_ts.hpp"

#include <algorithm>

namespace hull::backend::database {

bool is_commit_ts(const value& v) {
  const auto* fields = v.if_object();
  return fields != nullptr && fields->size() == 1 && fields->begin()->first == "$commitTs" &&
         fields->begin()->second.is_null();
}

bool holds_commit_ts(const value& v) {
  if (const auto* items = v.if_array()) return std::any_of(items->begin(), items->end(), holds_commit_ts);
  if (const auto* fields = v.if_object())
    return is_commit_ts(v) ||
           std::any_of(fields->begin(), fields->end(), [](const auto& f) { return holds_commit_ts(f.second); });
  return false;
}

value with_commit_ts(const value& v, std::int64_t ts) {
  if (!holds_commit_ts(v)) return v;
  if (is_commit_ts(v)) return value::int64(ts);
  if (const auto* items = v.if_array()) {
    array out;
    for (const value& item : *items) out.push_back(with_commit_ts(item, ts));
    return value(std::move(out));
  }
  object out;
  for (const auto& [name, field] : v.as_object()) out.set(name, with_commit_ts(field, ts));
  return value(std::move(out));
}

}  // namespace hull::backend::database
