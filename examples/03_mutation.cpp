// Adds a task for each text, one after the other, and says what became of it.
//
//   03_mutation [URL [TEXT...]]
#include <hull/client/typed.hpp>
#include <hull/hull.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/describe/class.hpp>

#include <algorithm>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

struct new_task {
  std::string text;
};
BOOST_DESCRIBE_STRUCT(new_task, (), (text))

// What the function takes, and what it gives: the new task's id.
constexpr hull::mutation_ref<new_task, std::string> add_task{"tasks:add"};

boost::asio::awaitable<void> add_all(hull::client& client, std::vector<std::string> texts, int& failures) {
  for (const std::string& text : texts) {
    const new_task task{text};
    const hull::result<std::string> id = co_await client.mutation(add_task, task, boost::asio::use_awaitable);
    if (id) {
      std::cout << "added " << *id << std::endl;
      continue;
    }
    ++failures;
    const hull::error& why = id.error();
    const hull::value* said = why.data ? why.data->find("message") : nullptr;  // What the ConvexError carries.
    std::cerr << (said != nullptr ? said->as_string() : why.message) << std::endl;
  }
  client.close();
}

int main(int argc, char** argv) {
  boost::asio::io_context io;
  hull::client client(io.get_executor(), argc > 1 ? argv[1] : "http://127.0.0.1:3210");
  std::vector<std::string> texts(argv + std::min(argc, 2), argv + argc);
  if (texts.empty()) texts = {"Buy bread", "Water the plants"};
  int failures = 0;
  boost::asio::co_spawn(io, add_all(client, std::move(texts), failures), boost::asio::detached);
  io.run();
  return failures == 0 ? 0 : 1;
}
