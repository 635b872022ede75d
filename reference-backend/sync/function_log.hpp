// What functions log and throw, for the operator: one line each, at level info.
#pragma once

#include "functions/application.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>

namespace hull::backend::sync {

/// Safe from any thread.
class function_log {
 public:
  /// The result of a query is shared by all who ask for it; it is logged for the first of them.
  void query(const std::string& path, const std::shared_ptr<const functions::query_outcome>& result);
  void call(const std::string& path, const functions::call_outcome& result);

 private:
  bool is_new(const std::shared_ptr<const functions::query_outcome>& result);

  std::mutex mutex_;
  std::array<std::weak_ptr<const functions::query_outcome>, 64> logged_;
  std::size_t next_ = 0;
};

}  // namespace hull::backend::sync
