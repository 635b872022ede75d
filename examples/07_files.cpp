// Uploads a file, asks the deployment where it can be had, and downloads it again.
//
//   07_files [URL [FILE [COPY]]]
#include <hull/http/file_storage.hpp>
#include <hull/hull.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdint>
#include <exception>
#include <iostream>
#include <optional>
#include <string>

namespace {

void show_progress(std::uint64_t done, std::optional<std::uint64_t> total) {
  std::cout << "  " << done << (total ? " of " + std::to_string(*total) : "") << " bytes" << std::endl;
}

boost::asio::awaitable<void> run(hull::client& client, hull::file_storage& files, std::string from, std::string to) {
  using boost::asio::use_awaitable;
  const hull::value no_args = hull::object{};
  // value() throws what went wrong; main() prints it.
  const hull::value target = (co_await client.mutation("files:uploadUrl", no_args, use_awaitable)).value();

  hull::upload_options up;
  up.content_type = "text/plain";
  up.on_progress = show_progress;
  const std::string id = (co_await files.upload_file(target.as_string(), from, up, use_awaitable)).value();
  std::cout << "uploaded as " << id << std::endl;

  const hull::value which = hull::object{{"file", id}};
  const hull::value source = (co_await client.query("files:url", which, use_awaitable)).value();
  hull::download_options down;
  down.on_progress = show_progress;
  const hull::downloaded_file got = (co_await files.download_file(source.as_string(), to, down, use_awaitable)).value();
  std::cout << "downloaded " << got.size << " bytes of " << got.content_type << " to " << to << std::endl;
  client.close();
}

}  // namespace

int main(int argc, char** argv) {
  boost::asio::io_context io;
  hull::client client(io.get_executor(), argc > 1 ? argv[1] : "http://127.0.0.1:3210");
  hull::file_storage files(io.get_executor());
  int status = 0;
  boost::asio::co_spawn(io, run(client, files, argc > 2 ? argv[2] : "README.md", argc > 3 ? argv[3] : "copy"),
                        [&](const std::exception_ptr& failed) {
                          if (!failed) return;
                          try {
                            std::rethrow_exception(failed);
                          } catch (const std::exception& e) {
                            std::cerr << e.what() << std::endl;
                          }
                          status = 1;
                          client.close();
                        });
  io.run();
  return status;
}
