// Bodies of conversion.hpp.
#pragma once

#include <algorithm>
#include <utility>

namespace hull::detail {

inline std::string describe_kind(const value& v) {
  switch (v.kind()) {
    case kind::null:
      return "null";
    case kind::int64:
      return "a 64-bit integer (Int64)";
    case kind::float64:
      return "a number (Float64)";
    case kind::boolean:
      return "a Boolean";
    case kind::string:
      return "a string";
    case kind::bytes:
      return "bytes";
    case kind::array:
      return "an array";
    case kind::object:
      break;
  }
  return "an object";
}

/// As describe_kind, but scalars show themselves.
inline std::string describe_content(const value& v) {
  constexpr std::size_t enough = 40;
  if (v.is_string()) {
    if (v.as_string().size() > enough) return "a string of " + std::to_string(v.as_string().size()) + " bytes";
    return write_json(v);
  }
  if (v.if_double()) return "the number " + write_clean_json(v);
  return describe_kind(v);
}

inline std::string conversion::path() const {
  std::vector<const step*> steps;
  for (const step* s = innermost_; s != nullptr; s = s->outer_) steps.push_back(s);
  std::string text;
  for (auto s = steps.rbegin(); s != steps.rend(); ++s) {
    if ((*s)->index_ != step::no_index) {
      text += '[' + std::to_string((*s)->index_) + ']';
    } else {
      if (!text.empty()) text += '.';
      text += (*s)->field_;
    }
  }
  return text;
}

inline bool conversion::fail(std::string_view what) {
  failure_.text = path();
  if (!failure_.text.empty()) failure_.text += ": ";
  failure_.text += what;
  failure_.is_tag = false;
  return false;
}

inline bool conversion::fail_kind(std::string_view expected, const value& got) {
  return fail(std::string("expected ").append(expected).append(", got ").append(describe_kind(got)));
}

inline bool conversion::fail_tag(std::string_view expected, const value& got) {
  std::string what = "expected ";
  append_json_string(what, expected);
  fail(what + ", got " + describe_content(got));
  failure_.is_tag = true;
  return false;
}

inline bool conversion::fail_integer(std::string_view least, std::string_view most, const value& got) {
  return fail(std::string("expected a whole number from ").append(least).append(" to ").append(most) + ", got " +
              describe_content(got));
}

inline bool conversion::fail_choice(std::string_view choices, const value& got) {
  return fail(std::string("expected one of ").append(choices).append(", got ") + describe_content(got));
}

inline bool conversion::fail_union(std::vector<failure>& alternatives) {
  const auto is_tag = [](const failure& f) { return f.is_tag; };
  if (!std::all_of(alternatives.begin(), alternatives.end(), is_tag)) std::erase_if(alternatives, is_tag);
  if (alternatives.size() == 1) {
    failure_ = std::move(alternatives.front());  // Its path starts at the root already.
    return false;
  }
  std::string what = "fits none of the alternatives";
  for (const failure& f : alternatives) what += (&f == alternatives.data() ? " (" : "; ") + f.text;
  return fail(what + ")");
}

inline bool conversion::may_nest() {
  constexpr std::size_t most = value_limits{}.max_nesting;
  if (depth_ < most) return true;
  return fail("values nest at most " + std::to_string(most) + " deep");
}

inline conversion::failure conversion::take_failure() { return std::exchange(failure_, {}); }

inline error conversion::take_error(errc code) { return error{code, take_failure().text, {}, {}}; }

}  // namespace hull::detail
