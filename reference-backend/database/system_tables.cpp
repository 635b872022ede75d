// The list of system tables.
#include "database/system_tables.hpp"

namespace hull::backend::database {

std::span<const table_declaration> system_tables() {
  constexpr std::uint32_t base = 512;
  static const std::vector<table_declaration> all = {
      {"_tables", base + 1, {{"by_name", {"name"}}}, false},
      {"_index", base + 2, {}, false},
      {"_udf_config", base + 6, {}},
      {"_auth", base + 7, {}},
      {"_db", base + 8, {}},
      {"_modules", base + 9, {{"by_path", {"path"}}}},
      {"_source_packages", base + 12, {}},
      {"_environment_variables", base + 13, {{"by_name", {"name"}}}},
      {"_session_requests", base + 17, {{"by_session_id_and_request_id", {"sessionId", "requestId"}}}},
      {"_cron_jobs", base + 19, {{"by_name", {"name"}}}},
      {"_schemas", base + 20, {{"by_state", {"state"}}}},
      {"_cron_job_logs", base + 21, {{"by_name_and_ts", {"name", "ts"}}}},
      {"_backend_state", base + 24, {}},
      {"_scheduled_jobs",
       base + 27,
       {{"by_next_ts", {"nextTs"}},
        {"by_completed_ts", {"completedTs"}},
        {"by_udf_path_and_next_event_ts", {"udfPath", "nextTs"}}}},
      {"_file_storage", base + 28, {{"by_storage_id", {"storageId"}}}},
      {"_component_definitions", base + 31, {{"by_path", {"path"}}}},
      {"_components", base + 32, {{"by_parent_and_name", {"parent", "name"}}}},
      {"_function_handles", base + 33, {{"by_component_path", {"component", "path"}}}},
      {"_canonical_urls", base + 34, {}},
      {"_cron_next_run", base + 35, {{"by_next_ts", {"nextTs"}}, {"by_cron_job_id", {"cronJobId"}}}},
      {"_scheduled_job_args", base + 38, {}},
      // What this deployment is, in one row. A table of our own.
      {"_deployment", base + 80, {}},
  };
  return all;
}

}  // namespace hull::backend::database
