// Drives a session machine by hand and prints its effects as one short line each, so that tests are tables.
#pragma once

#include <hull/serve/session.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hull::test {

using lines = std::vector<std::string>;

class session_rig {
 public:
  explicit session_rig(serve::session_options options = {});

  // Each returns the effects that it caused.
  lines frame(const std::string& text);
  lines binary();
  lines token_ok(bool admin = false, std::optional<std::int64_t> good_until_ns = {});
  lines token_bad(const std::string& why, serve::fault::kind what = serve::fault::kind::unauthenticated);
  lines snapshot(serve::timestamp ts, std::vector<serve::query_id> stale = {});
  /// Finishes a query of the newest step with this value (JSON text); the digest follows from it.
  lines result(serve::query_id id, const std::string& value_json, std::optional<std::string> journal = {});
  lines thrown(serve::query_id id, const std::string& message, std::optional<value> data = {});
  lines query_fault(serve::query_id id, serve::fault::kind what, const std::string& code);
  lines mutation_done(serve::request_id id, const std::string& value_json, serve::timestamp ts);
  lines mutation_threw(serve::request_id id, const std::string& message);
  lines action_done(serve::request_id id, const std::string& value_json);
  lines call_fault(serve::fault::kind what, const std::string& code, const std::string& message = "text");
  lines sent();
  lines changed();
  lines time(std::int64_t steady_ms);

  serve::session& machine() { return machine_; }
  std::uint64_t step() const { return step_; }
  void set_latest(serve::timestamp ts) { now_.latest_ts = ts; }
  void set_wall(std::int64_t ns) { now_.wall_ns = ns; }

 private:
  lines show(const serve::effects& list);
  serve::moment now_{0, 5'000'000'000, 1000};
  serve::session machine_;
  std::uint64_t step_ = 0;
};

/// Frames for the tests.
std::string connect_frame();
std::string add_frame(unsigned base, unsigned version, const std::string& modifications);
std::string add(unsigned id, const std::string& path);
std::string remove(unsigned id);

}  // namespace hull::test
