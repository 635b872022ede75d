// The notes' functions for a deployment in this process: convex/notes.ts in C++.
#pragma once

namespace hull::mock {
class fake_deployment;
}

/// Registers notes:mine, notes:add and notes:remove, believes the example's identity provider, and writes some notes.
void addNoteFunctions(hull::mock::fake_deployment& deployment);
