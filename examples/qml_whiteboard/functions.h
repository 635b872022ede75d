// The board's functions for a deployment in this process: convex/board.ts in C++.
#pragma once

namespace hull::mock {
class fake_deployment;
}

/// Registers board:strokes, board:pens, board:draw, board:leave and board:clear.
void addWhiteboardFunctions(hull::mock::fake_deployment& deployment);
