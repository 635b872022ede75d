// Values to canonical JSON text.
#pragma once

#include <hull/value/base64.hpp>

#include <array>
#include <bit>
#include <charconv>
#include <cmath>

namespace hull {
namespace detail {

inline std::string encode_little_endian(std::uint64_t bits) {
  std::array<std::uint8_t, 8> eight;
  for (auto& b : eight) {
    b = static_cast<std::uint8_t>(bits);
    bits >>= 8;
  }
  return encode_base64(eight);
}

inline bool has_plain_number(double d) { return std::isfinite(d) && !(d == 0 && std::signbit(d)); }

template <bool clean>
void append_value(std::string& out, const value& v) {
  switch (v.kind()) {
    case kind::null: out += "null"; break;
    case kind::boolean: out += v.as_bool() ? "true" : "false"; break;
    case kind::string: append_json_string(out, v.as_string()); break;
    case kind::int64:
      if constexpr (clean)
        out += '"' + std::to_string(v.as_int64()) + '"';
      else
        out += R"({"$integer":")" + encode_little_endian(static_cast<std::uint64_t>(v.as_int64())) + "\"}";
      break;
    case kind::float64: {
      const double d = v.as_double();
      if (has_plain_number(d))
        append_js_number(out, d);
      else if constexpr (clean)
        out += d == 0 ? "-0.0" : std::isnan(d) ? "\"NaN\"" : d > 0 ? "\"Infinity\"" : "\"-Infinity\"";
      else
        out += R"({"$float":")" + encode_little_endian(std::bit_cast<std::uint64_t>(d)) + "\"}";
      break;
    }
    case kind::bytes:
      if constexpr (clean)
        out += '"' + encode_base64(v.as_bytes()) + '"';
      else
        out += R"({"$bytes":")" + encode_base64(v.as_bytes()) + "\"}";
      break;
    case kind::array: {
      out += '[';
      bool first = true;
      for (const auto& item : v.as_array()) {
        if (!std::exchange(first, false)) out += ',';
        append_value<clean>(out, item);
      }
      out += ']';
      break;
    }
    case kind::object: {
      out += '{';
      bool first = true;
      for (const auto& [name, item] : v.as_object()) {
        if (!std::exchange(first, false)) out += ',';
        append_json_string(out, name);
        out += ':';
        append_value<clean>(out, item);
      }
      out += '}';
      break;
    }
  }
}

}  // namespace detail

inline void append_json_string(std::string& out, std::string_view text) {
  static constexpr char hex[] = "0123456789abcdef";
  out += '"';
  std::size_t run = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, run, i - run);
    run = i + 1;
    out += '\\';
    switch (c) {
      case '"': out += '"'; break;
      case '\\': out += '\\'; break;
      case '\b': out += 'b'; break;
      case '\f': out += 'f'; break;
      case '\n': out += 'n'; break;
      case '\r': out += 'r'; break;
      case '\t': out += 't'; break;
      default:
        out += "u00";
        out += hex[c >> 4];
        out += hex[c & 15];
    }
  }
  out.append(text, run, text.size() - run);
  out += '"';
}

inline void append_js_number(std::string& out, double d) {
  if (d == 0) {
    out += '0';
    return;
  }
  // The shortest digits that read back as d, as "d.ddde+xx"; JavaScript has its own rule where the point goes.
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, std::fabs(d), std::chars_format::scientific).ptr;
  const std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
  const auto e = text.find('e');
  std::string digits(1, text[0]);
  if (e > 1) digits.append(text.substr(2, e - 2));
  int exponent = 0;
  const char* sign = buffer + e + 1;
  std::from_chars(*sign == '+' ? sign + 1 : sign, end, exponent);

  if (d < 0) out += '-';
  const int count = static_cast<int>(digits.size());
  const int point = exponent + 1;  // digits before the decimal point
  if (count <= point && point <= 21) {
    out += digits;
    out.append(static_cast<std::size_t>(point - count), '0');
  } else if (0 < point && point <= 21) {
    out.append(digits, 0, static_cast<std::size_t>(point));
    out += '.';
    out.append(digits, static_cast<std::size_t>(point));
  } else if (-6 < point && point <= 0) {
    out += "0.";
    out.append(static_cast<std::size_t>(-point), '0');
    out += digits;
  } else {
    out += digits[0];
    if (count > 1) out.append(".").append(digits, 1);
    out += exponent < 0 ? "e-" : "e+";
    out += std::to_string(std::abs(exponent));
  }
}

inline void append_json(std::string& out, const value& v) { detail::append_value<false>(out, v); }

inline std::string write_json(const value& v) {
  std::string out;
  append_json(out, v);
  return out;
}

inline std::string write_clean_json(const value& v) {
  std::string out;
  detail::append_value<true>(out, v);
  return out;
}

}  // namespace hull
