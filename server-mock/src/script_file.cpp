// Bodies of script_file.hpp.
#include <hull/function/path.hpp>
#include <hull/mock/expectation.hpp>
#include <hull/mock/script_file.hpp>
#include <hull/value/json.hpp>

#include "json_file.hpp"

#include <cmath>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <variant>

namespace hull::mock {

namespace {

using namespace detail;
using std::chrono::milliseconds;

std::uint32_t need_number(const value& v, double least, double most, const std::string& place) {
  const double* n = v.if_double();
  if (!n || *n != std::floor(*n) || *n < least || *n > most)
    fail_at(place, "must be a whole number from " + std::to_string(static_cast<long>(least)) + " to " +
                       std::to_string(static_cast<long>(most)));
  return static_cast<std::uint32_t>(*n);
}

/// Waits with the patience of the options rather than with the server's.
class patient_peer final : public peer {
 public:
  patient_peer(std::shared_ptr<connection> socket, milliseconds patience)
      : socket_(std::move(socket)), patience_(patience) {}
  /// Events come as they like; no script cares.
  std::optional<protocol::client_message> receive() override {
    for (;;) {
      auto m = receive_within(patience_);
      if (!m || !std::holds_alternative<protocol::event>(*m)) return m;
    }
  }
  std::optional<protocol::client_message> receive_within(milliseconds time) override {
    return socket_->receive_within(time);
  }
  void send_text(std::string frame) override { socket_->send_text(std::move(frame)); }
  void close(std::uint16_t code, std::string reason) override { socket_->close(code, std::move(reason)); }
  void drop() override { socket_->drop(); }

 private:
  std::shared_ptr<connection> socket_;
  milliseconds patience_;
};

class runner {
 public:
  runner(mock_server& server, const script_options& options) : server_(server), options_(options) {}

  void run(const array& steps) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const std::string place = ".steps[" + std::to_string(i) + "]";
      const object& step = need_object(steps[i], place);
      if (options_.on_step) options_.on_step(place + " " + write_json(steps[i]));
      try {
        take(step, place);
      } catch (const unexpected& e) {
        fail_at(place, e.what());
      }
    }
  }

 private:
  struct call {
    bool is_mutation = false;
    protocol::request_id id = 0;
  };

  script& talk(const std::string& place) {
    if (!script_) accept(place);
    return *script_;
  }

  void accept(const std::string& place) {
    auto socket = server_.accept_within(options_.patience);
    if (!socket) fail_at(place, "no client connected");
    script_.reset();
    peer_ = std::make_unique<patient_peer>(std::move(socket), options_.patience);
    script_.emplace(*peer_);
    queries_.clear();
    calls_.clear();
  }

  void take(const object& step, const std::string& place) {
    if (step.contains("accept")) return only_fields(step, {"accept"}, place), accept(place);
    if (const value* what = step.find("expect")) return expect(step, need_text(*what, place + ".expect"), place);
    if (const value* changes = step.find("transition")) return transition(step, *changes, place);
    if (const value* answer = step.find("answer")) {
      only_fields(step, {"answer"}, place);
      return reply(*answer, std::nullopt, place);
    }
    if (const value* message = step.find("fail")) {
      only_fields(step, {"fail", "data"}, place);
      const value* data = step.find("data");
      return reply(
          value(),
          protocol::call_failure{need_text(*message, place + ".fail"), data ? std::optional(*data) : std::nullopt},
          place);
    }
    if (const value* text = step.find("send")) {
      only_fields(step, {"send"}, place);
      return talk(place).send_text(text->is_string() ? text->as_string() : write_json(*text));
    }
    if (const value* time = step.find("wait_ms")) {
      only_fields(step, {"wait_ms"}, place);
      return std::this_thread::sleep_for(milliseconds(need_number(*time, 0, 600'000, place + ".wait_ms")));
    }
    if (const value* code = step.find("close")) {
      only_fields(step, {"close", "reason"}, place);
      const value* reason = step.find("reason");
      talk(place).close(static_cast<std::uint16_t>(need_number(*code, 1000, 4999, place + ".close")),
                        reason ? need_text(*reason, place + ".reason") : std::string());
      return script_.reset();
    }
    if (step.contains("drop")) {
      only_fields(step, {"drop"}, place);
      talk(place).drop();
      return script_.reset();
    }
    fail_at(place, "needs one of accept, expect, transition, answer, fail, send, wait_ms, close, drop");
  }

  void expect(const object& step, const std::string& what, const std::string& place) {
    only_fields(step, {"expect", "path", "args", "with"}, place);
    script& s = talk(place);
    if (what == "Connect") {
      s.expect_connect();
    } else if (what == "Authenticate") {
      s.expect_authenticate();
    } else if (what == "ModifyQuerySet") {
      note(s.expect_modify_query_set());
    } else if (what == "hello") {
      s.expect_connect();
      note(s.expect_modify_query_set());
    } else if (what == "Mutation") {
      calls_.push_back({true, expect_call(step, function_kind::mutation, place)});
    } else if (what == "Action") {
      calls_.push_back({false, expect_call(step, function_kind::action, place)});
    } else {
      fail_at(place + ".expect", "must be hello, Connect, Authenticate, ModifyQuerySet, Mutation or Action");
    }
  }

  protocol::request_id expect_call(const object& step, function_kind kind, const std::string& place) {
    script& s = talk(place);
    const value* path = step.find("path");
    if (!path) return kind == function_kind::mutation ? s.expect_mutation().id : s.expect_action().id;
    expectation e(kind, need_text(*path, place + ".path"));
    if (const value* args = step.find("args")) e = std::move(e).with(*args);
    if (const value* with = step.find("with")) e = std::move(e).with_fields(need_object(*with, place + ".with"));
    return kind == function_kind::mutation ? expect_mutation(s, e).id : expect_action(s, e).id;
  }

  void note(const protocol::modify_query_set& set) {
    for (const auto& change : set.modifications) {
      if (const auto* q = std::get_if<protocol::add_query>(&change))
        queries_[q->id] = canonical_path(q->udf_path);
      else
        queries_.erase(std::get<protocol::remove_query>(change).id);
    }
  }

  void transition(const object& step, const value& changes, const std::string& place) {
    only_fields(step, {"transition", "chunks"}, place);
    std::vector<protocol::query_change> out;
    const array& list = need_array(changes, place + ".transition");
    for (std::size_t i = 0; i < list.size(); ++i) {
      const std::string at = place + ".transition[" + std::to_string(i) + "]";
      const object& change = need_object(list[i], at);
      only_fields(change, {"query", "value", "error", "data"}, at);
      const value* query = change.find("query");
      if (!query) fail_at(at, "needs \"query\" with the path of a live query");
      const std::string path = canonical_path(need_text(*query, at + ".query"));
      const value* result = change.find("value");
      const value* error = change.find("error");
      if (!result == !error) fail_at(at, "needs either \"value\" or \"error\"");
      const value* data = change.find("data");
      bool is_live = false;
      for (const auto& [id, live] : queries_) {
        if (live != path) continue;
        is_live = true;
        out.push_back(result
                          ? updated(id, *result)
                          : failed(id, need_text(*error, at + ".error"), data ? std::optional(*data) : std::nullopt));
      }
      if (!is_live) fail_at(at, "the client watches no query \"" + path + "\"");
    }
    script& s = talk(place);
    ts_ = std::max(ts_, s.version().ts) + 1;
    if (const value* chunks = step.find("chunks"))
      s.chunked_transition(need_number(*chunks, 1, 1000, place + ".chunks"), std::move(out), ts_);
    else
      s.transition(std::move(out), ts_);
  }

  void reply(const value& result, std::optional<protocol::call_failure> failure, const std::string& place) {
    if (calls_.empty()) fail_at(place, "no mutation or action waits for an answer");
    const call c = calls_.front();
    calls_.pop_front();
    script& s = talk(place);
    if (failure && c.is_mutation) return s.fail_mutation(c.id, failure->message, failure->data);
    if (failure) return s.fail_action(c.id, failure->message, failure->data);
    if (c.is_mutation) return s.answer_mutation(c.id, result, ++ts_);
    s.answer_action(c.id, result);
  }

  mock_server& server_;
  const script_options& options_;
  std::unique_ptr<patient_peer> peer_;
  std::optional<script> script_;
  std::map<protocol::query_id, std::string> queries_;
  std::deque<call> calls_;  ///< Not answered yet.
  protocol::timestamp ts_ = 0;
};

}  // namespace

result<void> run_script_text(mock_server& server, std::string_view text, const script_options& options) {
  auto file = read_written_json(text);
  if (!file) return file.error();
  try {
    const object& top = need_object(*file, "");
    only_fields(top, {"steps"}, "");
    const value* steps = top.find("steps");
    if (!steps) fail_at("", "needs \"steps\"");
    runner(server, options).run(need_array(*steps, ".steps"));
  } catch (const bad_file& e) {
    return error{errc::bad_value, e.text, {}, {}};
  }
  return {};
}

result<void> run_script_file(mock_server& server, const std::string& file, const script_options& options) {
  const auto text = read_file(file);
  if (!text) return text.error();
  auto done = run_script_text(server, *text, options);
  if (done) return done;
  error e = done.error();
  e.message = file + ": " + e.message;
  return e;
}

}  // namespace hull::mock
