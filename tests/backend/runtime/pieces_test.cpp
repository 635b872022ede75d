// The queues behind the event loop, by themselves.
#include "runtime/surroundings.hpp"

#include <gtest/gtest.h>

namespace hull::backend::runtime::test {
namespace {

TEST(Surroundings, SyscallsAreForRunningFunctions) {
  const std::tuple<surroundings, bool, const char*> cases[] = {
      {surroundings::query, false, nullptr},
      {surroundings::mutation, false, nullptr},
      {surroundings::action, false, nullptr},
      {surroundings::query, true, "NoDbDuringImport"},
      {surroundings::action, true, "NoSyscallDuringImport"},
      {surroundings::analyze, true, "NoSyscallDuringImport"},
      {surroundings::schema, true, "NoSyscallInSchema"},
      {surroundings::auth_config, true, "NoSyscallDuringAuthConfig"},
      {surroundings::definition, true, "NoSyscallDuringAppDefinitionEvaluation"},
  };
  for (const auto& [where, importing, code] : cases) {
    const auto refused = refuse_syscall(where, importing, "1.0/get");
    EXPECT_EQ(refused ? refused->code : "", code == nullptr ? "" : code);
  }
}

TEST(Surroundings, OperationsHaveCodes) {
  EXPECT_FALSE(refuse_operation(surroundings::action, false, web_operation::fetch));
  EXPECT_EQ(refuse_operation(surroundings::query, false, web_operation::fetch)->code, "NoFetchInQueriesOrMutations");
  EXPECT_EQ(refuse_operation(surroundings::mutation, false, web_operation::set_timeout)->code,
            "NoSleepInQueriesOrMutations");
  EXPECT_EQ(refuse_operation(surroundings::action, true, web_operation::fetch)->message,
            "fetch() unsupported at import time");
}

}  // namespace
}  // namespace hull::backend::runtime::test
