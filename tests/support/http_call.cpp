#include "http_call.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace hull::test {

std::optional<http_answer> http_call(const std::string& origin, const std::string& method, const std::string& target,
                                     const std::vector<std::pair<std::string, std::string>>& headers,
                                     const std::string& body) {
  namespace asio = boost::asio;
  namespace http = boost::beast::http;
  boost::system::error_code ec;
  asio::io_context io;
  asio::ip::tcp::socket socket(io);
  const auto port = static_cast<std::uint16_t>(std::stoi(origin.substr(origin.rfind(':') + 1)));
  if (socket.connect({asio::ip::make_address("127.0.0.1"), port}, ec)) return std::nullopt;

  http::request<http::string_body> request(http::string_to_verb(method), target, 11);
  request.set(http::field::host, "127.0.0.1");
  if (!body.empty()) request.set(http::field::content_type, "application/json");
  for (const auto& [name, text] : headers) request.set(name, text);
  request.body() = body;
  request.prepare_payload();
  http::write(socket, request, ec);
  if (ec) return std::nullopt;

  boost::beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(64u << 20);
  http::read(socket, buffer, parser, ec);
  if (ec) return std::nullopt;
  return http_answer{parser.get().result_int(), parser.get().body()};
}

}  // namespace hull::test
