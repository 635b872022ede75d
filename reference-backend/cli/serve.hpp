// `hull-backend serve`: a deployment from its folder to its ports.
#pragma once

#include "auth/admin_key.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace hull::backend::cli {

struct serve_options {
  std::filesystem::path data;
  std::string bind = "127.0.0.1";
  std::uint16_t port = 3210;
  std::optional<std::uint16_t> site_port;  ///< The one after `port` when absent.
  std::optional<std::string> origin;       ///< How clients reach it, when not by address and port.
  std::optional<std::string> site_origin;
  std::optional<std::string> instance_name;
  std::optional<std::string> instance_secret;
  bool redact_logs_to_client = false;  ///< See application_options.
  std::string node = "node";           ///< Node.js, for "use node" modules; see node::executor_options.
  std::string npm = "npm";             ///< Installs the packages that such modules do not bundle.
  bool new_context_per_run = false;    ///< See runtime_options::reuse_contexts.
};

/// Serves until SIGINT or SIGTERM. Returns the exit status; says on standard error what went wrong.
int serve(const serve_options& options);

}  // namespace hull::backend::cli
