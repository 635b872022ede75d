// The to-do list's functions for a deployment in this process: convex/tasks.ts in C++.
#pragma once

namespace hull::mock {
class fake_deployment;
}

/// Registers tasks:list, tasks:summary, tasks:add, tasks:setDone, tasks:move and tasks:remove, and adds some tasks.
void addTodoFunctions(hull::mock::fake_deployment& deployment);
