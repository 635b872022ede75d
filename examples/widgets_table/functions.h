// The harbour's functions for a deployment in this process: convex/boats.ts in C++.
#pragma once

namespace hull::mock {
class fake_deployment;
}

/// Registers boats:list and boats:update, and moors some boats.
void addBoatFunctions(hull::mock::fake_deployment& deployment);
