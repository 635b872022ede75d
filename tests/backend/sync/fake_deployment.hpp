// A deployment without database and JavaScript, for tests of the edges: a list of numbers that `m:list` returns,
// `m:push` appends to (`m:push_and_rest` takes its time afterwards) and `m:echo` gives back its arguments; `m:who` says
// who asks, the mutation `m:token` with which token, and `m:throw` comes to an unexpected end. Linked in place of the
// real rooms.
#pragma once

#include "auth/admin_key.hpp"
#include "functions/application.hpp"

#include <hull/value/value.hpp>

#include <memory>

namespace hull::test {

struct fake_deployment {
  std::unique_ptr<backend::functions::application> app;
};

/// One at a time.
fake_deployment make_fake_deployment();

/// The providers of its auth.config; none when it is made.
void set_auth_providers(array providers);

/// `/forever` of its HTTP actions notes when its client goes away.
void note_gone();
bool wait_until_gone();

/// How often `m:list` ran since the deployment was made.
std::size_t runs_of_list();

backend::auth::instance_identity test_instance();

}  // namespace hull::test
