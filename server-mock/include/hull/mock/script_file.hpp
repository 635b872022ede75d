// Scripts as JSON files: the steps of script.hpp without a program. The format is in docs/reference/mock.md.
#pragma once

#include <hull/error.hpp>
#include <hull/mock/mock_server.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace hull::mock {

/// How a script is run.
struct script_options {
  std::chrono::milliseconds patience{60'000};       ///< For each client, and for each message of it.
  std::function<void(const std::string&)> on_step;  ///< Hears of each step before it is done. May be empty.
};

/// Goes through the steps with the clients that connect to `server`, on this thread. errc::bad_value when the text is
/// no script, or a client does something else than it expects; the error names the step.
result<void> run_script_text(mock_server& server, std::string_view text, const script_options& options = {});
/// The same from a file; errors begin with its name.
result<void> run_script_file(mock_server& server, const std::string& file, const script_options& options = {});

}  // namespace hull::mock
