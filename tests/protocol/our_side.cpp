// See our_side.hpp. The parts mirror tests/interop/record_golden.mjs.
#include "our_side.hpp"

#include "support/token_fixture.hpp"

#include <hull/protocol/codec.hpp>

#include <cmath>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <utility>

namespace hull::golden {
namespace {

using namespace std::chrono_literals;
using test::engine_harness;
using test::jwt;

/// What the application does; each step when the deployment waits for the client.
struct part {
  std::vector<std::function<void(engine_harness&)>> steps;
  sync::engine_options options = engine_harness::default_options();
};

/// An engine whose application takes its next step when the deployment waits.
class our_stage final : public stage, private mock::peer {
 public:
  explicit our_stage(part p) : engine_(std::move(p.options)), steps_(p.steps.begin(), p.steps.end()) {}

  mock::peer& accept() override {
    expect_nothing_unread();
    step();
    if (!engine_.opening) engine_.advance(30s);
    engine_.open();
    lines.push_back({line::kind::socket, {}});
    return *this;
  }
  void expect_end() override {
    while (step()) {
    }
    expect_nothing_unread();
  }

  std::vector<line> lines;

 private:
  std::optional<protocol::client_message> receive() override {
    while (engine_.sent.empty() && step()) {
    }
    auto m = engine_.receive();
    if (m) lines.push_back({line::kind::client_frame, settled(protocol::encode(*m))});
    return m;
  }
  std::optional<protocol::client_message> receive_within(std::chrono::milliseconds) override { return receive(); }
  void send_text(std::string frame) override {
    lines.push_back({line::kind::server_frame, frame});
    engine_.send_text(std::move(frame));
  }
  void close(std::uint16_t code, std::string reason) override {
    lines.push_back({line::kind::server_close, {}});
    engine_.close(code, std::move(reason));
  }
  void drop() override {
    lines.push_back({line::kind::server_close, {}});
    engine_.drop();
  }

  bool step() {
    if (steps_.empty()) return false;
    const auto next = std::move(steps_.front());
    steps_.pop_front();
    next(engine_);
    return true;
  }
  void expect_nothing_unread() {
    if (!engine_.sent.empty()) throw mock::unexpected("the client also sent " + protocol::encode(engine_.sent.front()));
  }

  engine_harness engine_;
  std::deque<std::function<void(engine_harness&)>> steps_;
};

value every_kind() {
  constexpr auto nan = std::numeric_limits<double>::quiet_NaN();
  constexpr auto infinity = std::numeric_limits<double>::infinity();
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  value deep = "bottom";
  for (int level = 0; level < 60; ++level)
    deep = level % 2 != 0 ? value::make_array({deep}) : value::make_object({{"d", deep}});
  return value::make_object({
      {"", "a field without a name"},
      {" ~", "blank and tilde"},
      {"z", 1},
      {"A", 2},
      {"a", 3},
      {"_", 4},
      {"nothing", nullptr},
      {"yes", true},
      {"no", false},
      {"integers", value::make_array({value::int64(0), value::int64(1), value::int64(-1), value::int64(5151996),
                                      value::int64(std::numeric_limits<std::int64_t>::max()), value::int64(least)})},
      {"floats", value::make_array({0, 1, -1, 0.1, 1.0 / 3, 1e21, 1e-7, 123456789012345680000.0, 0.000001, 5e-324,
                                    1.7976931348623157e308, 9007199254740992.0})},
      {"special", value::make_array({nan, infinity, -infinity, -0.0})},
      {"bytes", value::make_array({bytes{}, bytes{0}, bytes{255, 254, 253, 0, 62, 63}})},
      {"text", value::make_array({"", "ASCII", "h\u00e9llo", "\u65e5\u672c\u8a9e", "\U0001f600", "\u2028\u2029",
                                  std::string("\0\b\t\n\f\r\x1f\x7f\"\\/", 11), "\ufeff\uffff"})},
      {"deep", deep},
  });
}

void go(engine_harness& e, std::initializer_list<const char*> queries) {
  e.start();
  for (const char* path : queries) e.subscribe(e.key(path));
}
const sync::query_key& a() {
  static const auto key = engine_harness::key("q:a");
  return key;
}
const sync::query_key& b() {
  static const auto key = engine_harness::key("q:b");
  return key;
}

std::map<std::string_view, part> parts() {
  std::map<std::string_view, part> all;
  const auto m_list = engine_harness::key("m:list", value::make_object({{"z", value::int64(2)}, {"b", 1}}));
  all["cold_start"].steps = {
      [=](engine_harness& e) {
        e.start();
        e.subscribe(m_list);
        e.subscribe(e.key("other"));
        e.subscribe(e.key("m.js:list", value::make_object({{"b", 1}, {"z", value::int64(2)}})));
      },
      [=](engine_harness& e) {
        e.subscribe(m_list);
        e.subscribe(e.key("folder/third.js:fn"));
      },
      [](engine_harness& e) {
        e.mutate("m.js:send", value::make_object({{"t", "x"}}));
      },
  };
  all["values"].steps = {
      [](engine_harness& e) {
        e.start();
        e.subscribe(e.key("v:echo", every_kind()));
      },
      [](engine_harness& e) { e.mutate("v:echo", every_kind()); },
      [](engine_harness& e) {
        e.act("v:echo", value::make_object(
                            {{"10", "ten"}, {"9", "nine"}, {"a", "letter"}, {"01", "no integer"}, {"-1", "no index"}}));
      },
  };
  all["unsubscribing"].steps = {
      [](engine_harness& e) {
        go(e, {"q:a", "q:b"});
      },
      [](engine_harness& e) {
        e.unsubscribe(a());
        e.subscribe(a());
        e.subscribe(b());
        e.unsubscribe(b());
        e.unsubscribe(b());
        e.subscribe(b());
      },
  };
  all["reconnecting"].steps = {[](engine_harness& e) { go(e, {"q:a", "q:b", "q:c"}); }};
  all["replaying"].steps = {
      [](engine_harness& e) {
        go(e, {"q:a"});
        e.mutate("m:zero", value::make_object({{"n", 0}}));
        e.mutate("m:one");
        e.act("a:two");
      },
      [](engine_harness& e) {
        e.mutate("m:three");
        e.act("a:four");
      },
  };
  all["actions"].steps = {
      [](engine_harness& e) {
        e.start();
        e.act("a.js:run", value::make_object({{"n", 1}}));
      },
      [](engine_harness& e) { e.act("a:fails"); },
      [](engine_harness& e) { e.act("a:fails"); },
  };
  all["failures"].steps = {
      [](engine_harness& e) {
        go(e, {"q:plain", "q:full", "q:null"});
      },
      [](engine_harness& e) { e.mutate("m:send"); },
      [](engine_harness& e) { e.mutate("m:send"); },
  };
  all["fatal"].steps = {[](engine_harness& e) { e.start(); }};
  for (const char* name : {"removed_by_server", "chunks"})
    all[name].steps = {[](engine_harness& e) { go(e, {"q:a"}); }};
  all["pings"].steps = {[](engine_harness& e) { go(e, {"q:a"}); }, [](engine_harness& e) { e.mutate("m:send"); }};
  all["variations"].steps = {[](engine_harness& e) {
                               go(e, {"q:a", "q:b"});
                             },
                             [](engine_harness& e) { e.mutate("m:send"); }};
  all["signed_in"].steps = {
      [](engine_harness& e) {
        go(e, {"q:a"});
        e.sign_in();
        e.give_token(jwt("a"));
      },
      [](engine_harness& e) { e.give_token(jwt("b")); },
      [](engine_harness& e) { e.give_token(jwt("c")); },
      [](engine_harness& e) { e.set_admin(""); },
  };
  all["signed_in_late"].steps = {
      [](engine_harness& e) { go(e, {"q:a"}); },
      [](engine_harness& e) {
        e.sign_in();
        e.unsubscribe(a());
        e.subscribe(b());
        e.mutate("m:send");
        e.give_token(jwt("a"));
      },
      [](engine_harness& e) { e.give_token(jwt("a")); },
  };
  all["token_renewed"].options.auth.refresh_leeway = 2s;
  all["token_renewed"].steps = {
      [](engine_harness& e) {
        e.start();
        e.sign_in();
        e.give_token(jwt("a"));
      },
      [](engine_harness& e) { e.give_token(jwt("b", 1000, 1003)); },
      [](engine_harness& e) {
        e.advance(1s);
        e.give_token(jwt("c"));
      },
  };
  all["token_refused_always"].steps = {[](engine_harness& e) {
    go(e, {"q:a"});
    e.sign_in();
    e.give_token(jwt("a"));
  }};
  for (const char* name : {"b", "c", "d"})
    all["token_refused_always"].steps.push_back([=](engine_harness& e) { e.give_token(jwt(name)); });
  all["token_expected"].options.auth.expect_auth = true;
  all["token_expected"].steps = {[](engine_harness& e) {
    go(e, {"q:a"});
    e.mutate("m:send");
    e.sign_in();
    e.give_token(jwt("a"));
  }};
  all["nobody"].steps = {[](engine_harness& e) {
    go(e, {"q:a"});
    e.sign_in();
    e.give_token(std::nullopt);  // Asked again, for a fresh one:
    e.give_token(std::nullopt);
  }};
  all["admin"].steps = {
      [](engine_harness& e) {
        const value ada = value::make_object({{"issuer", "https://issuer"},
                                              {"subject", "ada"},
                                              {"emailVerified", true},
                                              {"age", 36},
                                              {"tags", value::make_array({"x"})}});
        go(e, {"q:a"});
        e.apply(sync::input::set_auth{{protocol::token_type::admin, "dev:name|secret", ada}});
      },
      [](engine_harness& e) { e.set_admin("dev:name|secret"); },
  };
  return all;
}

}  // namespace

std::optional<std::vector<line>> play_our_side(const scenario& s) {
  auto all = parts();
  const auto found = all.find(s.name);
  if (found == all.end()) return std::nullopt;
  our_stage stage(std::move(found->second));
  s.play(stage);
  return std::move(stage.lines);
}

}  // namespace hull::golden
