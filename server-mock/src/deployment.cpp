// Bodies of deployment.hpp: functions and what comes of them, data, and the record of calls.
#include "deployment.hpp"

#include "deployment_session.hpp"

#include <hull/function/path.hpp>
#include <hull/value/base64.hpp>
#include <hull/value/json.hpp>

#include <openssl/sha.h>

#include <algorithm>
#include <array>

namespace hull::mock::detail {

namespace asio = boost::asio;
using std::chrono::milliseconds;

namespace {

/// Set while a function of a deployment runs on this thread.
thread_local const deployment* inside = nullptr;

class inside_guard {
 public:
  explicit inside_guard(const deployment& d) : before_(std::exchange(inside, &d)) {}
  ~inside_guard() { inside = before_; }
  inside_guard(const inside_guard&) = delete;
  inside_guard& operator=(const inside_guard&) = delete;

 private:
  const deployment* before_;
};

std::array<unsigned char, 32> sha256(std::string_view text) {
  std::array<unsigned char, 32> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return digest;
}

std::string function_key(const std::string& path) { return " " + path; }

}  // namespace

deployment::deployment(deployment_options options) : options_(std::move(options)) {
  auto empty = std::make_shared<store>();
  empty->ts = static_cast<protocol::timestamp>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(now().time_since_epoch()).count());
  snapshots_.push_back(std::move(empty));
}

void deployment::start() {
  server_options o = options_.server;
  o.on_http = [this](http_request r, std::function<void(http_answer)> reply) {
    handle_http(std::move(r), std::move(reply));
  };
  if (!o.takes_upgrade) o.takes_upgrade = [](std::string_view target) { return is_sync_target(target); };
  server_ = std::make_shared<server_state>(o, [this](std::shared_ptr<session> socket) { opened(std::move(socket)); });
}

void deployment::stop() {
  // The server's thread goes first, so that it starts no further action.
  server_->stop();
  for (auto& a : actions_) a.thread.join();
  actions_.clear();
  sessions_.clear();
}

std::chrono::system_clock::time_point deployment::now() const {
  return options_.now ? options_.now() : std::chrono::system_clock::now();
}

serve::moment deployment::moment() const {
  const auto since = [](auto point) { return point.time_since_epoch(); };
  return {std::chrono::duration_cast<milliseconds>(since(std::chrono::steady_clock::now())).count(),
          std::chrono::duration_cast<std::chrono::nanoseconds>(since(now())).count(), latest()->ts};
}

// ---- functions ----

void deployment::add_function(std::string path, function run) {
  check_outside();
  if (auto ok = check_path(path); !ok) throw std::invalid_argument(ok.error().message);
  path = canonical_path(path);
  const std::lock_guard writer(writer_);
  {
    const std::lock_guard lock(mutex_);
    functions_.insert_or_assign(path, std::move(run));
  }
  touched changed;
  changed.tables.insert(function_key(path));
  commit(transaction(latest(), 0), std::move(changed));
}

void deployment::set_authenticate(std::function<std::optional<value>(const std::string&)> whose) {
  const std::lock_guard lock(mutex_);
  whose_ = std::move(whose);
}

caller_ptr deployment::check_user_token(const std::string& token) const {
  std::function<std::optional<value>(const std::string&)> whose;
  {
    const std::lock_guard lock(mutex_);
    whose = whose_;
  }
  if (!whose) throw std::runtime_error("This deployment knows no users: give it fake_deployment::authenticate.");
  auto attributes = whose(token);
  if (!attributes) throw std::runtime_error("The token belongs to no user of this deployment.");
  return std::make_shared<const serve::caller>(serve::caller{false, std::move(attributes)});
}

caller_ptr deployment::check_admin_key(const std::string& key, std::optional<value> acting_as) const {
  if (key != options_.admin_key) throw std::runtime_error("The admin key is not the one of this deployment.");
  return std::make_shared<const serve::caller>(serve::caller{true, std::move(acting_as)});
}

std::optional<function_kind> deployment::kind_of(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  const auto at = functions_.find(canonical_path(path));
  if (at == functions_.end()) return std::nullopt;
  return static_cast<function_kind>(at->second.index());
}

deployment::function deployment::find(const std::string& path, function_kind kind) const {
  const std::lock_guard lock(mutex_);
  const auto at = functions_.find(path);
  if (at == functions_.end()) {
    std::string text = "Could not find the function \"" + path + "\". This deployment has ";
    if (functions_.empty()) throw std::runtime_error(text + "none.");
    std::string separator;
    for (const auto& [name, unused] : functions_) text += std::exchange(separator, ", ") + name;
    throw std::runtime_error(text + ".");
  }
  const auto known = static_cast<function_kind>(at->second.index());
  if (known != kind)
    throw std::runtime_error("\"" + path + "\" is a " + std::string(to_string(known)) + ", and was called as a " +
                             std::string(to_string(kind)) + ".");
  return at->second;
}

protocol::call_failure deployment::current_failure(const std::string& request_id) const {
  const std::string head = "[Request ID: " + request_id + "] Server Error";
  try {
    throw;
  } catch (const convex_error& e) {
    return {head + "\nUncaught ConvexError: " + e.what(), e.data()};
  } catch (const std::exception& e) {
    return {options_.redact_errors ? head : head + "\nUncaught Error: " + e.what(), std::nullopt};
  } catch (...) {
    return {options_.redact_errors ? head : head + "\nUncaught: something that is no std::exception", std::nullopt};
  }
}

run_outcome deployment::run_query(const call_request& call, const store_ptr& at, std::optional<std::string> journal) {
  function_call state{*this, canonical_path(call.path), call.args, call.who, std::move(journal)};
  transaction t(at, 0);
  run_outcome out = guarded(state, call.request_id, [&] {
    const auto f = std::get<query_function>(find(state.path, function_kind::query));
    const inside_guard guard(*this);
    query_context context(state, t);
    return f(context, state.args);
  });
  out.reads = std::move(t.reads());
  out.reads.tables.insert(function_key(state.path));
  out.ts = at->ts;
  return out;
}

run_outcome deployment::run_mutation(const call_request& call, const std::optional<mutation_key>& key) {
  const std::lock_guard writer(writer_);
  if (key) {
    const std::lock_guard lock(mutex_);
    if (const auto done = done_mutations_.find(*key); done != done_mutations_.end()) return done->second;
  }
  const std::uint64_t number = record(function_kind::mutation, call);
  function_call state{*this, canonical_path(call.path), call.args, call.who, {}};
  transaction t(latest(), std::chrono::duration<double, std::milli>(now().time_since_epoch()).count());
  run_outcome out = guarded(state, call.request_id, [&] {
    const auto f = std::get<mutation_function>(find(state.path, function_kind::mutation));
    const inside_guard guard(*this);
    mutation_context context(state, t);
    return f(context, state.args);
  });
  if (!out.failure) {
    commit(t, {});
    out.ts = latest()->ts;
    const std::lock_guard lock(mutex_);
    if (key && done_mutations_.emplace(*key, out).second) {
      done_order_.push_back(*key);
      if (done_order_.size() > options_.remembered_mutations) {
        done_mutations_.erase(done_order_.front());
        done_order_.pop_front();
      }
    }
  }
  record_end(number, out);
  return out;
}

run_outcome deployment::run_action(const call_request& call) {
  const std::uint64_t number = record(function_kind::action, call);
  function_call state{*this, canonical_path(call.path), call.args, call.who, {}};
  run_outcome out = guarded(state, call.request_id, [&] {
    const auto f = std::get<action_function>(find(state.path, function_kind::action));
    action_context context(state);
    return f(context, state.args);
  });
  record_end(number, out);
  return out;
}

void deployment::start_action(call_request call, std::function<void(run_outcome)> done) {
  actions_.remove_if([](running_action& a) {
    if (!*a.done) return false;
    a.thread.join();
    return true;
  });
  auto finished = std::make_shared<std::atomic<bool>>(false);
  std::thread thread([this, call = std::move(call), done = std::move(done), finished]() mutable {
    asio::post(server_->context(),
               [done = std::move(done), out = run_action(call)]() mutable { done(std::move(out)); });
    *finished = true;
  });
  actions_.push_back({std::move(thread), std::move(finished)});
}

void deployment::when_released(const std::string& path, std::function<void()> run) {
  {
    const std::lock_guard lock(mutex_);
    const std::string name = canonical_path(path);
    if (held_.count(name) != 0) {
      waiting_.emplace(name, std::move(run));
      return;
    }
  }
  run();
}

void deployment::hold(const std::string& path) {
  const std::lock_guard lock(mutex_);
  held_.insert(canonical_path(path));
}

void deployment::release(const std::string& path) {
  const std::string name = canonical_path(path);
  std::vector<std::function<void()>> ready;
  {
    const std::lock_guard lock(mutex_);
    held_.erase(name);
    const auto [first, last] = waiting_.equal_range(name);
    for (auto at = first; at != last; ++at) ready.push_back(std::move(at->second));
    waiting_.erase(first, last);
  }
  for (auto& run : ready) asio::post(server_->context(), std::move(run));
}

// ---- data ----

void deployment::commit(const transaction& t, touched also) {
  touched writes = t.writes();
  writes.tables.merge(also.tables);
  {
    const std::lock_guard lock(mutex_);
    const auto wall = static_cast<protocol::timestamp>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(now().time_since_epoch()).count());
    const protocol::timestamp ts = std::max(snapshots_.back()->ts + 1, wall);
    snapshots_.push_back(t.commit(ts));
    if (snapshots_.size() > std::max<std::size_t>(options_.snapshots, 1)) snapshots_.pop_front();
    unpublished_.push_back({ts, std::move(writes)});
  }
  changed_.notify_all();
  if (server_) asio::post(server_->context(), [this] { publish(); });
}

void deployment::check_outside() const {
  if (inside == this)
    throw std::logic_error("A function of a fake deployment works with its context; it must not call the deployment.");
}

protocol::timestamp deployment::change(const std::function<void(tables&)>& what) {
  check_outside();
  const std::lock_guard writer(writer_);
  transaction t(latest(), std::chrono::duration<double, std::milli>(now().time_since_epoch()).count());
  tables all(t);
  what(all);
  commit(t, {});
  return latest()->ts;
}

store_ptr deployment::latest() const {
  const std::lock_guard lock(mutex_);
  return snapshots_.back();
}

store_ptr deployment::snapshot_at(protocol::timestamp ts) const {
  const std::lock_guard lock(mutex_);
  for (auto at = snapshots_.rbegin(); at != snapshots_.rend(); ++at)
    if ((*at)->ts <= ts) return *at;
  return nullptr;
}

store_ptr deployment::publish() {
  std::vector<commit_note> notes;
  store_ptr newest;
  {
    const std::lock_guard lock(mutex_);
    notes.swap(unpublished_);
    newest = snapshots_.back();
  }
  for (const auto& note : notes)
    for (const auto& s : sessions_) s->committed(note.writes, note.ts);
  if (!notes.empty())
    asio::post(server_->context(), [this] {
      const auto all = sessions_;  // a push may end one
      for (const auto& s : all) s->push();
    });
  return newest;
}

std::string deployment::new_upload_token() {
  const std::lock_guard lock(mutex_);
  std::string token = "upload-" + std::to_string(next_token_++);
  upload_tokens_.insert(token);
  return token;
}

bool deployment::use_upload_token(const std::string& token) {
  const std::lock_guard lock(mutex_);
  return upload_tokens_.erase(token) != 0;
}

std::string deployment::add_file(std::string bytes, std::string content_type) {
  const auto digest = sha256(bytes);
  std::string id;
  change([&](tables& all) {
    id = all.table("_storage")
             .insert({{"contentType", content_type},
                      {"size", static_cast<double>(bytes.size())},
                      {"sha256", encode_base64(digest)}});
  });
  const std::lock_guard lock(mutex_);
  files_.emplace(id, fake_deployment::stored_file{std::move(bytes), std::move(content_type)});
  return id;
}

std::optional<fake_deployment::stored_file> deployment::file(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto at = files_.find(id);
  if (at == files_.end()) return std::nullopt;
  return at->second;
}

// ---- calls ----

std::uint64_t deployment::record(function_kind kind, const call_request& call) {
  const std::lock_guard lock(mutex_);
  call_record r{kind, canonical_path(call.path), call.args, call.who->attributes, call.over_http, std::nullopt};
  calls_.push_back({std::move(r), false});
  if (calls_.size() > std::max<std::size_t>(options_.remembered_calls, 1)) {
    calls_.pop_front();
    ++first_call_;
  }
  changed_.notify_all();
  return first_call_ + calls_.size() - 1;
}

void deployment::record_end(std::uint64_t number, const run_outcome& outcome) {
  if (!outcome.failure) return;
  const std::lock_guard lock(mutex_);
  if (number >= first_call_ && number - first_call_ < calls_.size())
    calls_[number - first_call_].record.failure = outcome.failure->message;
}

std::vector<call_record> deployment::calls() const {
  const std::lock_guard lock(mutex_);
  std::vector<call_record> out;
  for (const auto& c : calls_) out.push_back(c.record);
  return out;
}

void deployment::forget_calls() {
  const std::lock_guard lock(mutex_);
  first_call_ += calls_.size();
  calls_.clear();
}

std::optional<call_record> deployment::take_call(const expectation& what, std::vector<call_record>& others) {
  const std::lock_guard lock(mutex_);
  others.clear();
  for (auto& c : calls_) {
    if (c.used) continue;
    if (what.matches(c.record)) {
      c.used = true;
      return c.record;
    }
    others.push_back(c.record);
  }
  return std::nullopt;
}

bool deployment::wait(const std::function<bool()>& condition, milliseconds time) {
  check_outside();
  const auto end = std::chrono::steady_clock::now() + time;
  for (;;) {
    if (condition()) return true;
    if (std::chrono::steady_clock::now() >= end) return false;
    if (options_.while_waiting) options_.while_waiting();
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, milliseconds(1));
  }
}

std::string deployment::request_id_text(const std::string& session, protocol::request_id id) {
  const auto digest = sha256(session + "|" + std::to_string(id));
  std::string text;
  for (std::size_t i = 0; i < 8; ++i) {
    text.push_back("0123456789abcdef"[digest[i] >> 4]);
    text.push_back("0123456789abcdef"[digest[i] & 15]);
  }
  return text;
}

std::string deployment::next_request_id() {
  return request_id_text("call", static_cast<protocol::request_id>(next_request_.fetch_add(1)));
}

}  // namespace hull::mock::detail
