// Rows of a query result: reading, marking predictions, pairing them with what the deployment stored.
#include "hullrows_p.h"

#include <hull/value/json.hpp>

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace HullRows {

namespace {

using Places = std::unordered_map<std::string_view, int>;

Places placesOf(const std::vector<HullRow>& rows) {
  Places places;
  places.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) places.emplace(rows[i].key, static_cast<int>(i));
  return places;
}

// A document id of a deployment as canonical JSON: 31 to 37 characters of Crockford's base32 between quotes.
bool isDocumentId(std::string_view key) {
  if (key.size() < 33 || key.size() > 39) return false;
  return std::all_of(key.begin() + 1, key.end() - 1, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z' && c != 'i' && c != 'l' && c != 'o' && c != 'u');
  });
}

int sharedFields(const hull::value& a, const hull::value& b) {
  if (!a.is_object() || !b.is_object()) return 0;
  return static_cast<int>(std::count_if(a.as_object().begin(), a.as_object().end(), [&](const auto& field) {
    const hull::value* other = b.find(field.first);
    return other && *other == field.second;
  }));
}

}  // namespace

hull::result<std::vector<HullRow>> read(const hull::value& result, const std::string& keyField) {
  const hull::value* page = result.find("page");
  const hull::array* items = page ? page->if_array() : result.if_array();
  if (!items && !result.is_null())
    return hull::error{hull::errc::bad_value,
                       "a model shows an array, or an object whose field \"page\" is an array; this query returned " +
                           std::string(hull::to_string(result.kind())),
                       {},
                       {}};
  std::vector<HullRow> rows;
  if (!items) return rows;
  rows.reserve(items->size());
  std::unordered_map<std::string, int> seen;
  seen.reserve(items->size());
  for (const hull::value& item : *items) {
    const hull::value* key = item.find(keyField);
    std::string text = hull::write_json(key ? *key : item);
    const int earlier = seen[text]++;
    if (earlier > 0) text += "#" + std::to_string(earlier);
    rows.push_back({std::move(text), item, false});
  }
  return rows;
}

void markOptimistic(std::vector<HullRow>& after, const std::vector<HullRow>& before, bool layered) {
  if (!layered) return;
  const Places known = placesOf(before);
  for (HullRow& row : after) {
    const auto found = known.find(row.key);
    const bool confirmed = found != known.end() && !before[static_cast<std::size_t>(found->second)].isOptimistic;
    row.isOptimistic = !confirmed && !isDocumentId(row.key);
  }
}

std::vector<std::pair<int, int>> adoptions(const std::vector<HullRow>& before, const std::vector<HullRow>& after) {
  std::vector<std::pair<int, int>> pairs;
  const auto predicted = [](const HullRow& row) { return row.isOptimistic; };
  if (std::none_of(before.begin(), before.end(), predicted)) return pairs;
  const Places oldPlaces = placesOf(before);
  const Places newPlaces = placesOf(after);

  std::vector<bool> taken(after.size(), false);
  int gap = -1;  // New place of the last row passed that stays.
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (const auto stays = newPlaces.find(before[i].key); stays != newPlaces.end()) {
      gap = stays->second;
      continue;
    }
    if (!before[i].isOptimistic) continue;
    int best = -1;
    int bestShared = 0;
    for (int j = gap + 1; j < static_cast<int>(after.size()); ++j) {
      const HullRow& candidate = after[static_cast<std::size_t>(j)];
      if (oldPlaces.count(candidate.key)) break;
      const int shared = taken[static_cast<std::size_t>(j)] ? 0 : sharedFields(before[i].value, candidate.value);
      if (shared > bestShared) {
        best = j;
        bestShared = shared;
      }
    }
    if (best < 0) continue;
    taken[static_cast<std::size_t>(best)] = true;
    pairs.emplace_back(static_cast<int>(i), best);
  }
  return pairs;
}

}  // namespace HullRows
