// The public face: one pool for queries and mutations, one for actions and pushes, so that an action that waits for
// a mutation never holds the isolate which that mutation needs.
#include "runtime/runtime.hpp"

#include "common/busy.hpp"
#include "runtime/glue.hpp"
#include "runtime/isolate_pool.hpp"
#include "runtime/node_run.hpp"
#include "runtime/prepared_runs.hpp"
#include "runtime/push_evaluation.hpp"
#include "runtime/run_function.hpp"

namespace hull::backend::runtime {
namespace {

using environment = std::function<std::optional<std::string>(std::string_view)>;

failure closing() { return failure{blame::overload, "ShuttingDown", "The backend is shutting down.", std::nullopt}; }

std::shared_ptr<const module_set> only(module_source m) {
  std::map<std::string, module_source, std::less<>> modules;
  std::string path = m.path;
  modules.emplace(std::move(path), std::move(m));
  return std::make_shared<const module_set>(std::move(modules));
}

class v8_runtime final : public runtime {
 public:
  v8_runtime(const runtime_options& options, clock& c)
      : clock_(c),
        transactions_(
            dog_, options.isolates, options.isolates,
            [this](isolate_box& box) {
              const counting here(*this, box);
              box.prepared().prepare(box, clock_);
            },
            options.reuse_contexts),
        node_(options.node),
        outside_{options.fetch, std::make_shared<operation_threads>(8 * options.max_actions)},
        patience_(options.patience),
        action_patience_(options.action_patience),
        actions_(dog_, 0, options.max_actions, nullptr) {}

  /// Makes the first isolate now, not when the first caller waits for it.
  bool warm_up() {
    const auto warm = transactions_.run(run_limits().heap_bytes, [](isolate_box& box) {
      const v8::HandleScope handles(box.isolate());
      box.new_context();
    });
    return warm == isolate_pool::end::carried_out;
  }

  run_result run(const run_request& request) override {
    if (runs_in_node(request)) return run_in_node(node_.get(), request);
    run_result result;
    const isolate_pool::job job = [&](isolate_box& box) {
      const counting here(*this, box);
      box.outside = &outside_;
      result = run_function(box, clock_, request, nullptr);
    };
    // Actions wait for actions that they call: when all workers do, none would ever be free.
    const auto end = request.what == function_kind::action
                         ? actions_.run(request.limits.heap_bytes, job, action_patience_)
                         : transactions_.run(request.limits.heap_bytes, job, patience_);
    if (end == isolate_pool::end::closing) result.failed = closing();
    if (end == isolate_pool::end::no_room) result.failed = busy();
    return result;
  }

  outcome<analyzed_module> analyze(const std::shared_ptr<const module_set>& modules, const std::string& path,
                                   const seed& import_seed, double import_timestamp_ms,
                                   const environment& env) override {
    push_question q;
    q.setup.where = surroundings::analyze;
    q.setup.modules = modules;
    q.setup.import_seed = import_seed;
    q.setup.import_time_ms = import_timestamp_ms;
    q.setup.environment = env;
    q.setup.limits.user_time = std::chrono::seconds(4);
    q.path = path;
    q.error_code = "InvalidModules";
    q.error_start = "Failed to analyze " + path + ": ";
    auto answer = ask(q);
    if (!answer) return answer.error();
    return analyzed_module{std::move(*answer)};
  }

  outcome<analyzed_module> analyze_in_node(const std::shared_ptr<const module_set>& modules, const std::string& path,
                                           const environment_variables& env) override {
    return hull::backend::runtime::analyze_in_node(node_.get(), modules, path, env);
  }

  outcome<value> evaluate_schema(const module_source& schema, const seed& import_seed,
                                 double import_timestamp_ms) override {
    push_question q = question_of(surroundings::schema, schema, "InvalidSchema", "Failed to evaluate schema: ");
    q.setup.import_seed = import_seed;
    q.setup.import_time_ms = import_timestamp_ms;
    return ask(q);
  }

  outcome<value> evaluate_definition(const module_source& definition,
                                     const std::map<std::string, std::string>& component_dependency_modules,
                                     const environment& env) override {
    std::map<std::string, module_source, std::less<>> modules{{definition.path, definition}};
    for (const auto& [specifier, source] : component_dependency_modules) {
      const auto path =
          resolve_specifier(specifier.substr(0, 1) == "." ? specifier : "./" + specifier, definition.path);
      if (!path) return path.error();
      modules[*path] = module_source{*path, source, std::nullopt, false, ""};
    }
    push_question q;
    q.setup.where = surroundings::definition;
    q.setup.modules = std::make_shared<const module_set>(std::move(modules));
    q.setup.environment = env;
    q.path = definition.path;
    q.error_code = "InvalidDefinition";
    q.error_start = "Failed to evaluate " + definition.path + ": ";
    return ask(q);
  }

  outcome<value> evaluate_auth_config(const module_source& config, const environment& env) override {
    push_question q =
        question_of(surroundings::auth_config, config, "InvalidAuthConfig", "Failed to evaluate " + config.path + ": ");
    q.setup.environment = env;
    return ask(q);
  }

  context_counts contexts() const override { return {contexts_made_, contexts_reused_}; }

 private:
  /// Adds what happens in the box while it lives.
  class counting {
   public:
    counting(v8_runtime& owner, isolate_box& box)
        : owner_(owner), box_(box), made_(box.contexts_made()), reused_(box.prepared().reused()) {}
    ~counting() {
      owner_.contexts_made_ += box_.contexts_made() - made_;
      owner_.contexts_reused_ += box_.prepared().reused() - reused_;
    }
    counting(const counting&) = delete;
    counting& operator=(const counting&) = delete;

   private:
    v8_runtime& owner_;
    isolate_box& box_;
    const std::uint64_t made_, reused_;
  };

  static push_question question_of(surroundings where, const module_source& m, std::string code, std::string start) {
    push_question q;
    q.setup.where = where;
    q.setup.modules = only(m);
    q.path = m.path;
    q.error_code = std::move(code);
    q.error_start = std::move(start);
    return q;
  }

  outcome<value> ask(const push_question& q) {
    outcome<value> answer = closing();
    actions_.run(q.setup.limits.heap_bytes, [&](isolate_box& box) { answer = answer_push_question(box, clock_, q); });
    return answer;
  }

  clock& clock_;
  std::atomic<std::uint64_t> contexts_made_{0}, contexts_reused_{0};
  watchdog dog_;
  isolate_pool transactions_;
  const std::shared_ptr<node_executor> node_;
  const outside_world outside_;
  const std::chrono::milliseconds patience_, action_patience_;
  isolate_pool actions_;
};

}  // namespace

outcome<std::unique_ptr<runtime>> runtime::start(const runtime_options& options, clock& c) {
  try {
    glue_snapshot();
    auto made = std::make_unique<v8_runtime>(options, c);
    if (!made->warm_up()) return internal_failure("No thread could be started for JavaScript");
    return std::unique_ptr<runtime>(std::move(made));
  } catch (const std::exception& e) {
    return internal_failure(std::string("JavaScript could not be started: ") + e.what());
  }
}

}  // namespace hull::backend::runtime
