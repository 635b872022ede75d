// Records what goes over the sockets of a mock_server or fake_deployment.
//
//   mock::recorder recorder;
//   mock::deployment_options options;
//   recorder.attach(options.server);
//   mock::fake_deployment deployment(options);
//   ...
//   mock::save_trace(recorder.recorded(), "session.trace");
#pragma once

#include <hull/mock/mock_server.hpp>
#include <hull/mock/trace.hpp>

#include <memory>

namespace hull::mock {

/// Meant for one client at a time: frames of several are recorded one after the other, and cannot be told apart.
class recorder {
 public:
  /// What comes beyond the limits is left out, and the trace says `truncated`.
  explicit recorder(const trace_limits& limits = {});

  /// Hangs itself into the hooks of a server that is made with these options; hooks that are there stay. May be
  /// destroyed before the server.
  void attach(server_options& options);
  /// What was recorded so far. From any thread.
  trace recorded() const;

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}  // namespace hull::mock
