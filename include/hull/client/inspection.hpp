// A look into a client: the types belong to the engine, which fills most of them.
#pragma once

#include <hull/sync/inspection.hpp>
