// Bodies of function_log.hpp.
#include "sync/function_log.hpp"

#include "common/log.hpp"

#include <vector>

namespace hull::backend::sync {
namespace {

void write(const std::string& path, const std::vector<std::string>& lines,
           const std::optional<functions::function_error>& error) {
  for (const auto& line : lines) write_log(severity::info, path + ": " + line);
  if (error) write_log(severity::info, path + " failed: " + error->message);
}

}  // namespace

void function_log::query(const std::string& path, const std::shared_ptr<const functions::query_outcome>& result) {
  if (result->log_lines.empty() && !result->error) return;
  if (is_new(result)) write(path, result->log_lines, result->error);
}

void function_log::call(const std::string& path, const functions::call_outcome& result) {
  write(path, result.log_lines, result.error);
}

bool function_log::is_new(const std::shared_ptr<const functions::query_outcome>& result) {
  const std::lock_guard lock(mutex_);
  for (const auto& known : logged_)
    if (known.lock() == result) return false;
  logged_[next_++ % logged_.size()] = result;
  return true;
}

}  // namespace hull::backend::sync
