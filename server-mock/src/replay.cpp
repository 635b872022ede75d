// Bodies of replay.hpp.
#include <hull/mock/replay.hpp>
#include <hull/protocol/codec.hpp>
#include <hull/value/json.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace hull::mock {

namespace {

using protocol::client_message;
using std::chrono::milliseconds;

std::string shortened(std::string text) {
  constexpr std::size_t enough = 300;
  if (text.size() > enough) text = text.substr(0, enough) + "... (" + std::to_string(text.size()) + " bytes)";
  return text;
}

/// ".modifications[0].args[0].body: "a" was recorded, "b" came"; nothing when both are equal.
std::optional<std::string> first_difference(const value& recorded, const value& came, const std::string& path) {
  if (recorded == came) return std::nullopt;
  if (const object* a = recorded.if_object(), *b = came.if_object(); a && b) {
    for (const auto& [name, v] : *a) {
      const value* other = b->find(name);
      if (!other) return path + "." + name + " is missing";
      if (auto d = first_difference(v, *other, path + "." + name)) return d;
    }
    for (const auto& [name, v] : *b)
      if (!a->contains(name)) return path + "." + name + " was not recorded";
  }
  if (const array* a = recorded.if_array(), *b = came.if_array(); a && b) {
    for (std::size_t i = 0; i < std::min(a->size(), b->size()); ++i)
      if (auto d = first_difference((*a)[i], (*b)[i], path + "[" + std::to_string(i) + "]")) return d;
    return path + " has " + std::to_string(a->size()) + " items as recorded, and " + std::to_string(b->size()) +
           " came";
  }
  return path + ": " + shortened(write_json(recorded)) + " was recorded, " + shortened(write_json(came)) + " came";
}

/// Ids of the recorded client and those of the client that is here now.
class names {
 public:
  explicit names(bool compare_tokens) : compare_tokens_(compare_tokens) {}

  /// Puts recorded ids into `came` where it uses its own alike, and takes out what may differ.
  void align(client_message& recorded, client_message& came) {
    if (recorded.index() != came.index()) return;
    std::visit([&](auto& r) { align_one(r, std::get<std::decay_t<decltype(r)>>(came)); }, recorded);
  }

  /// The server's frame with the ids of the client that is here now.
  std::string translate(const std::string& frame) const {
    auto message = protocol::decode_server_message(frame);
    if (!message) return frame;
    if (auto* t = std::get_if<protocol::transition>(&*message)) {
      for (auto& change : t->modifications) std::visit([&](auto& c) { c.id = now(queries_, c.id); }, change);
    } else if (auto* m = std::get_if<protocol::mutation_response>(&*message)) {
      m->id = now(requests_, m->id);
    } else if (auto* a = std::get_if<protocol::action_response>(&*message)) {
      a->id = now(requests_, a->id);
    } else {
      return frame;
    }
    return changed_ ? protocol::encode(*message) : frame;
  }

 private:
  using ids = std::map<std::uint32_t, std::uint32_t>;

  static std::uint32_t now(const ids& known, std::uint32_t id) {
    const auto at = known.find(id);
    return at == known.end() ? id : at->second;
  }
  /// A new pair is noted; a known one must be the same, or the difference stays to be found.
  template <class Id>
  void pair(std::map<Id, Id>& known, const Id& recorded, Id& came) {
    const auto [at, is_new] = known.emplace(recorded, came);
    if (recorded != came) changed_ = true;
    if (at->second == came) came = recorded;
  }

  void align_one(protocol::connect& r, protocol::connect& c) {
    pair(sessions_, r.session_id, c.session_id);
    r.client_ts = c.client_ts = std::nullopt;
    r.last_close_reason = c.last_close_reason = std::nullopt;
  }
  void align_one(protocol::modify_query_set& r, protocol::modify_query_set& c) {
    for (std::size_t i = 0; i < std::min(r.modifications.size(), c.modifications.size()); ++i) {
      if (r.modifications[i].index() != c.modifications[i].index()) return;
      std::visit(
          [&](auto& one) { pair(queries_, one.id, std::get<std::decay_t<decltype(one)>>(c.modifications[i]).id); },
          r.modifications[i]);
    }
  }
  void align_one(protocol::mutation& r, protocol::mutation& c) { pair(requests_, r.id, c.id); }
  void align_one(protocol::action& r, protocol::action& c) { pair(requests_, r.id, c.id); }
  void align_one(protocol::authenticate& r, protocol::authenticate& c) {
    if (!compare_tokens_) r.token = c.token;
  }
  void align_one(protocol::event&, protocol::event&) {}

  bool compare_tokens_;
  bool changed_ = false;
  std::map<std::string, std::string> sessions_;
  ids queries_, requests_;
};

class player {
 public:
  player(mock_server& server, const replay_options& options)
      : server_(server), options_(options), names_(options.compare_tokens) {}

  result<void> play(const trace& t) {
    std::chrono::microseconds before{0};
    for (std::size_t i = 0; i < t.entries.size(); ++i) {
      const trace_entry& e = t.entries[i];
      where_ = "trace " + (e.line != 0 ? "line " + std::to_string(e.line) : "entry " + std::to_string(i + 1));
      result<void> done;
      switch (e.what) {
        case trace_entry::kind::opened:
          done = open();
          break;
        case trace_entry::kind::closed:
          if (i + 1 != t.entries.size()) done = close(e.code);
          break;
        case trace_entry::kind::frame:
          if (options_.keep_times && e.way == direction::to_client)
            std::this_thread::sleep_for(std::min<std::chrono::microseconds>(e.at - before, std::chrono::minutes(1)));
          done = e.way == direction::to_server ? expect(e.text) : send(e.text);
          break;
      }
      if (!done) return done;
      before = e.at;
    }
    return {};
  }

 private:
  error differs(const std::string& what) const { return {errc::bad_value, where_ + ": " + what, {}, {}}; }

  template <class Get>
  auto wait_for(Get get) -> decltype(get(milliseconds(0))) {
    const auto end = std::chrono::steady_clock::now() + options_.patience;
    for (;;) {
      if (options_.while_waiting) options_.while_waiting();
      if (auto got = get(milliseconds(options_.while_waiting ? 1 : 50))) return got;
      if (std::chrono::steady_clock::now() >= end) return {};
    }
  }

  result<void> open() {
    socket_ = wait_for([&](milliseconds time) { return server_.accept_within(time); });
    if (!socket_) return differs("a client was to connect, and none came");
    return {};
  }

  result<void> close(std::uint16_t code) {
    if (!socket_) return differs("a close, and no connection is open");
    // A connection that broke ends politely here: breaking it would overtake frames that the client had received.
    constexpr std::uint16_t broken = 1006, going_away = 1001;
    socket_->close(code == broken ? going_away : code, {});
    return {};
  }

  result<void> send(const std::string& frame) {
    if (!socket_) return differs("a frame, and no connection is open");
    socket_->send_text(names_.translate(frame));
    return {};
  }

  result<void> expect(const std::string& frame) {
    if (!socket_) return differs("a frame, and no connection is open");
    auto recorded = protocol::decode_client_message(frame);
    if (!recorded) return differs("no message of a client: " + recorded.error().message);
    if (std::holds_alternative<protocol::event>(*recorded)) return {};
    std::optional<client_message> came;
    try {
      do {
        came = wait_for([&](milliseconds time) { return socket_->receive_within(time); });
      } while (came && std::holds_alternative<protocol::event>(*came));
    } catch (const unexpected& e) {
      return differs(e.what());
    }
    if (!came) return differs("the client was to send " + shortened(describe(*recorded)) + ", and sent nothing");
    const std::string as_it_came = describe(*came);
    names_.align(*recorded, *came);
    if (*recorded == *came) return {};
    json_options o;
    o.any_names = true;
    o.plain = true;
    o.limits.max_nesting = 128;
    const auto a = read_json(protocol::encode(*recorded), o);
    const auto b = read_json(protocol::encode(*came), o);
    const auto where = a && b ? first_difference(*a, *b, "") : std::nullopt;
    return differs("the client sent something else: " + where.value_or("another message") +
                   "\n  recorded: " + shortened(frame) + "\n  came:     " + shortened(as_it_came));
  }

  mock_server& server_;
  const replay_options& options_;
  names names_;
  std::string where_;
  std::shared_ptr<connection> socket_;
};

}  // namespace

result<void> replay(mock_server& server, const trace& t, const replay_options& options) {
  return player(server, options).play(t);
}

}  // namespace hull::mock
