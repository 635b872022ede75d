// Prints a chat as it grows, and says hello.
#include <hull/hull.hpp>

#include <boost/asio/io_context.hpp>

#include <iostream>

int main() {
  boost::asio::io_context io;
  hull::client client(io.get_executor(), "http://127.0.0.1:3210");

  hull::watch messages = client.watch_query("messages:list");
  hull::subscription live = messages.on_change([](const hull::query_state_ptr& state) {
    if (const hull::value* rows = state->current()) std::cout << hull::write_clean_json(*rows) << std::endl;
  });

  client.mutation("messages:send", hull::object{{"author", "Ada"}, {"body", "hello"}},
                  [](hull::result<hull::value> sent) {
                    if (!sent) std::cerr << sent.error().message << std::endl;
                  });
  io.run();
}
