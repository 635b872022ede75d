#include "session_rig.hpp"

#include <functional>

namespace hull::test {
namespace {

using namespace hull::serve;

/// "T 0.0.0>1.0.100 [0=5 1!boom -2]": start, end, results, failures and removals of a transition.
std::string show_version(const protocol::state_version& v) {
  return std::to_string(v.query_set) + "." + std::to_string(v.identity) + "." + std::to_string(v.ts);
}

std::string show_change(const protocol::query_change& c) {
  if (const auto* u = std::get_if<protocol::query_updated>(&c))
    return std::to_string(u->id) + "=" + write_json(u->result) + (u->journal ? "@" + *u->journal : "");
  if (const auto* f = std::get_if<protocol::query_failed>(&c))
    return std::to_string(f->id) + "!" + f->message + (f->data ? "/" + write_json(*f->data) : "");
  return "-" + std::to_string(std::get<protocol::query_removed>(c).id);
}

std::string show_outcome(const protocol::call_outcome& o) {
  if (const auto* v = std::get_if<value>(&o)) return "=" + write_json(*v);
  return "!" + std::get<protocol::call_failure>(o).message;
}

std::string show_message(const std::string& text) {
  auto decoded = protocol::decode_server_message(text);
  if (!decoded) return "UNREADABLE " + text;
  if (const auto* t = std::get_if<protocol::transition>(&*decoded)) {
    std::string out = "T " + show_version(t->start) + ">" + show_version(t->end) + " [";
    for (std::size_t i = 0; i < t->modifications.size(); ++i)
      out += (i ? " " : "") + show_change(t->modifications[i]);
    return out + "]";
  }
  if (const auto* m = std::get_if<protocol::mutation_response>(&*decoded))
    return "M" + std::to_string(m->id) + show_outcome(m->outcome) + (m->ts ? " at " + std::to_string(*m->ts) : "");
  if (const auto* a = std::get_if<protocol::action_response>(&*decoded))
    return "A" + std::to_string(a->id) + show_outcome(a->outcome);
  if (const auto* e = std::get_if<protocol::auth_error>(&*decoded))
    return "AuthError " + e->message + " base " + std::to_string(e->base_version.value_or(99)) +
           (e->auth_update_attempted.value_or(false) ? " attempted" : "");
  if (const auto* f = std::get_if<protocol::fatal_error>(&*decoded)) return "FatalError " + f->message;
  if (std::holds_alternative<protocol::ping>(*decoded)) return "Ping";
  const auto& c = std::get<protocol::transition_chunk>(*decoded);
  return "Chunk " + std::to_string(c.part_number) + "/" + std::to_string(c.total_parts) + " " + c.chunk;
}

std::string name(const std::shared_ptr<const caller>& who) { return who->admin ? " as admin" : ""; }

}  // namespace

session_rig::session_rig(session_options options) : machine_(options, now_) {}

lines session_rig::show(const effects& list) {
  lines out;
  for (const auto& e : list) {
    if (std::holds_alternative<check_token>(e)) out.push_back("check token");
    if (std::holds_alternative<take_snapshot>(e)) out.push_back("snapshot");
    if (const auto* r = std::get_if<run_queries>(&e)) {
      step_ = r->step;
      std::string text = "run at " + std::to_string(r->ts) + name(r->who) + ":";
      for (const auto& q : r->queries)
        text += " " + std::to_string(q.id) + "(" + q.what->udf_path + ")" + (q.journal ? "@" + *q.journal : "");
      out.push_back(text);
    }
    if (const auto* w = std::get_if<watch_query>(&e)) out.push_back("watch " + std::to_string(w->id));
    if (const auto* u = std::get_if<unwatch_query>(&e)) out.push_back("unwatch " + std::to_string(u->id));
    if (const auto* m = std::get_if<run_mutation>(&e))
      out.push_back("mutate " + std::to_string(m->id) + " " + m->what.udf_path + m->what.args_json +
                    (m->session_id ? "" : " without session") + name(m->who));
    if (const auto* a = std::get_if<run_action>(&e))
      out.push_back("act " + std::to_string(a->id) + " " + a->what.udf_path + name(a->who));
    if (const auto* s = std::get_if<send_text>(&e)) out.push_back(show_message(s->text));
    if (const auto* c = std::get_if<close_socket>(&e))
      out.push_back("close " + (c->code ? std::to_string(*c->code) : std::string("plainly")) +
                    (c->reason.empty() ? "" : " " + c->reason));
  }
  return out;
}

lines session_rig::frame(const std::string& text) { return show(machine_.text_frame(text, now_)); }
lines session_rig::binary() { return show(machine_.binary_frame(now_)); }
lines session_rig::token_ok(bool admin, std::optional<std::int64_t> good_until_ns) {
  return show(machine_.token_accepted(std::make_shared<const caller>(caller{admin, {}, good_until_ns}), now_));
}
lines session_rig::token_bad(const std::string& why, fault::kind what) {
  return show(machine_.token_refused({what, "Unauthenticated", why}, now_));
}
lines session_rig::snapshot(timestamp ts, std::vector<query_id> stale) {
  return show(machine_.snapshot(ts, stale, now_));
}
lines session_rig::result(query_id id, const std::string& value_json, std::optional<std::string> journal) {
  query_result r;
  r.value_json = std::make_shared<const std::string>(value_json);
  r.journal = std::move(journal);
  r.digest = std::hash<std::string>()(value_json);
  return show(machine_.query_finished(step_, id, std::move(r), now_));
}
lines session_rig::thrown(query_id id, const std::string& message, std::optional<value> data) {
  query_result r;
  r.error = protocol::call_failure{message, std::move(data)};
  r.digest = std::hash<std::string>()("error " + message);
  return show(machine_.query_finished(step_, id, std::move(r), now_));
}
lines session_rig::query_fault(query_id id, fault::kind what, const std::string& code) {
  return show(machine_.query_failed(step_, id, {what, code, "text"}, now_));
}
lines session_rig::mutation_done(request_id id, const std::string& value_json, timestamp ts) {
  call_result r;
  r.value_json = std::make_shared<const std::string>(value_json);
  r.ts = ts;
  return show(machine_.mutation_finished(id, r, now_));
}
lines session_rig::mutation_threw(request_id id, const std::string& message) {
  call_result r;
  r.error = protocol::call_failure{message, {}};
  return show(machine_.mutation_finished(id, r, now_));
}
lines session_rig::action_done(request_id id, const std::string& value_json) {
  call_result r;
  r.value_json = std::make_shared<const std::string>(value_json);
  return show(machine_.action_finished(id, r, now_));
}
lines session_rig::call_fault(fault::kind what, const std::string& code, const std::string& message) {
  return show(machine_.call_failed({what, code, message}, now_));
}
lines session_rig::sent() { return show(machine_.transition_sent(now_)); }
lines session_rig::changed() { return show(machine_.invalidated(now_)); }
lines session_rig::time(std::int64_t steady_ms) {
  now_.steady_ms = steady_ms;
  return show(machine_.time_passed(now_));
}

std::string connect_frame() {
  return R"({"type":"Connect","sessionId":"4e42f0c0-0000-4000-8000-000000000001","connectionCount":0,)"
         R"("lastCloseReason":"InitialConnect"})";
}
std::string add_frame(unsigned base, unsigned version, const std::string& modifications) {
  return R"({"type":"ModifyQuerySet","baseVersion":)" + std::to_string(base) + R"(,"newVersion":)" +
         std::to_string(version) + R"(,"modifications":[)" + modifications + "]}";
}
std::string add(unsigned id, const std::string& path) {
  return R"({"type":"Add","queryId":)" + std::to_string(id) + R"(,"udfPath":")" + path + R"(","args":[{}]})";
}
std::string remove(unsigned id) { return R"({"type":"Remove","queryId":)" + std::to_string(id) + "}"; }

}  // namespace hull::test
