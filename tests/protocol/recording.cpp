// See recording.hpp.
#include "recording.hpp"

#include <fstream>
#include <regex>
#include <stdexcept>

namespace hull::golden {
namespace {
constexpr std::string_view from_client = R"({"from":"client","frame":)";
constexpr std::string_view from_server = R"({"from":"server","frame":)";
constexpr std::string_view closing = R"({"from":"server",)";
constexpr std::string_view opening = R"({"socket":)";
}  // namespace

std::string settled(std::string_view client_frame) {
  static const std::regex session(R"re("sessionId":"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")re");
  static const std::regex clock(R"re("(clientTs|startTime|transitionTransitTime)":-?[0-9.]+(e[+-]?[0-9]+)?)re");
  std::string text =
      std::regex_replace(std::string(client_frame), session, R"("sessionId":"00000000-0000-4000-8000-000000000000")");
  return std::regex_replace(text, clock, R"("$1":1000)");
}

std::string to_text(const line& l) {
  switch (l.what) {
    case line::kind::client_frame:
      return std::string(from_client) + l.text + "}";
    case line::kind::server_frame:
      return std::string(from_server) + l.text + "}";
    default:
      return l.text;
  }
}

std::vector<line> read_recording(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("cannot read " + file.string() + "; './dev golden' records it");
  std::vector<line> lines;
  for (std::string text; std::getline(in, text);) {
    const std::string_view t = text;
    const auto frame = [&](std::string_view head) {
      return std::string(t.substr(head.size(), t.size() - head.size() - 1));
    };
    if (!t.ends_with('}'))
      throw std::runtime_error(file.string() + ":" + std::to_string(lines.size() + 1) + ": not a line of a recording");
    if (t.starts_with(from_client))
      lines.push_back({line::kind::client_frame, frame(from_client)});
    else if (t.starts_with(from_server))
      lines.push_back({line::kind::server_frame, frame(from_server)});
    else if (t.starts_with(closing))
      lines.push_back({line::kind::server_close, text});
    else if (t.starts_with(opening))
      lines.push_back({line::kind::socket, text});
    else
      throw std::runtime_error(file.string() + ":" + std::to_string(lines.size() + 1) + ": not a line of a recording");
  }
  return lines;
}

}  // namespace hull::golden
