// Where a client stands with its deployment: the type belongs to the engine, which computes it.
#pragma once

#include <hull/sync/connection_state.hpp>
