// Bodies of client_version.hpp.
#include "sync/client_version.hpp"

#include <charconv>

namespace hull::backend::sync {
namespace {

using version_number = std::array<std::uint32_t, 3>;

/// "1.2.3", with or without "-alpha.1" or "+build" behind it.
std::optional<version_number> parse_semver(std::string_view text) {
  version_number number{};
  const char* at = text.data();
  const char* const end = at + text.size();
  for (int i = 0; i < 3; ++i) {
    if (i != 0 && (at == end || *at++ != '.')) return std::nullopt;
    const auto [after, error] = std::from_chars(at, end, number[static_cast<std::size_t>(i)]);
    if (error != std::errc()) return std::nullopt;
    at = after;
  }
  if (at == end) return number;
  if (*at != '-' && *at != '+') return std::nullopt;
  if (++at == end) return std::nullopt;
  for (; at != end; ++at)
    if (!std::isalnum(static_cast<unsigned char>(*at)) && *at != '.' && *at != '-' && *at != '+') return std::nullopt;
  return number;
}

failure invalid(std::string_view text) {
  return bad_request("InvalidClientVersion", "\"" + std::string(text.substr(0, 100)) +
                                                 "\" names no client and version. Expected a text such as npm-1.48.0.");
}

constexpr std::string_view socket_prefix = "/api/";
constexpr std::string_view socket_suffix = "/sync";

}  // namespace

outcome<client_version> parse_client_header(std::string_view header) {
  for (auto dash = header.find('-'); dash != std::string_view::npos; dash = header.find('-', dash + 1))
    if (const auto number = parse_semver(header.substr(dash + 1)); number && dash != 0)
      return client_version{std::string(header.substr(0, dash)), *number};
  return invalid(header);
}

bool is_sync_path(std::string_view path) {
  if (path == "/api/sync") return true;
  return path.starts_with(socket_prefix) && path.ends_with(socket_suffix) &&
         path.size() > socket_prefix.size() + socket_suffix.size() &&
         path.substr(socket_prefix.size(), path.size() - socket_prefix.size() - socket_suffix.size()).find('/') ==
             std::string_view::npos;
}

outcome<client_version> socket_client(std::string_view path, const std::optional<std::string>& header) {
  client_version client{"unknown", {}};
  if (header) {
    auto parsed = parse_client_header(*header);
    if (!parsed) return parsed.error();
    client = std::move(*parsed);
  } else if (path != "/api/sync") {
    path.remove_prefix(socket_prefix.size());
    path.remove_suffix(socket_suffix.size());
    const auto number = parse_semver(path);
    if (!number) return invalid(path);
    client = {"npm", *number};
  }
  const bool too_old = (client.name == "npm" && client.number <= version_number{0, 19, 1}) ||
                       (client.name == "python" && client.number <= version_number{0, 0, 2}) ||
                       (client.name == "rust" && client.number <= version_number{0, 0, 1});
  if (too_old)
    return bad_request("ClientVersionUnsupported",
                       "This version of the " + client.name + " client is too old for this deployment. Upgrade it.");
  return client;
}

bool takes_transition_chunks(const client_version& client) {
  return client.name == "npm" && client.number >= version_number{1, 28, 0};
}

bool defaults_to_encoded_json(const client_version& client) {
  if (client.name == "npm" || client.name == "npm-cli" || client.name == "actions")
    return client.number < version_number{1, 4, 1};
  if (client.name == "python" || client.name == "python-convex") return client.number < version_number{0, 5, 0};
  return false;
}

}  // namespace hull::backend::sync
