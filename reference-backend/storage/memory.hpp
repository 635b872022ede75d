// Storage that lives as long as the process: for tests and for throw-away deployments.
#pragma once

#include "storage/persistence.hpp"

namespace hull::backend::storage {

std::unique_ptr<persistence> open_memory();

}  // namespace hull::backend::storage
