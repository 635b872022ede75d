// The deployment that the tests call.
#include "deployed_app.hpp"

#include "storage/memory.hpp"

#include <hull/value/json.hpp>

#include <utility>

namespace hull::backend::functions::test {
namespace {

namespace js = hull::backend::runtime;

constexpr const char* kit = R"js(
export const call = async (name, args) => JSON.parse(await Convex.asyncSyscall("1.0/" + name, JSON.stringify(args)));
export const sync = (name, args) => JSON.parse(Convex.syscall("1.0/" + name, JSON.stringify(args)));
export const db = {
  get: (id) => call("get", { id }),
  insert: async (table, value) => (await call("insert", { table, value }))._id,
  patch: (id, value) => call("shallowMerge", { id, value }),
  replace: (id, value) => call("replace", { id, value }),
  remove: (id) => call("remove", { id }),
  all: async (tableName, operators = []) => {
    const { queryId } = sync("queryStream", { query: { source: { type: "FullTableScan", tableName, order: null }, operators } });
    const rows = [];
    for (;;) {
      const { value, done } = await call("queryStreamNext", { queryId });
      if (done) return rows;
      rows.push(value);
    }
  },
};
export const run = (udfType, name, args = {}) => call("runUdf", { udfType, name, args });
const define = (kind) => (definition) => {
  const f = () => { throw new Error("functions are not called directly"); };
  f["is" + kind] = true;
  f[definition.internal ? "isInternal" : "isPublic"] = true;
  const invoke = async (args) => JSON.stringify((await definition.handler(...JSON.parse(args))) ?? null);
  f["invoke" + kind] = kind === "Action" ? (_requestId, args) => invoke(args) : invoke;
  f.exportArgs = () => JSON.stringify(definition.args ?? { type: "any" });
  f.exportReturns = () => JSON.stringify(definition.returns ?? null);
  f._handler = definition.handler;
  return f;
};
export const query = define("Query");
export const mutation = define("Mutation");
export const action = define("Action");
export const object = (fields) => ({
  type: "object",
  value: Object.fromEntries(Object.entries(fields).map(([name, fieldType]) => [name, { fieldType, optional: false }])),
});
export class ConvexError extends Error {
  constructor(data) {
    super(JSON.stringify(data));
    this.name = "ConvexError";
    this.data = JSON.stringify(data);
    this.ConvexErrorSymbol = Symbol.for("ConvexError");
    this[Symbol.for("ConvexError")] = true;
  }
}
)js";

value module(const std::string& path, const std::string& source) {
  return value::make_object({{"path", path}, {"source", source}, {"environment", "isolate"}});
}

/// The real runtime, with a way to get in between a run and its commit.
class watched_runtime final : public js::runtime {
 public:
  watched_runtime(std::unique_ptr<js::runtime> real, deployed_app& owner) : real_(std::move(real)), owner_(owner) {}

  js::run_result run(const js::run_request& request) override {
    auto result = real_->run(request);
    if (owner_.after_run) owner_.after_run(request);
    return result;
  }
  outcome<js::analyzed_module> analyze(
      const std::shared_ptr<const js::module_set>& modules, const std::string& path, const js::seed& seed,
      double time_ms, const std::function<std::optional<std::string>(std::string_view)>& env) override {
    return real_->analyze(modules, path, seed, time_ms, env);
  }
  outcome<js::analyzed_module> analyze_in_node(const std::shared_ptr<const js::module_set>& modules,
                                               const std::string& path, const js::environment_variables& env) override {
    return real_->analyze_in_node(modules, path, env);
  }
  outcome<value> evaluate_schema(const js::module_source& schema, const js::seed& seed, double time_ms) override {
    return real_->evaluate_schema(schema, seed, time_ms);
  }
  outcome<value> evaluate_definition(const js::module_source& definition,
                                     const std::map<std::string, std::string>& dependencies,
                                     const std::function<std::optional<std::string>(std::string_view)>& env) override {
    return real_->evaluate_definition(definition, dependencies, env);
  }
  outcome<value> evaluate_auth_config(const js::module_source& config,
                                      const std::function<std::optional<std::string>(std::string_view)>& env) override {
    return real_->evaluate_auth_config(config, env);
  }

 private:
  std::unique_ptr<js::runtime> real_;
  deployed_app& owner_;
};

}  // namespace

deployed_app::deployed_app(const sources& modules, const std::string& schema, bool redacted) {
  auto db = database::database::open(storage::open_memory(), time_, random_);
  application_options options;
  options.origin = "http://127.0.0.1:3210";
  options.site_origin = "http://127.0.0.1:3211";
  options.log = [this](const std::string& line) { log.push_back(line); };
  options.observe = [this](const function_record& record) {
    const std::lock_guard lock(records_mutex_);
    records.push_back(record);
  };
  options.observe_known = [this](std::int64_t) {
    ++known;
    return tell_known.load();
  };
  options.redact_logs_to_client = redacted;
  options.sleep = [this](std::chrono::milliseconds pause) {
    ++sleeps;
    time_.advance(std::chrono::nanoseconds(pause).count());
  };
  auto js = std::make_unique<watched_runtime>(runtime::runtime::start(options.runtime, time_).value(), *this);
  app_ = application::start(*std::move(db), std::move(js), options, time_, random_).value();
  if (!modules.empty()) push(modules, schema);
}

value deployed_app::push_body(const sources& modules, const std::string& schema) {
  array changed{module("_deps/kit.js", kit)};
  for (const auto& [path, source] : modules) changed.push_back(module(path, source));
  const value app = value::make_object({{"definition", nullptr},
                                        {"dependencies", array{}},
                                        {"schema", schema.empty() ? value() : module("schema.js", schema)},
                                        {"changedModules", std::move(changed)},
                                        {"unchangedModuleHashes", array{}},
                                        {"udfServerVersion", "1.48.0"}});
  return value::make_object({{"adminKey", "key"},
                             {"dryRun", false},
                             {"functions", "convex/"},
                             {"appDefinition", app},
                             {"componentDefinitions", array{}},
                             {"nodeDependencies", array{}}});
}

value deployed_app::push(const sources& modules, const std::string& schema) {
  const value started = app_->start_push(push_body(modules, schema)).value();
  const value waiting = value::make_object({{"schemaChange", *started.find("schemaChange")}, {"timeoutMs", 5000}});
  const value state = app_->wait_for_schema(waiting).value();
  if (!(*state.find("type") == value("complete"))) throw failure_exception(internal_failure(write_json(state)));
  return app_->finish_push(value::make_object({{"startPush", started}, {"dryRun", false}})).value();
}

function_call deployed_app::call(const std::string& path, const std::string& args_json) {
  function_call c;
  c.path = path;
  c.args_json = args_json;
  c.request_id = "0123456789abcdef";
  return c;
}

std::shared_ptr<const query_outcome> deployed_app::query(const std::string& path, const std::string& args_json) {
  return app_->query(call(path, args_json)).value();
}

call_outcome deployed_app::mutation(const std::string& path, const std::string& args_json) {
  return app_->mutation(call(path, args_json)).value();
}

call_outcome deployed_app::action(const std::string& path, const std::string& args_json) {
  return app_->action(call(path, args_json)).value();
}

value with_app(const value& body, const std::string& fields) {
  const std::string source =
      "export default { export: () => ({ definitionType: { type: 'app' }, childComponents: [], httpMounts: {}, "
      "exports: { type: 'branch', branch: [] }, " +
      fields + " }) };";
  object changed = body.as_object();
  object app = changed.find("appDefinition")->as_object();
  app.set("definition", module("convex.config.js", source));
  changed.set("appDefinition", app);
  return changed;
}

std::string error_text(const std::optional<function_error>& error) {
  if (!error) return {};
  const std::string prefix = "[Request ID: 0123456789abcdef] Server Error\n";
  return error->message.rfind(prefix, 0) == 0 ? error->message.substr(prefix.size()) : "no prefix: " + error->message;
}

std::string first_line(const std::optional<function_error>& error) {
  const std::string text = error_text(error);
  return text.substr(0, text.find('\n'));
}

std::string schema_with(const std::string& tables_json) {
  return "export default { export: () => JSON.stringify({ tables: " + tables_json + ", schemaValidation: true }) };";
}

}  // namespace hull::backend::functions::test
