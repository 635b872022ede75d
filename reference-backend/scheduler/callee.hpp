// What the scheduler asks of the room that runs functions, which implements it.
#pragma once

#include "common/failure.hpp"
#include "database/transaction.hpp"

#include <hull/value/value.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace hull::backend::scheduler {

/// Runs on nobody's behalf, and may call what is internal.
struct scheduled_call {
  std::string path;       ///< "dir/file.js:function"
  std::string args_json;  ///< JSON array of arguments.
  std::string request_id;
  std::optional<std::string> job_id;  ///< In `_scheduled_functions`; crons have none.
  std::int64_t conflicts = 0;         ///< Attempts that others got in the way of.
};

struct call_end {
  value result;
  std::optional<std::string> error;  ///< What the function threw, with its frames; or why it was refused.
  std::vector<std::string> log_lines;
};

enum class callable { mutation, action, query, missing };

/// Called within the transaction of a mutation, before and after its code.
using before_run = std::function<outcome<bool>(database::transaction&)>;
using after_run = std::function<outcome<void>(database::transaction&, const call_end&)>;

/// Safe from any thread; calls block until the function is done.
class callee {
 public:
  virtual ~callee() = default;

  /// What the path names in the deployment that `tx` sees.
  virtual outcome<callable> what_is(database::transaction& tx, const std::string& path) = 0;

  /// One attempt. What the mutation, `before` and `after` write is one commit. Nothing is committed when `before` says
  /// no (then the result is nothing) and when the function throws (then `after` is not called).
  virtual outcome<std::optional<call_end>> mutation(const scheduled_call& call, const before_run& before,
                                                    const after_run& after) = 0;

  /// A failure of blame::overload means that the function has not been started.
  virtual outcome<call_end> action(const scheduled_call& call) = 0;
};

}  // namespace hull::backend::scheduler
