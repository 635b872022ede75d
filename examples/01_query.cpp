// Asks a deployment once and prints the answer.
//
//   01_query [URL]
#include <hull/hull.hpp>

#include <boost/asio/io_context.hpp>

#include <iostream>

int main(int argc, char** argv) {
  boost::asio::io_context io;
  hull::client client(io.get_executor(), argc > 1 ? argv[1] : "http://127.0.0.1:3210");
  int status = 1;

  client.query("tasks:list", hull::object{}, [&](const hull::result<hull::value>& tasks) {
    if (tasks) {
      for (const hull::value& task : tasks->as_array()) std::cout << task.find("text")->as_string() << std::endl;
      std::cout << tasks->as_array().size() << " tasks" << std::endl;
      status = 0;
    } else {
      std::cerr << tasks.error().message << std::endl;
    }
    client.close();  // An open client keeps the loop running.
  });
  io.run();
  return status;
}
