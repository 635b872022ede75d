// Tags in the order of the kinds, fixed-width numbers made to compare as unsigned bytes, escaped and terminated
// text: so concatenated keys compare element by element.
#include "database/index_key.hpp"

#include "database/commit_ts.hpp"

#include <bit>
#include <cstdint>

namespace hull::backend::database {
namespace {

enum tag : std::uint8_t {
  tag_undefined = 0x01,
  tag_null = 0x03,
  tag_int_zero = 0x08,  // Negative integers of 8, 4, 2, 1 bytes below, positive ones of 1, 2, 4, 8 bytes above.
  tag_float = 0x0d,
  tag_false = 0x0e,
  tag_true = 0x0f,
  tag_string = 0x10,
  tag_bytes = 0x11,
  tag_array = 0x12,
  tag_object = 0x15,
};
constexpr char terminator = '\0';
constexpr char escape = '\xff';

void append_big_endian(std::string& out, std::uint64_t bits, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(bits >> shift & 0xff);
}

void append_int(std::string& out, std::int64_t i) {
  if (i == 0) {
    out += static_cast<char>(tag_int_zero);
    return;
  }
  // The fewest of 1, 2, 4 and 8 bytes that hold the number with its sign.
  int width = 3;
  for (int w = 0; w < 3; ++w) {
    const int bits = 8 << w;
    if (i >= -(std::int64_t{1} << (bits - 1)) && i < (std::int64_t{1} << (bits - 1))) {
      width = w;
      break;
    }
  }
  const int distance = width + 1;
  out += static_cast<char>(i < 0 ? tag_int_zero - distance : tag_int_zero + distance);
  append_big_endian(out, static_cast<std::uint64_t>(i), 1 << width);
}

void append_float(std::string& out, double d) {
  constexpr std::uint64_t sign = std::uint64_t{1} << 63;
  const auto bits = std::bit_cast<std::uint64_t>(d);
  out += static_cast<char>(tag_float);
  append_big_endian(out, (bits & sign) != 0 ? ~bits : bits | sign, 8);
}

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    out += c;
    if (c == '\0') out += escape;
  }
  out += terminator;
}

std::strong_ordering order(std::string_view a, std::string_view b) {
  const int c = a.compare(b);
  return c < 0 ? std::strong_ordering::less : c > 0 ? std::strong_ordering::greater : std::strong_ordering::equal;
}

/// Doubles as integers of the same order: IEEE's total order.
std::int64_t total_order_bits(double d) {
  const auto bits = std::bit_cast<std::int64_t>(d);
  return bits < 0 ? static_cast<std::int64_t>(~static_cast<std::uint64_t>(bits) | (std::uint64_t{1} << 63)) : bits;
}

}  // namespace

void append_key(std::string& out, const value& v) {
  switch (v.kind()) {
    case kind::null:
      out += static_cast<char>(tag_null);
      break;
    case kind::int64:
      append_int(out, v.as_int64());
      break;
    case kind::float64:
      append_float(out, v.as_double());
      break;
    case kind::boolean:
      out += static_cast<char>(v.as_bool() ? tag_true : tag_false);
      break;
    case kind::string:
      out += static_cast<char>(tag_string);
      append_escaped(out, v.as_string());
      break;
    case kind::bytes:
      out += static_cast<char>(tag_bytes);
      append_escaped(out, {reinterpret_cast<const char*>(v.as_bytes().data()), v.as_bytes().size()});
      break;
    case kind::array:
      out += static_cast<char>(tag_array);
      for (const value& item : v.as_array()) append_key(out, item);
      out += terminator;
      break;
    case kind::object:
      if (is_commit_ts(v)) return append_int(out, upcoming_commit_ts);
      out += static_cast<char>(tag_object);
      for (const auto& [name, field] : v.as_object()) {
        append_escaped(out, name);
        // An empty name would look like the terminator of the object.
        if (name.empty()) out += escape;
        append_key(out, field);
      }
      out += terminator;
      break;
  }
}

void append_key(std::string& out, const maybe_value& v) {
  if (v)
    append_key(out, *v);
  else
    out += static_cast<char>(tag_undefined);
}

std::string key_of(const maybe_value& v) {
  std::string out;
  append_key(out, v);
  return out;
}

std::strong_ordering compare(const value& a, const value& b) {
  if (a.kind() != b.kind()) return a.kind() <=> b.kind();
  switch (a.kind()) {
    case kind::null:
      return std::strong_ordering::equal;
    case kind::int64:
      return a.as_int64() <=> b.as_int64();
    case kind::float64:
      return total_order_bits(a.as_double()) <=> total_order_bits(b.as_double());
    case kind::boolean:
      return a.as_bool() <=> b.as_bool();
    case kind::string:
      return order(a.as_string(), b.as_string());
    case kind::bytes:
      return a.as_bytes() <=> b.as_bytes();
    case kind::array: {
      const auto& x = a.as_array();
      const auto& y = b.as_array();
      for (std::size_t i = 0; i < x.size() && i < y.size(); ++i)
        if (const auto c = compare(x[i], y[i]); c != 0) return c;
      return x.size() <=> y.size();
    }
    case kind::object: {
      const auto& x = a.as_object();
      const auto& y = b.as_object();
      auto i = x.begin();
      auto j = y.begin();
      for (; i != x.end() && j != y.end(); ++i, ++j) {
        if (const auto c = order(i->first, j->first); c != 0) return c;
        if (const auto c = compare(i->second, j->second); c != 0) return c;
      }
      return x.size() <=> y.size();
    }
  }
  return std::strong_ordering::equal;
}

std::strong_ordering compare(const maybe_value& a, const maybe_value& b) {
  if (!a || !b) return a.has_value() <=> b.has_value();
  return compare(*a, *b);
}

field_path parse_field_path(std::string_view text) {
  field_path out;
  while (true) {
    const std::size_t dot = text.find('.');
    out.emplace_back(text.substr(0, dot));
    if (dot == std::string_view::npos) return out;
    text.remove_prefix(dot + 1);
  }
}

std::string to_string(const field_path& path) {
  std::string out;
  for (const std::string& field : path) {
    if (!out.empty()) out += '.';
    out += field;
  }
  return out;
}

maybe_value field_at(const value& document, const field_path& path) {
  const value* at = &document;
  for (const std::string& field : path) {
    at = at->find(field);
    if (!at) return std::nullopt;
  }
  return *at;
}

std::string index_key_of(const value& document, const std::vector<field_path>& fields) {
  std::string out;
  for (const field_path& path : fields) append_key(out, field_at(document, path));
  append_key(out, *document.find("_id"));
  return out;
}

}  // namespace hull::backend::database
