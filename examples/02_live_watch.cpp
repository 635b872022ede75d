// Prints the tasks now, and again whenever they change, until it has printed them often enough.
//
//   02_live_watch [URL [TIMES]]
#include <hull/hull.hpp>

#include <boost/asio/io_context.hpp>

#include <cstdlib>
#include <iostream>

int main(int argc, char** argv) {
  boost::asio::io_context io;
  hull::client client(io.get_executor(), argc > 1 ? argv[1] : "http://127.0.0.1:3210");
  int times_left = argc > 2 ? std::atoi(argv[2]) : 1'000'000;

  hull::watch tasks = client.watch_query("tasks:list");
  hull::subscription live = tasks.on_change([&](const hull::query_state_ptr& state) {
    if (state->failure) {
      std::cerr << state->failure->message << std::endl;
    } else if (const hull::value* rows = state->current()) {
      std::cout << rows->as_array().size() << " tasks:";
      for (const hull::value& task : rows->as_array())
        std::cout << (task.find("done")->as_bool() ? " [x] " : " [ ] ") << task.find("text")->as_string();
      std::cout << std::endl;
      if (--times_left <= 0) client.close();
    }
  });
  hull::subscription link = client.on_connection_state([](const hull::connection_state& now) {
    std::cerr << (now.is_connected ? "connected" : "not connected, trying again") << std::endl;
  });
  io.run();
}
