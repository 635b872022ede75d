// Bodies of engine.hpp: what the server says.
#pragma once

#include <hull/function/log_line.hpp>
#include <hull/sync/engine.hpp>
#include <hull/sync/planted_bug.hpp>

#include <utility>

namespace hull::sync {

HULL_INLINE void engine::on(input::socket_message&& in, step& s) {
  if (!link_.is_current(in.socket) || !link_.is_open()) return;
  link_.heard(s.now);
  const bool is_ping = std::holds_alternative<protocol::ping>(in.message);
  std::visit([&](auto&& m) { receive(std::move(m), s); }, std::move(in.message));
  const bool is_synced = query_set_.is_confirmed() && requests_.is_synced() && identity_.is_confirmed();
  if (!is_ping && is_synced && link_.is_open()) link_.synced();
}

HULL_INLINE void engine::receive(protocol::transition&& m, step& s) {
  if (!remote_.advance(m)) {
    log(log_level::error, "Invalid start version: the transition does not continue the last one; connecting again", s);
    drop_socket("StartVersionMismatch", s);
    return;
  }
  ++transitions_;
  observe(m.end.ts);
  std::optional<double> wall_clock;
  if (wall_clock_offset_ms_) wall_clock = static_cast<double>(s.now.count()) + *wall_clock_offset_ms_;
  identity_.on_transition(m, s.now, wall_clock);
  for (auto& change : m.modifications) take_query_change(std::move(change), s);
  std::vector<settled_call> done = requests_.take_reflected(m.end.ts);
  // The prediction leaves in the same commit in which the server's result arrives: nothing flickers.
  for (const settled_call& call : done) optimistic_.drop(call.request);
  commit_changes(true, s);
  complete(std::move(done), s);
}

HULL_INLINE void engine::take_query_change(protocol::query_change&& change, step& s) {
  query_record* record = table_.find(std::visit([](const auto& c) { return c.id; }, change));
  if (record == nullptr) return;  // Unsubscribed meanwhile.
  query_set_.confirm(*record);
  bool changed = false;
  if (auto* updated = std::get_if<protocol::query_updated>(&change)) {
    log_function_lines('Q', record->key.path(), updated->log_lines, s);
    changed = remote_.update(*record, std::move(*updated));
  } else if (auto* failed = std::get_if<protocol::query_failed>(&change)) {
    log_function_lines('Q', record->key.path(), failed->log_lines, s);
    changed = remote_.fail(*record, std::move(*failed));
  } else {
    changed = remote_.remove(*record);
  }
  if (!changed) return;
  changes_.touch(*record);
  optimistic_.base_changed(*record);
  if constexpr (detail::planted == detail::fault_planted::commit_in_pieces) commit_changes(false, s);
}

HULL_INLINE void engine::receive(protocol::mutation_response&& m, step& s) {
  const request* call = requests_.find(m.id);
  if (call != nullptr && call->kind == call_kind::mutation && call->state == request::phase::sent) {
    log_function_lines('M', call->path, m.log_lines, s);
    if (const auto* failure = std::get_if<protocol::call_failure>(&m.outcome))
      log(log_level::error, "[CONVEX M(" + call->path + ")] " + failure->message, s);
  }
  if (std::holds_alternative<value>(m.outcome)) observe(m.ts);
  if constexpr (detail::planted == detail::fault_planted::layer_dropped_early) {
    optimistic_.drop(m.id);
    commit_changes(false, s);
  }
  if (auto done = requests_.respond(std::move(m), remote_.version().ts)) {
    optimistic_.drop(done->request);
    commit_changes(false, s);
    settle(std::move(*done), s);
  }
}

HULL_INLINE void engine::receive(protocol::action_response&& m, step& s) {
  const request* call = requests_.find(m.id);
  if (call != nullptr && call->kind == call_kind::action && call->state == request::phase::sent) {
    log_function_lines('A', call->path, m.log_lines, s);
    if (const auto* failure = std::get_if<protocol::call_failure>(&m.outcome))
      log(log_level::error, "[CONVEX A(" + call->path + ")] " + failure->message, s);
  }
  if (auto done = requests_.respond(std::move(m))) settle(std::move(*done), s);
}

HULL_INLINE void engine::receive(protocol::auth_error&& m, step& s) {
  identity_.on_auth_error(m, s.now);  // The server closes the socket after this.
}

HULL_INLINE void engine::receive(protocol::fatal_error&& m, step& s) {
  log(log_level::error, "[CONVEX FATAL ERROR] " + m.message, s);
  end(error{errc::fatal, std::move(m.message), {}, {}}, true, s);
}

HULL_INLINE void engine::receive(protocol::transition_chunk&&, step& s) {
  // Chunks are put together where frames are read; a loose one here is a fault of the driver or the server.
  log(log_level::error, "A TransitionChunk arrived outside of a transition; connecting again", s);
  drop_socket("InvalidServerMessage", s);
}

HULL_INLINE void engine::receive(protocol::ping&&, step&) {}

HULL_INLINE void engine::log_function_lines(char source, std::string_view path, const std::vector<std::string>& lines,
                                            step& s) {
  for (const std::string& line : lines) {
    auto [level, text] = hull::detail::function_log_line(source, path, line);
    log(level, std::move(text), s);
  }
}

}  // namespace hull::sync
