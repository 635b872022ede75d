// Comparing calls with what a test expects.
#include <hull/function/path.hpp>
#include <hull/mock/expectation.hpp>
#include <hull/value/json.hpp>

#include <algorithm>
#include <utility>

namespace hull::mock {

namespace {

std::string shown(const value& v) {
  std::string text = write_json(v);
  constexpr std::size_t enough = 200;
  if (text.size() > enough) text = text.substr(0, enough) + "... (" + std::to_string(text.size()) + " bytes)";
  return text;
}

std::optional<std::string> field_mismatch(const std::string& name, const value& expected, const value* came) {
  if (!came) return "field \"" + name + "\" is missing";
  if (*came == expected) return std::nullopt;
  return "field \"" + name + "\" is " + shown(*came) + ", not " + shown(expected);
}

}  // namespace

std::string_view to_string(function_kind kind) noexcept {
  switch (kind) {
    case function_kind::query:
      return "query";
    case function_kind::mutation:
      return "mutation";
    case function_kind::action:
      return "action";
  }
  return "function";
}

std::string describe(const call_record& call) {
  std::string text(to_string(call.kind));
  text.append(" ").append(call.path).append(" ").append(shown(call.args));
  if (call.over_http) text.append(" over HTTP");
  if (call.failure) text.append(" (failed: ").append(*call.failure).append(")");
  return text;
}

expectation::expectation(function_kind kind, std::string path) : kind_(kind), path_(canonical_path(path)) {}

expectation expectation::with(value args) && {
  exact_ = std::move(args);
  return std::move(*this);
}

expectation expectation::with_fields(object fields) && {
  fields_ = std::move(fields);
  return std::move(*this);
}

expectation expectation::where(std::string description, std::function<bool(const value&)> holds) && {
  conditions_.push_back({std::move(description), std::move(holds)});
  return std::move(*this);
}

std::optional<std::string> expectation::mismatch(const call_record& call) const {
  if (call.kind != kind_ || call.path != path_) return "another function";
  if (exact_ && *exact_ != call.args) {
    const auto* expected = exact_->if_object();
    const auto* came = call.args.if_object();
    if (!expected || !came) return "the arguments differ";
    for (const auto& [name, v] : *expected)
      if (auto wrong = field_mismatch(name, v, came->find(name))) return wrong;
    for (const auto& [name, v] : *came)
      if (!expected->contains(name)) return "field \"" + name + "\" was not expected";
  }
  if (fields_) {
    for (const auto& [name, v] : *fields_)
      if (auto wrong = field_mismatch(name, v, call.args.find(name))) return wrong;
  }
  for (const auto& c : conditions_)
    if (!c.holds(call.args)) return "it does not hold that " + c.description;
  return std::nullopt;
}

std::string expectation::describe() const {
  std::string text(to_string(kind_));
  text.append(" ").append(path_);
  if (exact_) text.append(" with ").append(shown(*exact_));
  if (fields_) text.append(" with ").append(shown(*fields_)).append(" among its arguments");
  for (const auto& c : conditions_) text.append(" where ").append(c.description);
  return text;
}

expectation a_query(std::string path) { return {function_kind::query, std::move(path)}; }
expectation a_mutation(std::string path) { return {function_kind::mutation, std::move(path)}; }
expectation an_action(std::string path) { return {function_kind::action, std::move(path)}; }

std::string explain(const expectation& expected, const std::vector<call_record>& came) {
  std::string text = "expected " + expected.describe() + ", but ";
  if (came.empty()) return text + "nothing was called";
  text += "there came:";
  constexpr std::size_t most = 20;
  const std::size_t first = came.size() > most ? came.size() - most : 0;
  if (first != 0) text += "\n  (" + std::to_string(first) + " more before these)";
  for (std::size_t i = first; i < came.size(); ++i)
    text += "\n  " + describe(came[i]) + ": " + expected.mismatch(came[i]).value_or("matches");
  return text;
}

namespace {

template <class Message>
Message expect_call(script& s, const expectation& what, function_kind kind, std::string_view name) {
  Message m = s.expect<Message>(name);
  const call_record call{kind, canonical_path(m.udf_path), m.args.empty() ? value() : m.args.front(), {}, false, {}};
  if (!what.matches(call)) throw unexpected(explain(what, {call}));
  return m;
}

}  // namespace

protocol::mutation expect_mutation(script& s, const expectation& what) {
  return expect_call<protocol::mutation>(s, what, function_kind::mutation, "Mutation");
}
protocol::action expect_action(script& s, const expectation& what) {
  return expect_call<protocol::action>(s, what, function_kind::action, "Action");
}

}  // namespace hull::mock
