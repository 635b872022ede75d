// Bodies of data_url.hpp.
#include "auth/data_url.hpp"

#include <hull/value/base64.hpp>

#include <algorithm>
#include <optional>

namespace hull::backend::auth {
namespace {

constexpr std::string_view scheme = "data:";
constexpr std::string_view base64_mark = ";base64";

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = digit(text[i + 1]);
    const int low = digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(16 * high + low);
    i += 2;
  }
  return out;
}

bool starts_with(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() && std::equal(lower.begin(), lower.end(), text.begin(), [](char a, char b) {
           return a == (b >= 'A' && b <= 'Z' ? b - 'A' + 'a' : b);
         });
}

failure no_data_url(std::string why) { return bad_request("InvalidDataUrl", "the data URL " + std::move(why)); }

}  // namespace

bool is_data_url(std::string_view url) noexcept { return starts_with(url, scheme); }

outcome<std::string> decode_data_url(std::string_view url, std::size_t max_bytes) {
  const auto comma = url.find(',');
  if (!is_data_url(url) || comma == std::string_view::npos) return no_data_url("has no comma before its content");
  if (url.size() > 4 * max_bytes) return no_data_url("is too large");
  const std::string_view type = url.substr(scheme.size(), comma - scheme.size());
  auto content = percent_decode(url.substr(comma + 1));
  if (!content) return no_data_url("is not properly percent-encoded");
  const bool is_base64 =
      type.size() >= base64_mark.size() && starts_with(type.substr(type.size() - base64_mark.size()), base64_mark);
  if (!is_base64) return *std::move(content);
  while (content->size() % 4 != 0 && content->back() != '=') *content += '=';
  const auto bytes = decode_base64(*content);
  if (!bytes) return no_data_url("is no base64");
  return std::string(bytes->begin(), bytes->end());
}

}  // namespace hull::backend::auth
