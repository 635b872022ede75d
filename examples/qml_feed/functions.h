// The log's functions for a deployment in this process: convex/feed.ts in C++.
#pragma once

namespace hull::mock {
class fake_deployment;
}

/// How many entries the log begins with.
constexpr int feedEntries = 10'000;

/// Registers feed:page, feed:post and feed:like, and writes the first entries.
void addFeedFunctions(hull::mock::fake_deployment& deployment);
