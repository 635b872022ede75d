// Bodies of http_client_core.hpp.
#pragma once

#include <hull/function/path.hpp>
#include <hull/http/http_client_core.hpp>
#include <hull/protocol/types.hpp>
#include <hull/sync/check_args.hpp>
#include <hull/value/json.hpp>
#include <hull/version.hpp>

#include <utility>

namespace hull::detail {

HULL_INLINE net::http_request http_client_core::request(const std::string& endpoint, const std::string& authorization) const {
  net::http_request r;
  r.method = "POST";
  r.url = url_ + endpoint;
  r.headers = {{"Content-Type", "application/json"}, {"Convex-Client", std::string("cpp-") + version}};
  if (!authorization.empty()) r.headers.emplace_back("Authorization", authorization);
  r.connect_timeout = options().connect_timeout;
  r.idle_timeout = options().idle_timeout;
  r.max_body_bytes = options().max_response_bytes;
  return r;
}

HULL_INLINE http_calls::call_id http_client_core::admit(const function_call& what, value_handler handler) {
  const call_id id = begin<value>(std::move(handler));
  if (!is_waiting(id)) return 0;
  if (const auto path = check_path(what.path); path.has_error()) return fail(id, path.error()), 0;
  if (const auto args = sync::check_args(what.args); args.has_error()) return fail(id, args.error()), 0;
  return id;
}

HULL_INLINE void http_client_core::launch(call_id id, function_call what, bool is_repeatable, std::string authorization) {
  auto r = request(what.endpoint, authorization);
  r.is_repeatable = is_repeatable;
  const auto home = std::weak_ptr<http_client_core>(std::static_pointer_cast<http_client_core>(shared_from_this()));
  // Text is made and read on the I/O thread.
  run(id, [home, id, what = std::move(what), r = std::move(r)](const std::shared_ptr<http_flight>& flight) {
    auto ready = r;
    ready.body = encode_function_call(what);
    flight->send(std::move(ready), [home, id, what, flight](result<net::http_response> response) {
      function_answer answer = response.has_error() ? function_answer{response.error(), {}} : read_function_answer(what, *response);
      flight->door().post([home, id, answer = std::move(answer)]() mutable {
        const auto self = home.lock();
        if (!self || !self->is_waiting(id)) return;
        self->log_all(answer.log);
        self->complete<value>(id, std::move(answer.outcome));
      });
    });
  });
}

HULL_INLINE void http_client_core::call(function_call what, bool is_repeatable, value_handler handler) {
  if (const call_id id = admit(what, std::move(handler))) launch(id, std::move(what), is_repeatable, authorization_);
}

// ---- mutations, in turn

HULL_INLINE void http_client_core::mutation(function_call what, bool skip_queue, value_handler handler) {
  const call_id id = admit(what, std::move(handler));
  if (id == 0) return;
  if (skip_queue) return launch(id, std::move(what), false, authorization_);
  queue_.push_back({id, std::move(what), authorization_});
  run_next_mutation();
}

HULL_INLINE void http_client_core::run_next_mutation() {
  while (running_mutation_ == 0 && !queue_.empty()) {
    queued next = std::move(queue_.front());
    queue_.pop_front();
    if (!is_waiting(next.id)) continue;  // Cancelled while it waited.
    running_mutation_ = next.id;
    launch(next.id, std::move(next.what), false, std::move(next.authorization));
  }
}

HULL_INLINE void http_client_core::on_over(call_id id) {
  if (id != running_mutation_) return;
  running_mutation_ = 0;
  if (!is_closed()) run_next_mutation();
}

// ---- snapshots

/// Nobody has to be signed in to learn the time.
HULL_INLINE void http_client_core::fetch_snapshot(std::function<void(result<http_snapshot>)> then, call_id id) {
  auto r = request("/api/query_ts", {});
  r.is_repeatable = true;
  run(id, [r = std::move(r), then = std::move(then)](const std::shared_ptr<http_flight>& flight) {
    flight->send(r, [then, flight](result<net::http_response> response) {
      const auto read = [&]() -> result<http_snapshot> {
        if (response.has_error()) return response.error();
        if (!response->is_success()) return describe_refusal(*response);
        const auto json = read_json(response->body);
        const value* ts = json.has_value() ? json->find("ts") : nullptr;
        if (ts && ts->if_string() && protocol::decode_timestamp(ts->as_string())) return http_snapshot{ts->as_string()};
        return error{errc::bad_message, "Invalid response: " + response->url + " answered without a timestamp.", {}, {}};
      };
      flight->door().post([then, taken = read()] { then(taken); });
    });
  });
}

HULL_INLINE void http_client_core::take_snapshot(snapshot_handler handler) {
  const call_id id = begin<http_snapshot>(std::move(handler));
  if (!is_waiting(id)) return;
  fetch_snapshot(
      [weak = weak_from_this(), id](result<http_snapshot> taken) {
        if (const auto self = weak.lock()) self->complete<http_snapshot>(id, std::move(taken));
      },
      id);
}

HULL_INLINE void http_client_core::consistent_query(function_call what, value_handler handler) {
  const call_id id = admit(what, std::move(handler));
  if (id == 0) return;
  if (snapshot_) {
    what.ts = snapshot_->ts;
    return launch(id, std::move(what), true, authorization_);
  }
  waiting_for_snapshot_.push_back({id, std::move(what), authorization_});
  if (std::exchange(is_taking_snapshot_, true)) return;
  const auto home = std::weak_ptr<http_client_core>(std::static_pointer_cast<http_client_core>(shared_from_this()));
  fetch_snapshot(
      [home](result<http_snapshot> taken) {
        if (const auto self = home.lock()) self->on_snapshot(std::move(taken));
      },
      0);
}

HULL_INLINE void http_client_core::on_snapshot(result<http_snapshot> taken) {
  if (is_closed()) return;
  is_taking_snapshot_ = false;
  auto waiting = std::exchange(waiting_for_snapshot_, {});
  if (taken.has_value()) snapshot_ = *taken;
  for (queued& each : waiting) {
    if (!is_waiting(each.id)) continue;
    if (taken.has_error()) {
      fail(each.id, taken.error());
      continue;
    }
    each.what.ts = taken->ts;
    launch(each.id, std::move(each.what), true, std::move(each.authorization));
  }
}

/// A question under way is left to those who wait for its answer: they asked before.
HULL_INLINE void http_client_core::forget_snapshot() { snapshot_.reset(); }

HULL_INLINE void http_client_core::on_close() {
  queue_.clear();
  waiting_for_snapshot_.clear();
}

}  // namespace hull::detail
