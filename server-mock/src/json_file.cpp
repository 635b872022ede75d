// Bodies of json_file.hpp.
#include "json_file.hpp"

#include <hull/value/json.hpp>

#include <algorithm>
#include <charconv>
#include <fstream>

namespace hull::mock::detail {

result<std::string> read_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return error{errc::bad_argument, file + ": cannot be read.", {}, {}};
  constexpr std::size_t most = 64u << 20;
  std::string text;
  char piece[64 * 1024];
  while (in.read(piece, sizeof piece) || in.gcount() > 0) {
    text.append(piece, static_cast<std::size_t>(in.gcount()));
    if (text.size() > most) return error{errc::bad_argument, file + ": larger than 64 MiB.", {}, {}};
  }
  return text;
}

result<value> read_written_json(std::string_view text) {
  json_options options;
  options.limits.max_array_length = 1'000'000;  // a table may have more rows than a value may have items
  auto parsed = read_json(text, options);
  if (parsed) return parsed;
  error e = parsed.error();
  // The reader knows the offset; people count lines.
  constexpr std::string_view mark = "offset ";
  const auto at = e.message.find(mark);
  if (at == std::string::npos) return e;
  std::size_t offset = 0;
  std::from_chars(e.message.data() + at + mark.size(), e.message.data() + e.message.size(), offset);
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto last = before.rfind('\n');
  const std::size_t column = last == std::string_view::npos ? before.size() + 1 : before.size() - last;
  e.message = "line " + std::to_string(line) + ", column " + std::to_string(column) + ": " + e.message;
  return e;
}

void fail_at(const std::string& place, const std::string& what) {
  throw bad_file{(place.empty() ? "." : place) + ": " + what};
}

const object& need_object(const value& v, const std::string& place) {
  if (!v.is_object()) fail_at(place, "must be an object");
  return v.as_object();
}
const array& need_array(const value& v, const std::string& place) {
  if (!v.is_array()) fail_at(place, "must be an array");
  return v.as_array();
}
const std::string& need_text(const value& v, const std::string& place) {
  if (!v.is_string()) fail_at(place, "must be a string");
  return v.as_string();
}

void only_fields(const object& o, std::initializer_list<std::string_view> known, const std::string& place) {
  for (const auto& [name, unused] : o) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    std::string text = "is not known here; there ";
    text += known.size() == 1 ? "is" : "are";
    std::string separator = " ";
    for (const auto k : known) {
      text.append(separator).append(k);
      separator = ", ";
    }
    fail_at(place + "." + name, text);
  }
}

}  // namespace hull::mock::detail
