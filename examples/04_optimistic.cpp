// Adds a task and shows it at once, before the deployment has heard of it.
//
//   04_optimistic [URL [TEXT]]
#include <hull/hull.hpp>

#include <boost/asio/io_context.hpp>

#include <iostream>
#include <optional>
#include <string>
#include <utility>

int main(int argc, char** argv) {
  boost::asio::io_context io;
  hull::client client(io.get_executor(), argc > 1 ? argv[1] : "http://127.0.0.1:3210");
  const std::string text = argc > 2 ? argv[2] : "Read about optimistic updates";
  bool was_added = false;
  int status = 1;

  const auto add = [&] {
    hull::mutation_options options;
    options.optimistic = [text](hull::local_store& store) {
      const std::optional<hull::value> rows = store.get_query("tasks:list", hull::object{});
      if (!rows) return;  // Not loaded: nothing to predict.
      hull::array with_mine = rows->as_array();
      with_mine.push_back(hull::object{{"_id", "predicted"}, {"text", text}, {"done", false}});
      store.set_query("tasks:list", hull::object{}, with_mine);
    };
    client.mutation("tasks:add", hull::object{{"text", text}}, options, [&](const hull::result<hull::value>& added) {
      if (added) {
        std::cout << "the deployment has it" << std::endl;
        status = 0;
      } else {
        std::cerr << added.error().message << std::endl;
      }
      client.close();
    });
  };

  hull::watch tasks = client.watch_query("tasks:list");
  hull::subscription live = tasks.on_change([&](const hull::query_state_ptr& state) {
    const hull::value* rows = state->current();
    if (rows == nullptr) return;
    std::cout << rows->as_array().size() << (state->is_optimistic ? " tasks, as predicted" : " tasks") << std::endl;
    if (!std::exchange(was_added, true)) add();
  });
  io.run();
  return status;
}
