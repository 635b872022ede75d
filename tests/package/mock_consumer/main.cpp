// A client and its deployment in one program: it must see its own message.
#include <hull/hull.hpp>
#include <hull/mock/fake_deployment.hpp>

#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <exception>
#include <optional>

void add_functions(hull::mock::fake_deployment& deployment);

int main() {
  try {
    boost::asio::io_context loop;
    hull::mock::deployment_options options;
    options.while_waiting = [&] {
      loop.restart();
      loop.poll();
    };
    hull::mock::fake_deployment deployment(options);
    add_functions(deployment);
    hull::client client(loop.get_executor(), deployment.url());
    std::optional<hull::result<hull::value>> sent;
    client.mutation("messages:send", hull::object{{"body", "hello"}}, [&](hull::result<hull::value> r) { sent = r; });
    deployment.expect(hull::mock::a_mutation("messages:send").with_fields({{"body", "hello"}}));
    deployment.wait_until([&] { return sent.has_value(); }, "the answer");
    if (sent->has_value() && deployment.documents("messages").size() == 1) return 0;
    std::puts("The message did not arrive.");
  } catch (const std::exception& e) {
    std::puts(e.what());
  }
  return 1;
}
