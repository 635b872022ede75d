// Cuts texts into parts of a bounded size and joins them again.
#include "functions/stored_text.hpp"

#include <utility>

namespace hull::backend::functions {
namespace {

using database::access;

constexpr std::size_t part_bytes = 512u << 10;

/// The longest prefix of at most `part_bytes` that ends between two characters.
std::string_view first_part(std::string_view text) {
  if (text.size() <= part_bytes) return text;
  std::size_t end = part_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;
  return text.substr(0, end);
}

outcome<void> insert_parts(database::transaction& tx, std::string_view table, const std::string& key,
                           std::string_view text) {
  double number = 0;
  for (const std::string_view part : parts_of(text)) {
    auto inserted = tx.insert(access::backend, table,
                              value::make_object({{"key", key}, {"part", number}, {"text", std::string(part)}}));
    if (!inserted) return inserted.error();
    number += 1;
  }
  return {};
}

}  // namespace

std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  do {
    parts.push_back(first_part(text));
    text.remove_prefix(parts.back().size());
  } while (!text.empty());
  return parts;
}

std::optional<std::string> join_parts(const std::vector<value>& rows) {
  std::vector<std::string_view> parts(rows.size());
  std::vector<bool> present(rows.size());
  for (const value& row : rows) {
    const value* number = row.find("part");
    const value* text = row.find("text");
    if (number == nullptr || number->if_double() == nullptr || text == nullptr || !text->is_string())
      return std::nullopt;
    const double at = number->as_double();
    if (!(at >= 0) || at >= static_cast<double>(rows.size())) return std::nullopt;
    const auto place = static_cast<std::size_t>(at);
    if (present[place]) return std::nullopt;
    present[place] = true;
    parts[place] = text->as_string();
  }
  std::string joined;
  for (const std::string_view part : parts) joined += part;
  return joined;
}

outcome<std::map<std::string, stored_text>> load_texts(database::transaction& tx, std::string_view table) {
  auto rows = tx.lookup(table, "by_creation_time", {});
  if (!rows) return rows.error();
  const auto damaged = [&] { return internal_failure("A row of " + std::string(table) + " is damaged."); };
  std::map<std::string, std::vector<value>> by_key;
  for (value& row : *rows) {
    const value* key = row.find("key");
    if (key == nullptr || !key->is_string()) return damaged();
    by_key[key->as_string()].push_back(std::move(row));
  }
  std::map<std::string, stored_text> texts;
  for (const auto& [key, parts] : by_key) {
    auto text = join_parts(parts);
    if (!text) return damaged();
    stored_text& stored = texts[key];
    stored.text = *std::move(text);
    for (const value& row : parts)
      if (const value* id = row.find("_id"); id != nullptr && id->is_string())
        stored.row_ids.push_back(id->as_string());
  }
  return texts;
}

outcome<void> store_texts(database::transaction& tx, std::string_view table,
                          const std::map<std::string, std::string>& texts) {
  auto stored = load_texts(tx, table);
  if (!stored) return stored.error();
  for (const auto& [key, old] : *stored) {
    const auto wanted = texts.find(key);
    if (wanted != texts.end() && wanted->second == old.text) continue;
    for (const std::string& id : old.row_ids) {
      auto removed = tx.remove(access::backend, id, std::nullopt);
      if (!removed) return removed.error();
    }
  }
  for (const auto& [key, text] : texts) {
    const auto old = stored->find(key);
    if (old != stored->end() && old->second.text == text) continue;
    if (auto inserted = insert_parts(tx, table, key, text); !inserted) return inserted;
  }
  return {};
}

}  // namespace hull::backend::functions
