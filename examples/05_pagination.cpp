// Loads a long list page by page, and keeps every page live.
//
//   05_pagination [URL [ROWS_PER_PAGE]]
#include <hull/hull.hpp>

#include <boost/asio/io_context.hpp>

#include <cstdlib>
#include <iostream>

int main(int argc, char** argv) {
  boost::asio::io_context io;
  hull::client client(io.get_executor(), argc > 1 ? argv[1] : "http://127.0.0.1:3210");
  const double rows = argc > 2 ? std::atof(argv[2]) : 3;
  int status = 1;

  hull::pages_options options;
  options.initial_items = rows;
  hull::paginated_watch tasks = client.watch_pages("tasks:page", hull::object{}, options);
  hull::subscription live = tasks.on_change([&](const hull::paginated_state_ptr& state) {
    using status_of_list = hull::paginated_state::status;
    switch (state->state) {
      case status_of_list::can_load_more:
        std::cout << state->items.size() << " tasks so far" << std::endl;
        tasks.load_more(rows);
        break;
      case status_of_list::exhausted:
        std::cout << state->items.size() << " tasks in all" << std::endl;
        status = 0;
        client.close();
        break;
      case status_of_list::error:
        std::cerr << state->failure->message << std::endl;
        client.close();
        break;
      case status_of_list::loading_first_page:
      case status_of_list::loading_more: break;  // Rows loaded so far stay on display meanwhile.
    }
  });
  io.run();
  return status;
}
