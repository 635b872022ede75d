// What a test expects a client to call.
//
//   deployment.expect(mock::a_mutation("messages:send").with_fields({{"body", "hi"}}));
#pragma once

#include <hull/mock/script.hpp>
#include <hull/value/value.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hull::mock {

enum class function_kind { query, mutation, action };
std::string_view to_string(function_kind kind) noexcept;

/// One call as it arrived.
struct call_record {
  function_kind kind = function_kind::query;  ///< What was called.
  std::string path;           ///< Canonical: "messages:send".
  value args;                 ///< The one argument object.
  std::optional<value> user;  ///< Attributes of the user who called.
  bool over_http = false;     ///< As one request, not over a socket.
  std::optional<std::string> failure;  ///< Why it failed, once it has.
};
/// "mutation messages:send {"body":"hi"}"
std::string describe(const call_record& call);

/// Which calls a test means: a function, and what must hold of its arguments. Each condition narrows it further.
class expectation {
 public:
  /// Every call of this function; a_query, a_mutation and an_action read better.
  expectation(function_kind kind, std::string path);
  /// These arguments and no others.
  expectation with(value args) &&;
  /// At least these fields among the arguments.
  expectation with_fields(object fields) &&;
  /// Whatever else: `description` says it in failures.
  expectation where(std::string description, std::function<bool(const value& args)> holds) &&;

  /// True when all conditions hold.
  bool matches(const call_record& call) const { return !mismatch(call); }
  /// The first thing that is wrong with this call: "field \"body\" is \"ho\", not \"hi\""; nothing when it matches.
  std::optional<std::string> mismatch(const call_record& call) const;
  /// "mutation messages:send with {"body":"hi"} among its arguments"
  std::string describe() const;

 private:
  function_kind kind_;
  std::string path_;
  std::optional<value> exact_;
  std::optional<object> fields_;
  struct condition {
    std::string description;
    std::function<bool(const value&)> holds;
  };
  std::vector<condition> conditions_;
};

expectation a_query(std::string path);
expectation a_mutation(std::string path);
expectation an_action(std::string path);

/// The text of a failure: what was expected, and why each call that came is another.
std::string explain(const expectation& expected, const std::vector<call_record>& came);

/// The next message of the script's client, which must be a mutation or action that matches.
protocol::mutation expect_mutation(script& s, const expectation& what);
protocol::action expect_action(script& s, const expectation& what);

}  // namespace hull::mock
