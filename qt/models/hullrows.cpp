// Rows: keys, hashes, and the list.
#include "hullrows_p.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <functional>
#include <numeric>

HullRowList::HullRowList(std::vector<HullRow> rows) : m_slots(std::move(rows)), m_order(m_slots.size()) {
  std::iota(m_order.begin(), m_order.end(), 0u);
}

void HullRowList::erase(int first, int count, std::vector<HullRow>& removed) {
  const auto begin = m_order.begin() + first;
  for (auto it = begin; it != begin + count; ++it) {
    removed.push_back(std::move(m_slots[*it]));
    m_free.push_back(*it);
  }
  m_order.erase(begin, begin + count);
}

void HullRowList::move(int first, int count, int to) {
  const auto begin = m_order.begin() + first;
  if (to < first)
    std::rotate(m_order.begin() + to, begin, begin + count);
  else
    std::rotate(begin, begin + count, m_order.begin() + to);
}

void HullRowList::insert(int first, int count, HullRow* rows) {
  std::vector<unsigned> places;
  places.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    if (m_free.empty()) {
      places.push_back(static_cast<unsigned>(m_slots.size()));
      m_slots.push_back(std::move(rows[i]));
    } else {
      places.push_back(m_free.back());
      m_free.pop_back();
      m_slots[places.back()] = std::move(rows[i]);
    }
  }
  m_order.insert(m_order.begin() + first, places.begin(), places.end());
}

namespace HullRows {

namespace {

std::size_t mixed(std::size_t hash, std::size_t more) {
  return (hash ^ (more + 0x9e3779b97f4a7c15u + (hash << 6) + (hash >> 2)));
}

std::size_t textHash(std::string_view text) { return std::hash<std::string_view>()(text); }

}  // namespace

hull::result<const hull::array*> items(const hull::value& result) {
  static const hull::array none;
  const hull::value* page = result.find("page");
  const hull::array* found = page ? page->if_array() : result.if_array();
  if (found) return found;
  if (result.is_null()) return &none;
  return hull::error{hull::errc::bad_value,
                     "a model shows an array, or an object whose field \"page\" is an array; this query returned " +
                         std::string(hull::to_string(result.kind())),
                     {},
                     {}};
}

const hull::value& keyOf(const hull::value& row, std::string_view keyField) {
  const hull::value* key = row.find(keyField);
  return key ? *key : row;
}

std::size_t hashOf(const hull::value& value) {
  const auto kind = static_cast<std::size_t>(value.kind());
  switch (value.kind()) {
    case hull::kind::string:
      return textHash(value.as_string());
    case hull::kind::bytes: {
      const hull::bytes& data = value.as_bytes();
      return mixed(kind, textHash({reinterpret_cast<const char*>(data.data()), data.size()}));
    }
    case hull::kind::array: {
      std::size_t hash = kind;
      for (const hull::value& item : value.as_array()) hash = mixed(hash, hashOf(item));
      return hash;
    }
    case hull::kind::object: {
      std::size_t hash = kind;
      for (const auto& [name, field] : value.as_object()) hash = mixed(mixed(hash, textHash(name)), hashOf(field));
      return hash;
    }
    default:
      return payloadHash(value);
  }
}

std::size_t payloadHash(const hull::value& value) {
  const auto address = [](const void* payload) {
    return static_cast<std::size_t>(reinterpret_cast<std::uintptr_t>(payload) >> 4) * 0x9e3779b97f4a7c15u;
  };
  switch (value.kind()) {
    case hull::kind::null:
      return 0;
    case hull::kind::boolean:
      return value.as_bool() ? 2 : 1;
    case hull::kind::float64:
      return mixed(3, std::bit_cast<std::uint64_t>(value.as_double()));
    case hull::kind::int64:
      return mixed(4, static_cast<std::size_t>(value.as_int64()));
    case hull::kind::string:
      return address(&value.as_string());
    case hull::kind::bytes:
      return address(&value.as_bytes());
    case hull::kind::array:
      return address(&value.as_array());
    case hull::kind::object:
      break;
  }
  return address(&value.as_object());
}

// 31 to 37 characters of Crockford's base32.
bool isDocumentId(const hull::value& key) {
  const std::string* text = key.if_string();
  return text && text->size() >= 31 && text->size() <= 37 && std::all_of(text->begin(), text->end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z' && c != 'i' && c != 'l' && c != 'o' && c != 'u');
         });
}

}  // namespace HullRows
