// Plays the server's part of a trace to a client, and compares what the client says with the trace.
#pragma once

#include <hull/error.hpp>
#include <hull/mock/mock_server.hpp>
#include <hull/mock/trace.hpp>

#include <chrono>
#include <functional>

namespace hull::mock {

/// How exactly a trace is played.
struct replay_options {
  std::chrono::milliseconds patience{5000};  ///< For each message of the client.
  bool keep_times = false;                   ///< The server's frames wait as long as they did when recorded.
  bool compare_tokens = false;               ///< Tokens must be those of the trace.
  std::function<void()> while_waiting;       ///< As deployment_options::while_waiting.
};

/// Waits for a client at `server` and goes through the trace on this thread: each frame of the client is expected,
/// each frame of the server sent. Session, query and request ids may differ from the recorded ones as long as they
/// are used alike; clocks, reasons of earlier closes and events are not compared. errc::bad_value at the first
/// difference, with the line of the trace, what was recorded and what came.
result<void> replay(mock_server& server, const trace& t, const replay_options& options = {});

}  // namespace hull::mock
