// Shows the tasks of last time at once, and keeps what it adds until a deployment has it, over restarts.
//
//   08_offline [URL [FOLDER [TEXT...]]]     adds each TEXT, and ends when all is done or after two seconds
#include <hull/hull.hpp>
#include <hull/offline/file_outbox.hpp>
#include <hull/offline/file_result_store.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <exception>
#include <iostream>
#include <memory>
#include <string>

int main(int argc, char** argv) {
  const std::string folder = argc > 2 ? argv[2] : ".";
  boost::asio::io_context io;
  hull::client_options options;
  const auto results = hull::file_result_store::open(folder + "/tasks.results");
  if (results)
    options.results = *results;
  else
    std::cerr << "starting without stored results: " << results.error().message << std::endl;
  options.outbox = std::make_shared<hull::file_outbox>(folder + "/tasks.outbox");
  options.on_restored = [](const hull::outbox::entry& call, const hull::result<hull::value>& outcome) {
    std::cout << call.args.find("text")->as_string()
              << ", from an earlier run: " << (outcome ? "the deployment has it" : outcome.error().message)
              << std::endl;
  };

  try {
    hull::client client(io.get_executor(), argc > 1 ? argv[1] : "http://127.0.0.1:3210", options);
    hull::watch tasks = client.watch_query("tasks:list");
    hull::subscription live = tasks.on_change([](const hull::query_state_ptr& state) {
      if (const hull::value* rows = state->current())
        std::cout << rows->as_array().size() << (state->is_last_known ? " tasks, as of last time" : " tasks")
                  << std::endl;
    });
    for (int i = 3; i < argc; ++i) {
      const auto say = [text = std::string(argv[i])](const hull::result<hull::value>& added) {
        const bool is_kept = !added && added.error().code == hull::errc::closed;
        std::cout << text << ": "
                  << (added     ? "the deployment has it"
                      : is_kept ? "kept for later"
                                : added.error().message)
                  << std::endl;
      };
      client.mutation("tasks:add", hull::object{{"text", argv[i]}}, say);
    }
    // Closing leaves in the outbox what is not over.
    boost::asio::steady_timer patience(io, std::chrono::seconds(2));
    patience.async_wait([&](boost::system::error_code) { client.close(); });
    io.run();
  } catch (const std::exception& e) {
    std::cerr << e.what() << std::endl;
    return 1;
  }
}
