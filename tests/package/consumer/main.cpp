// What the README shows, as a program of somebody else: it must compile, link and refuse a bad address.
#include <hull/hull.hpp>

#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <stdexcept>

int main() {
  boost::asio::io_context io;
  try {
    hull::client client(io.get_executor(), "not an address");
  } catch (const std::invalid_argument& e) {
    std::printf("Hull %s refuses a bad address: %s\n", hull::version, e.what());
    return 0;
  }
  std::puts("A bad address was accepted.");
  return 1;
}
