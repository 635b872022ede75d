// What a push asks: functions, routes and crons of modules, schema, definition, auth config; and the error texts.
#include "runtime_fixture.hpp"

#include <gmock/gmock.h>

namespace hull::backend::runtime::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string analysis(const std::string& source, const std::string& path = "m.js",
                     std::optional<std::string> map = std::nullopt) {
  const auto modules = set_of({module_of(path, helpers + source, std::move(map))});
  const auto env = [](std::string_view name) { return name == "KEY" ? std::optional<std::string>("v") : std::nullopt; };
  auto r = the_runtime().analyze(modules, path, seed{}, 1000, env);
  return r ? write_json(r->json) : r.error().code + ": " + r.error().message;
}

TEST(Analyze, DescribesFunctions) {
  EXPECT_EQ(
      analysis("export const a = query(() => 1);\nexport const b = action(() => 1, { isPublic: undefined });\nexport "
               "const n = 5;\n"
               "export const u = () => 1;"),
      R"({"cronSpecs":null,"functions":[{"args":"{\"type\":\"any\"}","name":"a","pos":null,"returns":"{\"type\":\"any\"}","udfType":"Query","visibility":{"kind":"public"}},)"
      R"({"args":"{\"type\":\"any\"}","name":"b","pos":null,"returns":"{\"type\":\"any\"}","udfType":"Action","visibility":{"kind":"public"}}],"httpRoutes":null,"sourceMapped":null})");
  EXPECT_THAT(analysis("const h = () => 1; const f = wrap('isMutation', 'invokeMutation', h); delete f.isPublic; "
                       "f.isInternal = true; export { f };"),
              HasSubstr(R"("udfType":"Mutation","visibility":{"kind":"internal"})"));
  EXPECT_THAT(analysis("const f = query(() => 1); delete f.isPublic; export { f };"),
              HasSubstr(R"("visibility":null)"));
  EXPECT_THAT(analysis("const f = query(() => 1); f.isInternal = true; export { f };"), HasSubstr(R"("functions":[])"));
}

TEST(Analyze, FindsTheHandlersPlace) {
  std::string mappings;
  for (int i = 0; i < 30; ++i) mappings += i == 0 ? "AAAA" : ";AACA";
  const std::string map = R"({"version":3,"sources":["../convex/m.ts"],"names":[],"mappings":")" + mappings + "\"}";
  EXPECT_THAT(analysis("export const a = query(() => 1);", "m.js", map),
              HasSubstr(R"("pos":{"path":"m.js","start_col":1,"start_lineno":19})"));
}

const std::tuple<const char*, const char*, const char*> refusals[] = {
    {"m.js", "throw new Error('top');", "InvalidModules: Failed to analyze m.js: Uncaught Error: top"},
    {"m.js", "console.log('seen'); throw new Error('top');",
     "InvalidModules: Failed to analyze m.js: Uncaught Error: top\n[LOG] 'seen'"},
    {"m.js", "export const f = query(() => 1, { exportArgs: 3 });",
     "InvalidModules: m.js:f.exportArgs is not a function or `undefined`."},
    {"m.js", "export const f = query(() => 1, { exportArgs: () => 3 });",
     "InvalidModules: Invalid exportArgs return value: m.js:f.exportArgs() didn't return a string."},
    {"m.js", "export const f = query(() => 1, { exportReturns: () => '{' });",
     "InvalidModules: Invalid JSON returned from m.js:f.exportReturns(): "},
    {"m.js", "export const f = query(() => 1, { _handler: 3 });", "InvalidModules: m.js:f.handler is not a function."},
    {"m.js", "export const f = { isQuery: true };", "InvalidModules: m.js:f is not a function."},
    {"m.js", "export const f = query(() => 1, { exportArgs() { throw new Error('circular'); } });",
     "InvalidModules: Failed to analyze m.js: Uncaught Error: circular"},
    {"m.js", "Convex.syscall('1.0/x', '{}');",
     "InvalidModules: Failed to analyze m.js: Uncaught Error: Syscall 1.0/x unsupported at import time"},
    {"http.js", "", "InvalidModules: `convex/http.js` must have a default export of a Router."},
    {"http.js", "export default {};", "InvalidModules: The default export of `convex/http.js` is not a Router."},
    {"http.js", "export default { isRouter: true, getRoutes: () => [['/a', 'BREW', () => 1]] };",
     "InvalidModules: The `getRoutes()` method of Router did not return the expected type. "},
    {"crons.js",
     "export default { isCrons: true, export: () => JSON.stringify({ a: { name: 'm:f', args: [{}], schedule: { type: "
     "'weekly', dayOfWeek: 'noday', hourUTC: 3 } } }) };",
     "InvalidModules: Invalid schedule of the cron job 'a': dayOfWeek must be the name of a day"},
};

TEST(Analyze, SaysWhatIsWrong) {
  for (const auto& [path, source, expected] : refusals)
    EXPECT_THAT(analysis(source, path), StartsWith(expected)) << source;
}

TEST(Analyze, DescribesRoutesAndCrons) {
  EXPECT_THAT(
      analysis("const h = () => 1; h.isHttp = true; export default { isRouter: true, getRoutes: () => [['/a', 'GET', "
               "h], ['/p/*', 'POST', h]] };",
               "http.js"),
      HasSubstr(
          R"("httpRoutes":[{"pos":null,"route":{"method":"GET","path":"/a"}},{"pos":null,"route":{"method":"POST","path":"/p/*"}}])"));
  EXPECT_THAT(
      analysis(
          "export default { isCrons: true, export: () => JSON.stringify({ 'every five': { name: 'm.js:f', args: [{}], "
          "schedule: { type: 'interval', minutes: 5 } },"
          " w: { name: 'm.js:f', args: [{}], schedule: { type: 'weekly', dayOfWeek: 'monday', hourUTC: 3 } } }) };",
          "crons.js"),
      HasSubstr(
          R"("cronSpecs":[{"identifier":"every five","spec":{"cronSchedule":{"seconds":300,"type":"interval"},"udfArgs":[91,123,125,93],"udfPath":"m.js:f"}},)"
          R"({"identifier":"w","spec":{"cronSchedule":{"dayOfWeek":1,"hourUTC":3,"type":"weekly"})"));
}

TEST(Analyze, MayReadEnvironmentVariables) {
  EXPECT_THAT(analysis("if (process.env.KEY !== 'v') throw new Error('no');"), HasSubstr(R"("functions":[])"));
}

TEST(Schema, IsTheJsonOfItsExport) {
  const auto r = the_runtime().evaluate_schema(
      module_of("schema.js", R"(export default { export: () => '{"tables":[],"schemaValidation":true}' };)"), seed{},
      0);
  ASSERT_TRUE(r) << r.error().message;
  EXPECT_EQ(write_json(*r), R"({"schemaValidation":true,"tables":[]})");
  const auto bad = the_runtime().evaluate_schema(module_of("schema.js", "process.env.X"), seed{}, 0);
  EXPECT_THAT(bad.error().message, HasSubstr("Environment variables unsupported when evaluating schema"));
  const auto calls =
      the_runtime().evaluate_schema(module_of("schema.js", "Convex.asyncSyscall('1.0/get', '{}');"), seed{}, 0);
  EXPECT_THAT(calls.error().message, HasSubstr("Syscall 1.0/get unsupported when evaluating schema"));
  EXPECT_EQ(the_runtime().evaluate_schema(module_of("schema.js", ""), seed{}, 0).error().message,
            "Schema file missing default export.");
}

TEST(Definition, SeesItsDependenciesAndNoTime) {
  const auto env = [](std::string_view) { return std::optional<std::string>("e"); };
  const auto r = the_runtime().evaluate_definition(
      module_of("convex.config.js",
                "import c from './_componentDeps/QUJD'; export default { export: () => ({ child: "
                "c.componentDefinitionPath, e: process.env.E }) };"),
      {{"./_componentDeps/QUJD", "export default { componentDefinitionPath: 'ABC' };"}}, env);
  ASSERT_TRUE(r) << r.error().message;
  EXPECT_EQ(write_json(*r), R"({"child":"ABC","e":"e"})");
  for (const char* source : {"Date.now()", "new Date()", "Math.random()", "crypto.randomUUID()", "performance.now()"}) {
    const auto refused = the_runtime().evaluate_definition(module_of("convex.config.js", source), {}, env);
    ASSERT_FALSE(refused) << source;
    EXPECT_THAT(refused.error().message, HasSubstr("unsupported when evaluating app definition")) << source;
  }
  const auto fixed = the_runtime().evaluate_definition(
      module_of("convex.config.js", "export default { export: () => new Date(0) instanceof Date };"), {}, env);
  EXPECT_EQ(write_json(fixed.value()), "true");
  const auto component = the_runtime().evaluate_definition(module_of("convex.config.js", "process.env.X"), {}, nullptr);
  EXPECT_THAT(component.error().message, HasSubstr("Environment variables unsupported"));
}

TEST(AuthConfig, IsTheDefaultExport) {
  const auto env = [](std::string_view name) {
    return name == "ISSUER" ? std::optional<std::string>("https://i") : std::nullopt;
  };
  const auto r = the_runtime().evaluate_auth_config(
      module_of("auth.config.js",
                "export default { providers: [{ domain: process.env.ISSUER, applicationID: 'convex' }] };"),
      env);
  ASSERT_TRUE(r) << r.error().message;
  EXPECT_EQ(write_json(*r), R"({"providers":[{"applicationID":"convex","domain":"https://i"}]})");
  const auto missing = the_runtime().evaluate_auth_config(
      module_of("auth.config.js", "try { process.env.NO } catch {} export default { providers: [] };"), env);
  EXPECT_EQ(missing.error().code, "AuthConfigMissingEnvironmentVariable");
  EXPECT_EQ(missing.error().message, "Environment variable NO is used in auth config file but its value was not set");
}

}  // namespace
}  // namespace hull::backend::runtime::test
