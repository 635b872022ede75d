// Actions in Node.js that come to their end: values, errors, calls, logs, variables; and how modules are described.
#include "node_fixture.hpp"

namespace hull::backend::node::test {
namespace {

TEST_F(node_actions, return_what_their_handler_returns) {
  EXPECT_EQ(run("export const f = action((args) => args.n + 1);", R"([{"n":41}])"), "42");
  EXPECT_EQ(run("export const f = action(() => undefined);"), "null");
}

TEST_F(node_actions, have_the_modules_of_node_and_require) {
  EXPECT_EQ(run("import { createHash } from 'node:crypto';\n"
                "export const f = action(() => createHash('sha256').update('abc').digest('hex').slice(0, 8));"),
            "\"ba7816bf\"");
  EXPECT_EQ(run("export const f = action(() => [typeof require('fs').readFileSync, typeof module, typeof exports,"
                " __filename.endsWith('m.js')]);"),
            R"(["function","object","object",true])");
}

TEST_F(node_actions, keep_every_character) {
  host.answers["echo"] = [](runtime::scope*, std::string_view args) { return std::string(args); };
  const std::string text = "\"gr\u00fc\u00df \u20ac \U0001F600 \\n \\\" \\u2028\"";
  EXPECT_EQ(run("export const f = action((text) => sys('echo', text));", "[" + text + "]"),
            write_json(read_json(text).value()));
}

TEST_F(node_actions, ask_their_host_and_catch_its_refusals) {
  host.answers["1.0/actions/query"] = [](runtime::scope*, std::string_view args) { return std::string(args); };
  host.answers["no"] = [](runtime::scope*, std::string_view) -> outcome<std::string> {
    return failure{blame::user, "No", "not today", value::make_object({{"code", 7.0}})};
  };
  EXPECT_EQ(run("export const f = action(() => sys('1.0/actions/query', {name: 'm:g'}));"), R"({"name":"m:g"})");
  EXPECT_EQ(run("export const f = action(async () => {"
                " try { await sys('no'); } catch (e) { return [e instanceof Error, e.message, e.data.code]; } });"),
            R"([true,"not today",7])");
}

TEST_F(node_actions, have_many_calls_under_way_at_once) {
  std::atomic<int> at_once{0}, most{0};
  host.answers["wait"] = [&](runtime::scope*, std::string_view) -> outcome<std::string> {
    const int now = ++at_once;
    for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
    }
    std::this_thread::sleep_for(2ms);
    --at_once;
    return std::string("1");
  };
  EXPECT_EQ(run("export const f = action(async () => (await Promise.all("
                " Array.from({length: 100}, () => sys('wait')))).length);"),
            "100");
  EXPECT_GT(most.load(), 1);
  EXPECT_LE(most.load(), 8);
}

TEST_F(node_actions, refuse_more_than_a_thousand_calls_at_once) {
  host.answers["wait"] = [](runtime::scope*, std::string_view) { return std::string("1"); };
  EXPECT_EQ(run("export const f = action(async () => {"
                " const all = Array.from({length: 1001}, () => sys('wait').catch((e) => e.message));"
                " return (await Promise.all(all)).at(-1); });"),
            "\"Too many concurrent operations. See https://docs.convex.dev/functions/actions#limits for more "
            "information.\"");
}

TEST_F(node_actions, cannot_use_the_database) {
  EXPECT_EQ(run("export const f = action(() => Convex.syscall('1.0/queryStream', '{}'));").substr(0, 92),
            "thrown: Uncaught Error: The Convex database object is being used outside of a Convex query o");
  EXPECT_EQ(run("export const f = action(() => Convex.syscall('made up', '{}'));"),
            "thrown: Uncaught Error: Unknown operation made up");
}

TEST_F(node_actions, throw_with_name_message_and_data) {
  EXPECT_EQ(run("export const f = action(() => { throw new TypeError('boom'); });"),
            "thrown: Uncaught TypeError: boom");
  EXPECT_EQ(run("export const f = action(() => { throw 'a text'; });"), "thrown: Uncaught a text");
  const auto thrown =
      run_result_of(modules("export const f = action(() => {"
                            " const e = new Error('mine'); e.name = 'ConvexError';"
                            " e[Symbol.for('ConvexError')] = true; e.data = '{\"code\":3}'; throw e; });"));
  ASSERT_TRUE(thrown.thrown && thrown.thrown->data);
  EXPECT_EQ(thrown.thrown->message, "Uncaught ConvexError: mine");
  EXPECT_EQ(write_json(*thrown.thrown->data), R"({"code":3})");
}

TEST_F(node_actions, say_what_is_wrong_with_the_export) {
  EXPECT_EQ(run("export const g = 1;"), "thrown: Couldn't find action `f` in `m.js`");
  EXPECT_EQ(run("export const f = query(() => 1);"), "thrown: `f` wasn't registered as a Convex action in `m.js`");
  EXPECT_EQ(run("export const f = action(() => 1); throw new Error('at the top');"),
            "thrown: Uncaught Error: at the top");
}

TEST_F(node_actions, log_to_their_own_run) {
  const auto result =
      run_result_of(modules("console.warn('imported');\n"
                            "export const f = action(() => { console.log('a', {b: [1]}); return 1; });"));
  ASSERT_EQ(result.log_lines.size(), 2u);
  EXPECT_EQ(result.log_lines[0].to_text(), "[WARN] 'imported'");
  EXPECT_EQ(result.log_lines[1].to_text(), "[LOG] 'a' { b: [ 1 ] }");
  EXPECT_EQ(host.lines, (std::vector<std::string>{"[WARN] 'imported'", "[LOG] 'a' { b: [ 1 ] }"}));
}

TEST_F(node_actions, log_at_most_256_lines) {
  const auto result =
      run_result_of(modules("export const f = action(() => { for (let i = 0; i < 300; ++i) console.log(i); });"));
  ASSERT_EQ(result.log_lines.size(), 256u);
  EXPECT_EQ(result.log_lines.back().to_text(), "[ERROR] Log overflow (maximum 256). Remaining log lines omitted.");
}

TEST_F(node_actions, run_beside_each_other_without_mixing_their_logs) {
  const auto set = modules(
      "export const f = action(async ({n}) => {"
      " for (let i = 0; i < 20; ++i) { await new Promise((r) => setTimeout(r, 1)); console.log(n); } return n; });");
  std::vector<std::thread> threads;
  std::vector<runtime::run_result> results(8);
  std::vector<scripted_host> hosts(8);
  executor();
  for (std::size_t i = 0; i < results.size(); ++i)
    threads.emplace_back([&, i] {
      results[i] = runtime::run_in_node(
          &executor(),
          runtime::test::request_of({set, "f", runtime::function_kind::action, "[{\"n\":" + std::to_string(i) + "}]"},
                                    hosts[i]));
    });
  for (auto& t : threads) t.join();
  for (std::size_t i = 0; i < results.size(); ++i) {
    EXPECT_EQ(runtime::test::text_of(results[i]), std::to_string(i));
    ASSERT_EQ(results[i].log_lines.size(), 20u);
    for (const auto& line : results[i].log_lines) EXPECT_EQ(line.to_text(), "[LOG] " + std::to_string(i));
  }
}

TEST_F(node_actions, see_the_variables_of_the_deployment_and_few_others) {
  setenv("HULL_SECRET_OF_THE_BACKEND", "hidden", 1);
  host.environment = {{"COLOUR", "blue"}};
  const std::string source =
      "const atImport = process.env.COLOUR;\n"
      "export const f = action(() => [atImport, process.env.COLOUR, process.env.HULL_SECRET_OF_THE_BACKEND ?? null,"
      " 'PATH' in process.env]);";
  EXPECT_EQ(run(source), R"(["blue","blue",null,true])");
  host.environment = {{"COLOUR", "red"}};
  EXPECT_EQ(run(source), R"(["red","red",null,true])");
}

TEST_F(node_actions, warn_of_calls_that_they_did_not_await) {
  host.answers["1.0/actions/mutation"] = [](runtime::scope*, std::string_view) {
    std::this_thread::sleep_for(50ms);
    return std::string("1");
  };
  const auto result = run_result_of(modules("export const f = action(() => { sys('1.0/actions/mutation'); });"));
  EXPECT_EQ(runtime::test::text_of(result), "null");
  ASSERT_EQ(result.log_lines.size(), 1u);
  EXPECT_EQ(result.log_lines[0].to_text().substr(0, 50), "[WARN] 'You have an outstanding mutation call. Ope");
}

TEST_F(node_actions, take_arguments_of_five_mebibytes_and_no_more) {
  const std::string source = "export const f = action(({text}) => text.length);";
  EXPECT_EQ(run(source, "[{\"text\":\"" + std::string(5'000'000, 'x') + "\"}]"), "5000000");
  EXPECT_EQ(run(source, "[{\"text\":\"" + std::string(5u << 20, 'x') + "\"}]").substr(0, 80),
            "failed: ArgsTooLarge: Node actions arguments size is too large. The maximum size");
}

TEST_F(node_actions, are_described_with_their_place) {
  const auto described = runtime::analyze_in_node(
      &executor(), modules("export const f = action(() => 1);\nexport const other = 5;"), "m.js", {});
  ASSERT_TRUE(described) << described.error().message;
  EXPECT_EQ(
      write_json(described->json),
      R"js({"cronSpecs":null,"functions":[{"args":"{\"type\":\"any\"}","name":"f","pos":null,"returns":"{\"type\":\"any\"}",)js"
      R"js("udfType":"Action","visibility":{"kind":"public"}}],"httpRoutes":null,"sourceMapped":null})js");
  // Line 3 of the bundle is line 1 of a.ts.
  auto mapped = runtime::test::module_of(
      "m.js",
      "const f = () => 1;\n"
      "Object.assign(f, {isAction: true, isPublic: true, invokeAction() {}, _handler: \n() => 1});\nexport { f };",
      R"({"version":3,"sources":["m.ts"],"names":[],"mappings":";;AAAA"})");
  mapped.node = true;
  const auto placed = runtime::analyze_in_node(&executor(), runtime::test::set_of({mapped}), "m.js", {});
  ASSERT_TRUE(placed) << placed.error().message;
  EXPECT_NE(write_json(placed->json).find(R"("pos":{"path":"m.js","start_col":1,"start_lineno":1})"), std::string::npos)
      << write_json(placed->json);
}

TEST_F(node_actions, must_be_actions) {
  const auto refused =
      runtime::analyze_in_node(&executor(), modules("export const list = query(() => 1);"), "m.js", {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "InvalidModules");
  EXPECT_EQ(refused.error().message,
            "`list` defined in `m.js` is a Query function. Only actions can be defined in Node.js. See "
            "https://docs.convex.dev/functions/actions for more details.");
  const auto broken = runtime::analyze_in_node(&executor(), modules("throw new Error('at the top');"), "m.js", {});
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().message, "Failed to analyze m.js: Uncaught Error: at the top");
}

}  // namespace
}  // namespace hull::backend::node::test
