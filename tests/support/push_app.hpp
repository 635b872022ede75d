// Pushes a small app to a backend over the push protocol, as the npm CLI would.
#pragma once

#include <map>
#include <string>

namespace hull::test {

/// Module path ("messages.js") to source text.
using app_modules = std::map<std::string, std::string>;

/// The chat app that the tests share, written against the syscalls themselves so that no bundler is needed:
/// `messages:list` (query, all rows), `messages:latest` (query, the newest row), `messages:send` (mutation),
/// `messages:add` (mutation, a read and a write), `messages:fail` (query and ConvexError), `messages:echo` (action).
app_modules chat_app();

/// Throws std::runtime_error with the answer of the backend when it refuses.
void push_app(const std::string& origin, const std::string& admin_key, const app_modules& modules);

}  // namespace hull::test
