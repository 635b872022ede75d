// Tells newer syntax from mistakes by where the compiler stopped.
#include "runtime/newer_syntax.hpp"

#include <algorithm>

namespace hull::backend::runtime {
namespace {

bool is_name_character(char c) {
  return c == '_' || c == '$' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string_view without_space_at_the_end(std::string_view text) {
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

/// Takes the word off the end, if it stands there as a whole.
bool take_word(std::string_view& text, std::string_view word) {
  if (!text.ends_with(word)) return false;
  const std::string_view rest = text.substr(0, text.size() - word.size());
  if (!rest.empty() && is_name_character(rest.back())) return false;
  text = without_space_at_the_end(rest);
  return true;
}

/// A literal "/…/flags" with `v` among the flags.
bool has_v_flag(std::string_view literal) {
  for (std::size_t at = literal.find('/', 1); at != std::string_view::npos; at = literal.find('/', at + 1)) {
    std::string_view flags = literal.substr(at + 1);
    flags = flags.substr(
        0, static_cast<std::size_t>(std::find_if_not(flags.begin(), flags.end(), is_name_character) - flags.begin()));
    if (flags.find('v') != std::string_view::npos && flags.find_first_not_of("dgimsuvy") == std::string_view::npos)
      return true;
  }
  return false;
}

bool has_modifiers(std::string_view pattern) {
  for (std::size_t at = pattern.find("(?"); at != std::string_view::npos; at = pattern.find("(?", at + 2)) {
    const std::size_t end = pattern.find_first_not_of("ims-", at + 2);
    if (end != std::string_view::npos && end > at + 2 && pattern[end] == ':') return true;
  }
  return false;
}

}  // namespace

std::string_view newer_syntax(std::string_view message, std::string_view before, std::string_view after) {
  if (message.find("Invalid regular expression flags") != std::string_view::npos)
    return has_v_flag(after) ? "the flag v of regular expressions" : "";
  if (message.find("Invalid regular expression:") != std::string_view::npos) {
    if (message.find("Duplicate capture group name") != std::string_view::npos)
      return "groups of one name in a regular expression";
    return message.ends_with("Invalid group") && has_modifiers(message) ? "modifiers in regular expressions" : "";
  }
  if (after.starts_with('@')) return "decorators";
  std::string_view left = without_space_at_the_end(before);
  const bool name_follows = !after.empty() && (is_name_character(after.front()) || after.front() == '#');
  if (after.starts_with("with") && (left.ends_with('"') || left.ends_with('\''))) return "import attributes";
  if (left.ends_with("import.") ||
      ((take_word(left, "defer") || take_word(left, "source")) && take_word(left, "import")))
    return "`import defer` and `import source`";
  left = without_space_at_the_end(before);
  if (name_follows && take_word(left, "using")) return "`using` declarations";
  if (name_follows && take_word(left, "accessor")) return "`accessor` fields";
  return "";
}

}  // namespace hull::backend::runtime
