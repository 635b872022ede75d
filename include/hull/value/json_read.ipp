// JSON text to values in one pass, without an intermediate tree.
//
// Written here and not taken from Boost.JSON because values are what Hull is about: 1.81 of that library does
// not round doubles correctly, tells 1 from 1.0, and is no header-only dependency.
#pragma once

#include <hull/value/base64.hpp>
#include <hull/value/list_memory.hpp>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <optional>

namespace hull {
namespace detail {

inline std::uint64_t load_little_endian(const std::vector<std::uint8_t>& eight) {
  std::uint64_t bits = 0;
  for (int i = 7; i >= 0; --i) bits = bits << 8 | eight[static_cast<std::size_t>(i)];
  return bits;
}

class json_reader {
 public:
  json_reader(std::string_view text, const json_options& options)
      : begin_(text.data()), at_(begin_), end_(begin_ + text.size()), options_(options) {
    fields_.reserve(usual_fields);
    items_.reserve(usual_fields);
  }

  result<value> read() {
    value out;
    if (static_cast<std::size_t>(end_ - begin_) > options_.limits.max_text_bytes)
      fail("text is longer than " + std::to_string(options_.limits.max_text_bytes) + " bytes");
    else if (read_value(out, 0)) {
      skip_space();
      if (at_ != end_) fail("unexpected text after the value");
    }
    if (!message_.empty()) return hull::error{errc::bad_value, std::move(message_), {}, {}};
    return out;
  }

  // For readers of texts whose shape is known. Space before what they look for is passed over.
  bool next_is(char c) {
    skip_space();
    return at_ != end_ && *at_ == c;
  }
  bool take(char c) {
    if (!next_is(c)) return false;
    ++at_;
    return true;
  }
  /// A string of printable ASCII without escapes; nothing, and no step ahead, when something else comes.
  std::optional<std::string_view> plain_text() {
    if (!next_is('"')) return std::nullopt;
    const char* last = at_ + 1;
    while (last != end_ && *last >= 0x20 && *last < 0x7f && *last != '"' && *last != '\\') ++last;
    if (last == end_ || *last != '"') return std::nullopt;
    const std::string_view text(at_ + 1, static_cast<std::size_t>(last - at_ - 1));
    at_ = last + 1;
    return text;
  }
  /// As many digits as come; a number that goes on in another way is the caller's affair.
  std::string_view plain_digits() {
    skip_space();
    const char* const first = at_;
    while (at_ != end_ && *at_ >= '0' && *at_ <= '9') ++at_;
    return {first, static_cast<std::size_t>(at_ - first)};
  }
  bool is_at_end() {
    skip_space();
    return at_ == end_;
  }
  bool read_value(value& out, std::size_t depth) {
    skip_space();
    if (++values_ > options_.limits.max_values)
      return fail("text holds more than " + std::to_string(options_.limits.max_values) + " values");
    if (at_ == end_) return fail("text ends where a value should be");
    switch (*at_) {
      case '{':
        return enter(depth) && read_object(out, depth);
      case '[':
        return enter(depth) && read_array(out, depth);
      case '"': {
        std::string s;
        if (!read_string(s)) return false;
        out = value(std::move(s));
        return true;
      }
      case 't':
        out = value(true);
        return literal("true");
      case 'f':
        out = value(false);
        return literal("false");
      case 'n':
        out = value();
        return literal("null");
      default:
        return read_number(out);
    }
  }
  /// The same, where the first list in the value may be one that came before, in much the same form.
  bool read_value(value& out, std::size_t depth, list_memory* memory) {
    memory_ = memory;
    const bool read = read_value(out, depth);
    memory_ = nullptr;
    return read;
  }
  /// The opening quote comes next.
  bool read_string(std::string& out) {
    ++at_;  // the opening quote
    for (;;) {
      const char* const run = at_;
      skip_plain_words();
      while (at_ != end_ && static_cast<unsigned char>(*at_) >= 0x20 && static_cast<unsigned char>(*at_) < 0x80 &&
             *at_ != '"' && *at_ != '\\')
        ++at_;
      out.append(run, at_);
      if (at_ == end_) return fail("text ends inside a string");
      const auto c = static_cast<unsigned char>(*at_);
      if (c == '"') return ++at_, true;
      if (c < 0x20) return fail("control character inside a string");
      if (!(c == '\\' ? read_escape(out) : read_multibyte(out))) return false;
    }
  }

 private:
  static constexpr std::size_t usual_fields = 16;

  bool fail(std::string what) {
    if (message_.empty()) message_ = "Invalid JSON at offset " + std::to_string(at_ - begin_) + ": " + std::move(what);
    return false;
  }

  void skip_space() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }

  bool literal(std::string_view word) {
    if (static_cast<std::size_t>(end_ - at_) < word.size() || std::memcmp(at_, word.data(), word.size()) != 0)
      return fail("unknown word");
    at_ += word.size();
    return true;
  }

  // An encoding such as {"$integer": "..."} is a scalar, so the innermost container may be one level deeper in
  // the text than in the value; read_object settles that.
  bool enter(std::size_t depth) {
    if (depth > options_.limits.max_nesting) return too_deep();
    return true;
  }
  bool too_deep() {
    return fail("value is nested more than " + std::to_string(options_.limits.max_nesting) + " levels deep");
  }

  bool read_array(value& out, std::size_t depth) {
    if (depth >= options_.limits.max_nesting) return too_deep();
    list_memory* memory = std::exchange(memory_, nullptr);  // Lists inside this one are not remembered.
    if (memory && static_cast<std::size_t>(end_ - at_) < memory->least_text()) memory = nullptr;
    rows_.clear();
    if (memory) {
      memory->begin(depth);
      rows_.reserve(memory->rows() + 1);
    }
    const char* const text = at_;
    ++at_;
    const std::size_t first = items_.size();
    skip_space();
    if (at_ != end_ && *at_ == ']') {
      ++at_;
    } else {
      for (;;) {
        if (items_.size() - first == options_.limits.max_array_length)
          return fail("array has more than " + std::to_string(options_.limits.max_array_length) + " elements");
        value item;
        if (!(memory ? read_row(item, depth + 1, *memory, text) : read_value(item, depth + 1))) return false;
        items_.push_back(std::move(item));
        skip_space();
        if (at_ == end_) return fail("text ends inside an array");
        const char c = *at_++;
        if (c == ']') break;
        if (c != ',') return --at_, fail("expected ',' or ']'");
      }
    }
    out = value(take_from(items_, first));
    if (memory) memory->keep({text, static_cast<std::size_t>(at_ - text)}, std::move(rows_));
    return true;
  }

  /// One element of a list that is remembered, which begins at `list`.
  bool read_row(value& out, std::size_t depth, list_memory& memory, const char* list) {
    skip_space();
    const char* const text = at_;
    const std::size_t values = values_;
    const bool delimits_itself = at_ != end_ && (*at_ == '{' || *at_ == '[' || *at_ == '"');
    const list_memory::row* known = delimits_itself ? memory.find(at_, end_) : nullptr;
    if (known && values_ + known->values <= options_.limits.max_values) {
      out = known->v;
      at_ += known->size;
      values_ += known->values;
    } else if (!read_value(out, depth)) {
      return false;
    }
    if (delimits_itself)
      rows_.push_back({static_cast<std::size_t>(text - list), static_cast<std::size_t>(at_ - text), values_ - values, out});
    return true;
  }

  /// What was collected from `first` on, in a vector of just that size: most values live long and never grow.
  template <class T>
  static std::vector<T> take_from(std::vector<T>& collected, std::size_t first) {
    const auto begin = std::make_move_iterator(collected.begin() + static_cast<std::ptrdiff_t>(first));
    std::vector<T> taken(begin, std::make_move_iterator(collected.end()));
    collected.resize(first);
    return taken;
  }

  bool read_object(value& out, std::size_t depth) {
    ++at_;
    const std::size_t first = fields_.size();
    skip_space();
    if (at_ != end_ && *at_ == '}') {
      ++at_;
    } else {
      for (;;) {
        skip_space();
        if (at_ == end_ || *at_ != '"') return fail("expected a field name in quotes");
        if (fields_.size() - first == options_.limits.max_object_fields)
          return fail("object has more than " + std::to_string(options_.limits.max_object_fields) + " fields");
        object::field field;
        if (!read_string(field.first)) return false;
        skip_space();
        if (at_ == end_ || *at_ != ':') return fail("expected ':' after a field name");
        ++at_;
        if (!read_value(field.second, depth + 1)) return false;
        // Said twice it is still one name, and with the last of its values it may be an encoding.
        const bool is_repeated = fields_.size() > first && field.first.starts_with('$') && field.first == fields_.back().first;
        if (is_repeated)
          fields_.back() = std::move(field);
        else
          fields_.push_back(std::move(field));
        skip_space();
        if (at_ == end_) return fail("text ends inside an object");
        const char c = *at_++;
        if (c == '}') break;
        if (c != ',') return --at_, fail("expected ',' or '}'");
      }
    }
    const bool may_be_encoding = !options_.plain && fields_.size() - first == 1 && !fields_.back().first.empty();
    if (may_be_encoding && fields_.back().first[0] == '$') {
      bool done = false;
      if (!read_encoding(fields_.back(), out, done)) return false;
      if (done) return fields_.pop_back(), true;
    }
    if (depth >= options_.limits.max_nesting) return too_deep();
    if (!options_.any_names && !options_.plain)
      for (std::size_t i = first; i < fields_.size(); ++i)
        if (!check_name(fields_[i].first)) return false;
    out = value(object(take_from(fields_, first)));
    return true;
  }

  bool check_name(const std::string& name) {
    if (name.size() > options_.limits.max_field_name)
      return fail("field name is longer than " + std::to_string(options_.limits.max_field_name) + " characters");
    if (!name.empty() && name[0] == '$') return fail("field name \"" + name + "\" starts with '$', which is reserved");
    for (const char c : name)
      if (c < 0x20 || c > 0x7e) return fail("field name \"" + name + "\" has a character that is not printable ASCII");
    return true;
  }

  /// `done` tells whether `field` was an encoding. A malformed one is an error unless any name goes.
  bool read_encoding(const object::field& field, value& out, bool& done) {
    const std::string& name = field.first;
    const bool wide = name == "$integer" || name == "$float";
    std::string problem;
    if (name == "$set" || name == "$map") {
      problem = name + " is no longer supported as a Convex type";
    } else if (wide || name == "$bytes") {
      const std::string* text = field.second.if_string();
      auto data = text ? decode_base64(*text) : std::nullopt;
      if (!text)
        problem = name + " must hold a string";
      else if (!data)
        problem = name + " does not hold base64";
      else if (wide && data->size() != 8)
        problem = "Received " + std::to_string(data->size()) + " bytes, expected 8 for " + name;
      else if (name == "$bytes")
        out = value(std::move(*data));
      else if (name == "$integer")
        out = value::int64(static_cast<std::int64_t>(load_little_endian(*data)));
      else {
        const double d = std::bit_cast<double>(load_little_endian(*data));
        if (std::isfinite(d) && !(d == 0 && std::signbit(d)))
          problem = "Float should be encoded as a number";
        else
          out = value(d);
      }
      if (problem.empty()) return done = true;
    } else {
      return true;
    }
    return options_.any_names ? true : fail(std::move(problem));
  }

  bool read_number(value& out) {
    const char* const start = at_;
    const auto digit = [this] { return at_ != end_ && *at_ >= '0' && *at_ <= '9'; };
    const auto digits = [&] {
      if (!digit()) return false;
      while (digit()) ++at_;
      return true;
    };
    if (at_ != end_ && *at_ == '-') ++at_;
    if (at_ != end_ && *at_ == '0')
      ++at_;
    else if (!digits())
      return at_ = start, fail("unexpected character");
    if (at_ != end_ && *at_ == '.') {
      ++at_;
      if (!digits()) return fail("expected a digit after '.'");
    }
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
      ++at_;
      if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
      if (!digits()) return fail("expected a digit in the exponent");
    }
    double d = 0;
    const auto [stop, code] = std::from_chars(start, at_, d);
    if (code == std::errc::result_out_of_range) {
      // Too small is zero or a subnormal, too large has no value.
      d = std::strtod(std::string(start, at_).c_str(), nullptr);
      if (!std::isfinite(d)) return fail("number is too large for a Float64");
    } else if (code != std::errc() || stop != at_) {
      return fail("malformed number");
    }
    out = value(d);
    return true;
  }

  /// Passes over eight characters at a time, while none of them needs a closer look.
  void skip_plain_words() {
    constexpr std::uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;
    const auto has_zero = [](std::uint64_t w) { return (w - ones) & ~w & tops; };
    while (end_ - at_ >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, at_, 8);
      const std::uint64_t control = (word - ones * 0x20) & ~word & tops;
      if (control | (word & tops) | has_zero(word ^ (ones * '"')) | has_zero(word ^ (ones * '\\'))) return;
      at_ += 8;
    }
  }

  /// One character of two to four bytes: no overlong form, no surrogate, nothing above U+10FFFF.
  bool read_multibyte(std::string& out) {
    const auto* p = reinterpret_cast<const unsigned char*>(at_);
    const auto left = static_cast<std::size_t>(end_ - at_);
    const std::size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    bool good = p[0] >= 0xc2 && p[0] <= 0xf4 && left >= n;
    for (std::size_t i = 1; good && i < n; ++i) good = (p[i] & 0xc0) == 0x80;
    if (good && n >= 3) {
      const unsigned second = p[1];
      good = !(p[0] == 0xe0 && second < 0xa0) && !(p[0] == 0xed && second >= 0xa0) &&
             !(p[0] == 0xf0 && second < 0x90) && !(p[0] == 0xf4 && second >= 0x90);
    }
    if (!good) return fail("string is not valid UTF-8");
    out.append(at_, n);
    at_ += n;
    return true;
  }

  bool read_escape(std::string& out) {
    ++at_;
    if (at_ == end_) return fail("text ends inside a string");
    switch (*at_++) {
      case '"':
        out += '"';
        return true;
      case '\\':
        out += '\\';
        return true;
      case '/':
        out += '/';
        return true;
      case 'b':
        out += '\b';
        return true;
      case 'f':
        out += '\f';
        return true;
      case 'n':
        out += '\n';
        return true;
      case 'r':
        out += '\r';
        return true;
      case 't':
        out += '\t';
        return true;
      case 'u':
        break;
      default:
        return --at_, fail("unknown escape in a string");
    }
    std::uint32_t code = 0;
    if (!read_hex4(code)) return false;
    if (code >= 0xd800 && code < 0xdc00) {
      std::uint32_t low = 0;
      if (end_ - at_ < 2 || at_[0] != '\\' || at_[1] != 'u') return fail("lone surrogate in a string");
      at_ += 2;
      if (!read_hex4(low)) return false;
      if (low < 0xdc00 || low > 0xdfff) return fail("lone surrogate in a string");
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    } else if (code >= 0xdc00 && code < 0xe000) {
      return fail("lone surrogate in a string");
    }
    append_utf8(out, code);
    return true;
  }

  bool read_hex4(std::uint32_t& code) {
    if (end_ - at_ < 4) return fail("text ends inside a string");
    const auto [stop, ec] = std::from_chars(at_, at_ + 4, code, 16);
    if (ec != std::errc() || stop != at_ + 4) return fail("malformed \\u escape");
    at_ += 4;
    return true;
  }

  static void append_utf8(std::string& out, std::uint32_t c) {
    const auto tail = [&](int shift) { out += static_cast<char>(0x80 | (c >> shift & 0x3f)); };
    if (c < 0x80) {
      out += static_cast<char>(c);
    } else if (c < 0x800) {
      out += static_cast<char>(0xc0 | c >> 6);
      tail(0);
    } else if (c < 0x10000) {
      out += static_cast<char>(0xe0 | c >> 12);
      tail(6), tail(0);
    } else {
      out += static_cast<char>(0xf0 | c >> 18);
      tail(12), tail(6), tail(0);
    }
  }

  const char* const begin_;
  const char* at_;
  const char* const end_;
  const json_options& options_;
  // Fields and items of the containers that are being read, the innermost last.
  std::vector<object::field> fields_;
  std::vector<value> items_;
  std::size_t values_ = 0;
  list_memory* memory_ = nullptr;          ///< For the next list that comes.
  std::vector<list_memory::row> rows_;     ///< Of the list that is read with a memory.
  std::string message_;
};

}  // namespace detail

inline result<value> read_json(std::string_view text, const json_options& options) {
  return detail::json_reader(text, options).read();
}

}  // namespace hull
