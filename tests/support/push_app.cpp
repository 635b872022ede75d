#include "push_app.hpp"

#include "http_call.hpp"

#include <hull/value/json.hpp>

#include <stdexcept>

namespace hull::test {
namespace {

// What npm convex's query(), mutation() and action() return, cut down to what a deployment looks at.
constexpr const char* chat_source = R"js(
const call = async (name, args) => JSON.parse(await Convex.asyncSyscall(name, JSON.stringify(args)));
const define = (kind, handler) => {
  const f = () => { throw new Error("not to be called directly"); };
  f["is" + kind] = true;
  f.isPublic = true;
  const invoke = async (text) => JSON.stringify((await handler(...JSON.parse(text))) ?? null);
  f["invoke" + kind] = kind === "Action" ? (_id, text) => invoke(text) : invoke;
  f.exportArgs = () => JSON.stringify({ type: "any" });
  f.exportReturns = () => "null";
  f._handler = handler;
  return f;
};
const rows = async (order, limit) => {
  const operators = limit === undefined ? [] : [{ limit }];
  const query = { source: { type: "FullTableScan", tableName: "messages", order }, operators };
  const { queryId } = JSON.parse(Convex.syscall("1.0/queryStream", JSON.stringify({ query })));
  const out = [];
  for (;;) {
    const { value, done } = await call("1.0/queryStreamNext", { queryId });
    if (done) return out;
    out.push(value);
  }
};
export const list = define("Query", () => rows("asc"));
export const latest = define("Query", async () => (await rows("desc", 1))[0] ?? null);
export const send = define("Mutation", async (value) => (await call("1.0/insert", { table: "messages", value }))._id);
export const add = define("Mutation", async ({ amount }) => {
  const newest = (await rows("desc", 1))[0];
  const total = (newest?.total ?? 0) + amount;
  await call("1.0/insert", { table: "messages", value: { total } });
  return total;
});
export const fail = define("Query", async () => {
  const error = new Error("no such luck");
  error.name = "ConvexError";
  error.data = JSON.stringify({ reason: "luck" });
  error.ConvexErrorSymbol = Symbol.for("ConvexError");
  error[Symbol.for("ConvexError")] = true;
  throw error;
});
export const echo = define("Action", async (args) => args);
)js";

value post(const std::string& origin, const std::string& target, value body) {
  const auto answer = http_call(origin, "POST", target, {}, write_json(body));
  if (!answer) throw std::runtime_error("no answer to " + target);
  if (answer->status != 200)
    throw std::runtime_error(target + " answered " + std::to_string(answer->status) + ": " + answer->body);
  json_options plain;
  plain.plain = true;
  plain.any_names = true;
  return read_json(answer->body, plain).value();
}

}  // namespace

app_modules chat_app() { return {{"messages.js", chat_source}}; }

void push_app(const std::string& origin, const std::string& admin_key, const app_modules& modules) {
  array changed;
  for (const auto& [path, source] : modules)
    changed.push_back(value::make_object({{"path", path}, {"source", source}, {"environment", "isolate"}}));
  const value app = value::make_object({{"definition", nullptr},
                                        {"dependencies", array{}},
                                        {"schema", nullptr},
                                        {"changedModules", std::move(changed)},
                                        {"unchangedModuleHashes", array{}},
                                        {"udfServerVersion", "1.48.0"}});
  const value push = post(origin, "/api/deploy2/start_push",
                          value::make_object({{"adminKey", admin_key},
                                              {"dryRun", false},
                                              {"functions", "convex/"},
                                              {"appDefinition", app},
                                              {"componentDefinitions", array{}},
                                              {"nodeDependencies", array{}}}));
  for (;;) {
    const value state = post(origin, "/api/deploy2/wait_for_schema",
                             value::make_object({{"adminKey", admin_key},
                                                 {"schemaChange", *push.find("schemaChange")},
                                                 {"timeoutMs", 1000},
                                                 {"dryRun", false}}));
    const std::string type = state.find("type")->as_string();
    if (type == "complete") break;
    if (type != "inProgress") throw std::runtime_error("wait_for_schema: " + write_json(state));
  }
  post(origin, "/api/deploy2/finish_push",
       value::make_object({{"adminKey", admin_key}, {"startPush", push}, {"dryRun", false}, {"message", nullptr}}));
}

}  // namespace hull::test
