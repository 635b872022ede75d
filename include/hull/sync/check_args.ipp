// Bodies of check_args.hpp.
#pragma once

#include <hull/sync/check_args.hpp>
#include <hull/value/limits.hpp>

#include <string>

namespace hull::sync {
namespace detail {

/// Well-formed UTF-8 without surrogates and overlong forms.
HULL_INLINE bool is_valid_utf8(std::string_view text) noexcept {
  std::size_t i = 0;
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  while (i < text.size()) {
    const unsigned char first = byte(i);
    if (first < 0x80) {
      ++i;
      continue;
    }
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || i + length > text.size()) return false;
    for (std::size_t k = 1; k < length; ++k)
      if ((byte(i + k) & 0xC0) != 0x80) return false;
    const unsigned char second = byte(i + 1);
    if (first == 0xE0 && second < 0xA0) return false;
    if (first == 0xED && second > 0x9F) return false;
    if (first == 0xF0 && second < 0x90) return false;
    if (first == 0xF4 && second > 0x8F) return false;
    i += length;
  }
  return true;
}

/// Walks a value; `where` is the path to it and always restored.
class argument_checker {
 public:
  /// Empty when the value is fine.
  std::string check(const value& v, std::size_t depth) {
    if (depth > limits_.max_nesting) return "values nest at most " + std::to_string(limits_.max_nesting) + " deep";
    if (const auto* text = v.if_string())
      return is_valid_utf8(*text) ? std::string() : std::string("the text is not valid UTF-8");
    if (const auto* items = v.if_array()) return check_items(*items, depth);
    if (const auto* fields = v.if_object()) return check_fields(*fields, depth);
    return {};
  }
  const std::string& where() const noexcept { return where_; }

 private:
  std::string check_items(const array& items, std::size_t depth) {
    if (items.size() > limits_.max_array_length)
      return "an array has at most " + std::to_string(limits_.max_array_length) + " elements";
    const std::size_t back = where_.size();
    for (std::size_t i = 0; i < items.size(); ++i) {
      where_ += '[' + std::to_string(i) + ']';
      if (auto wrong = check(items[i], depth + 1); !wrong.empty()) return wrong;
      where_.resize(back);
    }
    return {};
  }

  std::string check_fields(const object& fields, std::size_t depth) {
    if (fields.size() > limits_.max_object_fields)
      return "an object has at most " + std::to_string(limits_.max_object_fields) + " fields";
    const std::size_t back = where_.size();
    for (const auto& [name, field] : fields) {
      if (auto wrong = check_name(name); !wrong.empty()) return wrong;
      where_ += '.' + name;
      if (auto wrong = check(field, depth + 1); !wrong.empty()) return wrong;
      where_.resize(back);
    }
    return {};
  }

  std::string check_name(const std::string& name) const {
    if (name.size() > limits_.max_field_name)
      return "a field name has at most " + std::to_string(limits_.max_field_name) + " characters";
    if (!name.empty() && name.front() == '$') return "the field name \"" + name + "\" must not start with '$'";
    for (const char c : name)
      if (c < 0x20 || c > 0x7E) return "a field name may only have printable ASCII characters";
    return {};
  }

  value_limits limits_;
  std::string where_ = "args";
};

}  // namespace detail

HULL_INLINE result<void> check_args(const value& args) {
  if (!args.is_object())
    return error{errc::bad_argument,
                 "The arguments to a Convex function must be an object. Received: " + std::string(to_string(args.kind())),
                 {},
                 {}};
  detail::argument_checker checker;
  if (auto wrong = checker.check(args, 0); !wrong.empty())
    return error{errc::bad_argument, checker.where() + ": " + wrong, {}, {}};
  return {};
}

}  // namespace hull::sync
