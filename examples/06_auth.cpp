// Signs in with a token and prints who the deployment takes us for.
//
//   HULL_TOKEN=... 06_auth [URL]
#include <hull/hull.hpp>

#include <boost/asio/io_context.hpp>

#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>

int main(int argc, char** argv) {
  boost::asio::io_context io;
  hull::client client(io.get_executor(), argc > 1 ? argv[1] : "http://127.0.0.1:3210");

  // Asked for a token now, before it ends, and when the deployment refuses it. A real program asks its identity
  // provider here, and answers later, from any thread.
  const hull::token_source source = [](const hull::token_request& request, const hull::token_answer& answer) {
    std::cout << (request.force_refresh ? "a fresh token, please" : "a token, please") << std::endl;
    const char* token = std::getenv("HULL_TOKEN");
    if (token == nullptr)
      answer(std::optional<std::string>());  // Nobody is signed in.
    else
      answer(std::optional<std::string>(token));
  };
  client.set_auth(source, [](bool is_authenticated) {
    std::cout << (is_authenticated ? "signed in" : "not signed in") << std::endl;
  });

  // Never runs unauthenticated in between: the client holds everything back until the first token is there.
  hull::watch me = client.watch_query("users:me");
  hull::subscription live = me.on_change([&](const hull::query_state_ptr& state) {
    if (const hull::value* name = state->current()) {
      std::cout << "hello, " << (name->is_string() ? name->as_string() : "whoever you are") << std::endl;
      client.close();
    }
  });
  io.run();
}
