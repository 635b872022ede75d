// A chat on a fake deployment, and clients whose event loop the test turns by hand.
#pragma once

#include <hull/hull.hpp>
#include <hull/mock/fake_deployment.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hull::mock::test {

using namespace std::chrono_literals;

struct outcome {
  std::optional<result<value>> got;
  auto token() {
    return [this](result<value> r) { got = std::move(r); };
  }
  bool ok() const { return got && got->has_value(); }
};

struct rig {
  boost::asio::io_context loop{1};
  fake_deployment deployment;

  explicit rig(deployment_options options = {}) : deployment(turning(std::move(options))) {
    deployment.query("messages:list",
                     [](query_context& db, const value&) { return value(db.table("messages").scan()); });
    deployment.mutation("messages:send", [](mutation_context& db, const value& args) {
      if (!args.find("body")) throw std::runtime_error("A message needs a body.");
      return value(db.table("messages").insert(args.as_object()));
    });
  }

  deployment_options turning(deployment_options o) {
    o.while_waiting = [this] {
      loop.restart();
      loop.poll();
    };
    return o;
  }

  client make_client(std::function<void(client_options&)> change = {}) {
    client_options o;
    o.backoff_initial = o.backoff_own_close = 10ms;
    if (change) change(o);
    return client(loop.get_executor(), deployment.url(), o);
  }
  void until(const std::function<bool()>& condition, std::string_view what) { deployment.wait_until(condition, what); }

  result<value> call(client& c, const std::string& path, value args) {
    outcome out;
    c.mutation(path, std::move(args), out.token());
    until([&] { return out.got.has_value(); }, "the answer of " + path);
    return *out.got;
  }
  result<value> act(client& c, const std::string& path, value args = object()) {
    outcome out;
    c.action(path, std::move(args), out.token());
    until([&] { return out.got.has_value(); }, "the answer of " + path);
    return *out.got;
  }
  result<value> ask(client& c, const std::string& path, value args = object()) {
    outcome out;
    c.query(path, std::move(args), out.token());
    until([&] { return out.got.has_value(); }, "the answer of " + path);
    return *out.got;
  }
};

/// A live query and all that it has shown.
struct seen {
  std::vector<query_state_ptr> states;
  subscription live;
  seen(client& c, const std::string& path, value args = object()) {
    live = c.watch_query(path, std::move(args)).on_change([this](const query_state_ptr& s) { states.push_back(s); });
  }
  std::size_t rows() const {
    if (states.empty() || !states.back()->current()) return 0;
    const array* list = states.back()->current()->if_array();
    return list ? list->size() : 0;
  }
  bool ready() const { return !states.empty() && states.back()->current() != nullptr; }
};

inline value message(std::string body) { return object{{"author", "Ada"}, {"body", std::move(body)}}; }

}  // namespace hull::mock::test
