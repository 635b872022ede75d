// Runs functions for the scheduler.
#pragma once

#include "functions/runner.hpp"
#include "scheduler/callee.hpp"

namespace hull::backend::functions {

class scheduled_functions final : public scheduler::callee {
 public:
  scheduled_functions(const services& shared, runner& runs) : shared_(shared), runs_(runs) {}

  outcome<scheduler::callable> what_is(database::transaction& tx, const std::string& path) override;
  outcome<std::optional<scheduler::call_end>> mutation(const scheduler::scheduled_call& call,
                                                       const scheduler::before_run& before,
                                                       const scheduler::after_run& after) override;
  outcome<scheduler::call_end> action(const scheduler::scheduled_call& call) override;

 private:
  const services& shared_;
  runner& runs_;
};

}  // namespace hull::backend::functions
