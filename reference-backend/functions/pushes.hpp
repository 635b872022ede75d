// The push protocol: evaluates what the CLI sends, prepares the schema, and puts everything live in one transaction.
#pragma once

#include "common/failure.hpp"
#include "deploy/evaluate.hpp"
#include "deploy/push_request.hpp"
#include "functions/declared_environment.hpp"
#include "functions/environment.hpp"
#include "functions/run.hpp"

#include <hull/value/value.hpp>

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace hull::backend::functions {

/// Safe from any thread.
class pushes {
 public:
  explicit pushes(const services& shared);

  outcome<value> config_hashes();
  outcome<value> evaluate(const value& request);
  outcome<value> start(const value& request);
  outcome<value> wait_for_schema(const value& request);
  outcome<value> finish(const value& request);

  /// Changes environment variables, and the auth configuration where it depends on them.
  outcome<void> change_environment(const environment_changes& changes);

 private:
  /// A push between start and finish.
  struct started {
    std::string token;
    std::shared_ptr<const deployment> next;
    value schema;
    std::optional<std::string> schema_id;
    environment_map environment;
  };
  /// A push, evaluated against what is deployed and what the environment is.
  struct evaluated {
    deploy::evaluated_push push;
    function_map functions;
    declared_environment declared;
    environment_map environment;
    std::string functions_directory;
    bool changes_nothing_stored = false;  ///< Dry runs and pushes for code generation.
  };

  outcome<evaluated> evaluate_request(const value& request);
  deploy::udf_config config_for(const deployment& deployed, const std::string& server_version) const;
  std::string new_token() const;
  void keep(std::shared_ptr<const started> push);
  std::shared_ptr<const started> find(const std::string& token) const;
  outcome<value> try_finish(const started& push);
  outcome<void> try_change_environment(const environment_changes& changes);
  void pause(std::chrono::milliseconds time) const;

  const services& shared_;
  mutable std::mutex mutex_;
  std::deque<std::shared_ptr<const started>> started_;  ///< The newest first.
};

}  // namespace hull::backend::functions
