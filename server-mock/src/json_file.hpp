// JSON files that people write by hand: what is wrong is told by line, or by place within the value.
#pragma once

#include <hull/error.hpp>
#include <hull/value/value.hpp>

#include <initializer_list>
#include <string>
#include <string_view>

namespace hull::mock::detail {

/// errc::bad_argument when the file cannot be read, or is larger than 64 MiB.
result<std::string> read_file(const std::string& file);
/// errc::bad_value with "line L, column C: ..." for what is no JSON.
result<value> read_written_json(std::string_view text);

/// Thrown while a file is taken in; the text names the place.
struct bad_file {
  std::string text;
};
[[noreturn]] void fail_at(const std::string& place, const std::string& what);
const object& need_object(const value& v, const std::string& place);
const array& need_array(const value& v, const std::string& place);
const std::string& need_text(const value& v, const std::string& place);
/// No field besides these.
void only_fields(const object& o, std::initializer_list<std::string_view> known, const std::string& place);

}  // namespace hull::mock::detail
