// What the code that runs may ask for: it depends on what it runs as, and on whether its modules are still loading.
#pragma once

#include "common/failure.hpp"
#include "runtime/runtime.hpp"

namespace hull::backend::runtime {

enum class surroundings { query, mutation, action, analyze, schema, auth_config, definition };

/// Operations of the web platform that only actions have.
enum class web_operation { fetch, set_timeout, set_interval, storage_store, storage_get, form_data, stream };
/// By the name under which our JavaScript asks: "fetch", "setTimeout", "storage.store", ...
web_operation web_operation_named(std::string_view name);

surroundings surroundings_of(function_kind k);
bool is_transaction(surroundings s);  ///< A query or a mutation.

/// Why a syscall may not be called now; nothing when it may.
std::optional<failure> refuse_syscall(surroundings s, bool importing, std::string_view name);
std::optional<failure> refuse_operation(surroundings s, bool importing, web_operation operation);
/// Date, Math.random and what follows from them.
std::optional<failure> refuse_time(surroundings s);
/// Randomness that does not come from the seed.
std::optional<failure> refuse_crypto_random(surroundings s, bool importing);
std::optional<failure> refuse_random(surroundings s);
/// `has_environment`: somebody answers for variables here (nobody does for definitions of components).
std::optional<failure> refuse_environment(surroundings s, bool has_environment);

}  // namespace hull::backend::runtime
