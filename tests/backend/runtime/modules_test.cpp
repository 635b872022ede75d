// Loading of modules and the checks on exports: the texts that users see when something is missing.
#include "runtime_fixture.hpp"

#include "runtime/module_loader.hpp"

namespace hull::backend::runtime::test {
namespace {

TEST(Modules, ImportRelativeAndAbsoluteAndInCycles) {
  const auto modules = set_of({
      module_of("a/m.js", helpers + "import { two } from '../_deps/X.js';\nimport { three } from './b/c.js';\n"
                                    "export const f = query(() => two() + three);\nexport const one = 1;"),
      module_of("_deps/X.js", "import { one } from '../a/m.js';\nexport const two = () => one + 1;"),
      module_of("a/b/c.js",
                "import { two } from 'convex:/_deps/X.js';\nexport const three = typeof two === 'function' ? 3 : 0;"),
  });
  EXPECT_EQ(text_of(run({modules, "f", function_kind::query, "[]", "a/m.js"})), "5");
}

TEST(Modules, StateStartsAnewInEachRun) {
  const auto modules =
      module_m("let n = 0; globalThis.g = globalThis.g || 0; export const f = query(() => [++n, ++globalThis.g]);");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(text_of(run({modules})), "[1,1]");
}

struct loading_case {
  const char* name;
  std::string source;
  const char* expected;
};

const loading_case loading_cases[] = {
    {"missing export", "", "thrown: Couldn't find \"f\" in module \"m.js\"."},
    {"no wrapper", "export const f = async () => 1;",
     "thrown: Function m.js:f is neither a query or mutation. Did you forget to wrap it with `query` or `mutation`?"},
    {"mutation as query", "export const f = mutation(() => 1);",
     "thrown: Function m.js:f is registered as a mutation but is being run as a query."},
    {"missing module", "import './gone.js';",
     "thrown: convex:/m.js:19:8: Couldn't find JavaScript module 'gone.js'. Did you forget to run `npx convex dev`?"},
    {"foreign scheme", "import 'https://x/y.js';",
     "thrown: convex:/m.js:19:8: Unsupported scheme (https) in https://x/y.js"},
    {"bare specifier", "import 'react';",
     "thrown: convex:/m.js:19:8: Relative import path \"react\" not prefixed with / or ./ or ../"},
    {"missing name", "import { nope } from './m.js';",
     "thrown: Uncaught SyntaxError: The requested module './m.js' does not provide an export named 'nope'"},
    {"top-level await", "await 1; export const f = query(() => 1);", "2"},
    {"top-level await that waits", "await new Promise(() => {});",
     "thrown: Top-level awaits in source files are unsupported"},
    {"throws", "throw new TypeError('at the top');", "thrown: Uncaught TypeError: at the top"},
    {"syntax", "let = 3 3;", "thrown: Uncaught SyntaxError: let is disallowed as a lexically bound name"},
    {"database at import time", "Convex.syscall('1.0/db/normalizeId', '{}')",
     "thrown: Uncaught Error: Can't use database at import time"},
    {"timers at import time", "setTimeout(() => {}, 1)",
     "thrown: Uncaught Error: setTimeout unsupported at import time"},
    {"import meta", "export const f = query(() => import.meta);",
     "thrown: Uncaught TypeError: import.meta unsupported"},
    {"dynamic import", "export const f = query(() => import('./m.js'));",
     "thrown: Uncaught TypeError: dynamic module import unsupported"},
    {"code from strings", "export const f = query(() => new Function('return 1')());",
     "thrown: Uncaught EvalError: Code generation from strings disallowed for this context"},
};

TEST(Modules, SayWhatIsWrong) {
  for (const loading_case& c : loading_cases) {
    SCOPED_TRACE(c.name);
    const std::string got = text_of(run({module_m(c.source)}));
    if (std::string(c.name) == "top-level await")
      EXPECT_EQ(got, "thrown: Top-level awaits in source files are unsupported");
    else if (std::string(c.name) == "syntax")
      EXPECT_EQ(got.substr(0, 29), "thrown: Uncaught SyntaxError:");
    else
      EXPECT_EQ(got, c.expected);
  }
}

TEST(Modules, WrongKindsTheOtherWayRound) {
  EXPECT_EQ(text_of(run({module_m("export const f = query(() => 1);"), "f", function_kind::mutation})),
            "thrown: Function m.js:f is registered as a query but is being run as a mutation.");
  EXPECT_EQ(text_of(run({module_m("export const f = query(() => 1);"), "f", function_kind::action})),
            "thrown: Function m.js:f is not an action. Did you forget to wrap it with `action`?");
}

TEST(Modules, OfNodeAreRefused) {
  module_source node = module_of("m.js", "export const f = 1;");
  node.node = true;
  EXPECT_EQ(
      text_of(run({set_of({node})})),
      "thrown: Trying to execute m.js in isolate, but it is bundled for node. Only other \"use node\" modules can "
      "import it.");
}

TEST(Modules, SpecifiersResolveAgainstTheImporter) {
  const std::pair<const char*, const char*> cases[] = {{"./x.js", "a/b/x.js"},      {"../x.js", "a/x.js"},
                                                       {"../../../x.js", "x.js"},   {"/x.js", "x.js"},
                                                       {"./y/../z.js", "a/b/z.js"}, {"convex:/q/x.js", "q/x.js"}};
  for (const auto& [specifier, expected] : cases)
    EXPECT_EQ(resolve_specifier(specifier, "a/b/m.js").value(), expected) << specifier;
  EXPECT_EQ(resolve_specifier("convex://h/x.js", "m.js").error().code, "UnsupportedAuthority");
  EXPECT_EQ(resolve_specifier("convex:x.js", "m.js").error().code, "CannotBeABase");
}

}  // namespace
}  // namespace hull::backend::runtime::test
