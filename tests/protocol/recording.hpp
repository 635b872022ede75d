// A conversation as lines of JSON, one file for each scenario:
//   {"socket":0,"target":"/api/1.48.0/sync"}         the client opened a socket
//   {"from":"client","frame":{...}}                  a frame, byte for byte but for what `settled` replaces
//   {"from":"server","frame":{...}}
//   {"from":"server","close":1001,"reason":""}       or "drop":true
// They stand in the order in which the deployment's part took and said them, so that two recordings are equal.
#pragma once

#include <hull/error.hpp>
#include <hull/value/value.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace hull::golden {

struct line {
  enum class kind { socket, client_frame, server_frame, server_close };
  kind what = kind::socket;
  std::string text;  ///< Of a frame: its own text. Else the whole line.
};

/// Replaces what differs each time: the session's name, readings of clocks.
std::string settled(std::string_view client_frame);

std::string to_text(const line& l);
/// Throws std::runtime_error with the file and the line for anything else.
std::vector<line> read_recording(const std::filesystem::path& file);

}  // namespace hull::golden
