// Bodies of fake_deployment.hpp, and of the classes it stands in for.
#include "fake_deployment.hpp"

#include "files/file_storage.hpp"
#include "files/uuid.hpp"
#include "functions/http_action.hpp"
#include "subscriptions/registry.hpp"

#include <hull/value/json.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace hull::test {
namespace {

struct world {
  std::mutex mutex;
  std::vector<std::string> items;
  array providers;
  std::uint64_t ts = 1000;
  std::atomic<std::size_t> runs{0};
  std::size_t gone = 0;
  std::condition_variable someone_left;
};
world& the_world() {
  static world w;
  return w;
}

}  // namespace

void set_auth_providers(array providers) {
  auto& w = the_world();
  const std::lock_guard lock(w.mutex);
  w.providers = std::move(providers);
}

void note_gone() {
  auto& w = the_world();
  const std::lock_guard lock(w.mutex);
  ++w.gone;
  w.someone_left.notify_all();
}
bool wait_until_gone() {
  auto& w = the_world();
  std::unique_lock lock(w.mutex);
  return w.someone_left.wait_for(lock, std::chrono::seconds(30), [&] { return w.gone > 0; });
}

std::size_t runs_of_list() { return the_world().runs; }

backend::auth::instance_identity test_instance() {
  backend::auth::instance_identity i{"test-instance", {}};
  i.secret.fill(7);
  return i;
}

}  // namespace hull::test

namespace hull::backend {

// ---- database: one timestamp; every write touches every read ----

namespace database {
struct database::impl {};
database::database(std::unique_ptr<impl> i) : impl_(std::move(i)) {}
database::~database() = default;
outcome<std::unique_ptr<database>> database::open(std::unique_ptr<storage::persistence>, clock&, random_source&) {
  return std::unique_ptr<database>(new database(std::make_unique<impl>()));
}
timestamp database::latest_ts() const {
  auto& w = test::the_world();
  const std::lock_guard lock(w.mutex);
  return w.ts;
}
bool database::unchanged(const read_set&, timestamp from, timestamp to) const { return from == to; }
}  // namespace database

// ---- subscriptions ----

namespace subscriptions {
struct token::entry {
  registry::callback invalidated;
  std::atomic<bool> hit{false};
};
struct token::shared {
  std::mutex mutex;
  std::vector<std::shared_ptr<entry>> entries;
  static shared& get() {
    static shared s;
    return s;
  }
};
token::token(token&& other) noexcept : entry_(std::move(other.entry_)) {}
token& token::operator=(token&& other) noexcept {
  reset();
  entry_ = std::move(other.entry_);
  return *this;
}
token::token(std::shared_ptr<shared>, std::shared_ptr<entry> e) noexcept : entry_(std::move(e)) {}
void token::reset() {
  if (!entry_) return;
  auto& s = shared::get();
  const std::lock_guard lock(s.mutex);
  s.entries.erase(std::remove(s.entries.begin(), s.entries.end(), entry_), s.entries.end());
  entry_.reset();
}
bool token::invalidated() const noexcept { return entry_ && entry_->hit; }

std::function<void()> the_write_hook;

registry::registry(database::database&) {
  the_write_hook = [] {
    std::vector<std::shared_ptr<token::entry>> all;
    {
      auto& s = token::shared::get();
      const std::lock_guard lock(s.mutex);
      all.swap(s.entries);
    }
    for (const auto& e : all) {
      e->hit = true;
      e->invalidated(0);
    }
  };
}
registry::~registry() = default;
token registry::subscribe(std::shared_ptr<const database::read_set>, database::timestamp valid_at,
                          callback invalidated) {
  auto e = std::make_shared<token::entry>();
  e->invalidated = std::move(invalidated);
  bool late = false;
  {
    auto& s = token::shared::get();
    auto& w = test::the_world();
    const std::scoped_lock lock(s.mutex, w.mutex);
    late = w.ts > valid_at;
    if (!late) s.entries.push_back(e);
  }
  if (late) {
    e->hit = true;
    e->invalidated(0);
  }
  return token(nullptr, e);
}
database::timestamp registry::processed_ts() const {
  auto& w = test::the_world();
  const std::lock_guard lock(w.mutex);
  return w.ts;
}
std::size_t registry::size() const {
  auto& s = token::shared::get();
  const std::lock_guard lock(s.mutex);
  return s.entries.size();
}
}  // namespace subscriptions

// ---- files: in memory ----

namespace files {
namespace {

std::map<std::string, std::string>& the_blobs() {
  static std::map<std::string, std::string> blobs;
  return blobs;
}

class memory_writer final : public blob_writer {
 public:
  explicit memory_writer(std::string key) : key_(std::move(key)) {}
  outcome<void> write(std::string_view data) override {
    content_ += data;
    return {};
  }
  outcome<void> commit() override {
    const std::lock_guard lock(test::the_world().mutex);
    the_blobs()[key_] = content_;
    return {};
  }

 private:
  std::string key_, content_;
};

class memory_reader final : public blob_reader {
 public:
  explicit memory_reader(std::string content) : content_(std::move(content)) {}
  std::uint64_t size() const override { return content_.size(); }
  outcome<std::size_t> read(std::uint64_t offset, std::span<char> out) override {
    return content_.copy(out.data(), out.size(), static_cast<std::size_t>(offset));
  }

 private:
  std::string content_;
};

}  // namespace

file_storage::file_storage(database::database& db, std::shared_ptr<blob_store> blobs, const upload_key& key,
                           std::string origin, clock& time, random_source& random)
    : db_(db), blobs_(std::move(blobs)), key_(key), origin_(std::move(origin)), time_(time), random_(random) {}
outcome<void> file_storage::check_token(std::string_view token) const {
  return check_upload_token(key_, token, static_cast<std::uint64_t>(time_.wall_ns() / 1'000'000'000));
}
outcome<upload> file_storage::begin_upload() {
  std::string key = make_uuid(random_);
  auto writer = std::make_unique<memory_writer>(key);
  return upload(std::move(key), std::move(writer));
}
/// The id is the UUID of the URL, and the key of the blob.
outcome<std::string> file_storage::finish_upload(upload&& from, const std::optional<sha256_digest>& expected,
                                                 const std::optional<std::string>&) {
  auto blob = from.finish(expected);
  if (!blob) return blob.error();
  return blob->key;
}
outcome<open_file> file_storage::open(const std::string& uuid) {
  const std::lock_guard lock(test::the_world().mutex);
  const auto found = the_blobs().find(uuid);
  if (found == the_blobs().end()) return failure{blame::not_found, "StorageFileNotFound", "none", {}};
  file_row row{uuid, uuid, uuid, {}, found->second.size(), "text/plain"};
  return open_file{std::move(row), std::make_unique<memory_reader>(found->second)};
}
}  // namespace files

// ---- functions ----

namespace functions {
struct application::impl {
  std::unique_ptr<database::database> db;
  std::unique_ptr<files::file_storage> stored;
  application_options options;
  std::map<std::string, std::string> environment;
};
application::application(std::unique_ptr<impl> i) : impl_(std::move(i)) {}
application::~application() = default;
outcome<std::unique_ptr<application>> application::start(std::unique_ptr<database::database> db,
                                                         const application_options& options, clock& c,
                                                         random_source& r) {
  auto i = std::make_unique<impl>();
  i->db = std::move(db);
  i->stored = std::make_unique<files::file_storage>(*i->db, nullptr, options.upload_key, options.origin, c, r);
  i->options = options;
  return std::unique_ptr<application>(new application(std::move(i)));
}
database::database& application::db() noexcept { return *impl_->db; }
const application_options& application::options() const noexcept { return impl_->options; }
files::file_storage& application::files() noexcept { return *impl_->stored; }

namespace {
std::uint64_t latest() {
  auto& w = test::the_world();
  const std::lock_guard lock(w.mutex);
  return w.ts;
}
function_error unknown(const function_call& c) {
  return {"[Request ID: " + c.request_id + "] Server Error\nCould not find public function for '" + c.path + "'.", {}};
}
std::shared_ptr<const std::string> text(std::string json) {
  return std::make_shared<const std::string>(std::move(json));
}
std::string who(const function_call& c) {
  if (c.who.refusal) return write_json(value("refused " + c.who.refusal->code));
  const std::string rank = c.who.admin ? "admin " : "";
  return write_json(
      value(rank + (c.who.attributes ? c.who.attributes->find("tokenIdentifier")->as_string() : "nobody")));
}
}  // namespace

application::query_glance application::look_for_query(const function_call&, database::timestamp, const query_landing&) {
  return {};  // nothing is known here
}

runtime::context_counts application::contexts() const { return {}; }

outcome<std::shared_ptr<const query_outcome>> application::query(const function_call& c,
                                                                 std::optional<database::timestamp> ts) {
  auto& w = test::the_world();
  auto o = std::make_shared<query_outcome>();
  std::string list = "[";
  {
    const std::lock_guard lock(w.mutex);
    o->ts = ts.value_or(w.ts);
    for (const auto& item : w.items) list += (list.size() > 1 ? "," : "") + item;
  }
  list += "]";
  if (c.path == "m:throw") throw std::runtime_error("thrown");
  if (c.path == "m:list") {
    ++w.runs;
    o->value_json = text(list);
  } else if (c.path == "m:int") {
    o->value_json = text(R"({"$integer":"AQAAAAAAAAA="})");
    o->log_lines = {"[LOG] 'one'"};
  } else if (c.path == "m:who") {
    o->value_json = text(who(c));
  } else if (c.path == "m:busy") {
    return failure{blame::overload, "Overloaded", "busy", {}};
  } else if (c.path == "m:fail") {
    o->error = function_error{"[Request ID: " + c.request_id + "] Server Error\nUncaught ConvexError: x", value("x")};
  } else {
    o->error = unknown(c);
  }
  o->digest = std::hash<std::string>()(o->error ? o->error->message.substr(30) : *o->value_json);
  return std::shared_ptr<const query_outcome>(std::move(o));
}

outcome<call_outcome> application::mutation(const function_call& c) {
  if (c.path == "m:throw") throw std::runtime_error("thrown");
  if (c.path == "m:who") return call_outcome{text(who(c)), {}, {}, latest()};
  if (c.path == "m:token")
    return call_outcome{
        text(write_json(c.client->auth_token ? value(*c.client->auth_token) : value())), {}, {}, latest()};
  if (c.path != "m:push" && c.path != "m:push_and_rest") return call_outcome{nullptr, unknown(c), {}, 0};
  if (c.committing) c.committing->store(true);
  auto& w = test::the_world();
  call_outcome o;
  {
    const std::lock_guard lock(w.mutex);
    w.items.push_back(c.args_json);
    o.ts = ++w.ts;
    o.value_json = text(std::to_string(w.items.size()));
  }
  subscriptions::the_write_hook();
  if (c.path == "m:push_and_rest") std::this_thread::sleep_for(std::chrono::milliseconds(100));
  return o;
}
void application::mutation(const function_call& c, const run_later&, const call_answer& answer) { answer(mutation(c)); }
outcome<call_outcome> application::action(const function_call& c) {
  if (c.path == "m:throw") throw std::runtime_error("thrown");
  if (c.path == "m:who") return call_outcome{text(who(c)), {}, {}, 0};
  if (c.path == "m:crash") return internal_failure("the details nobody should see");
  if (c.path == "m:slow") std::this_thread::sleep_for(std::chrono::milliseconds(300));
  return call_outcome{text(c.args_json), {}, {}, 0};
}
namespace {
/// One piece, and then nothing more.
class endless_source final : public byte_source {
 public:
  void read(receiver have) override {
    if (!std::exchange(begun_, true)) have(std::string("begun"));
  }

 private:
  bool begun_ = false;
};
}  // namespace

outcome<call_outcome> application::http_action(http_request& r) {
  http_response response{404, {}, "This Convex deployment does not have HTTP actions enabled.", nullptr, std::nullopt};
  if (r.path == "/echo") response = {200, {{"x-url", r.url}}, "", r.body, std::nullopt};
  if (r.path == "/forever") {
    response = {200, {}, "", std::make_shared<endless_source>(), std::nullopt};
    r.when_gone([] { test::note_gone(); });
  }
  r.respond(std::move(response));
  return call_outcome{text("null"), {}, {}, 0};
}
outcome<call_outcome> application::any_function(const function_call& c) {
  if (c.path == "m:push") return mutation(c);
  if (c.path == "m:internal" && !c.allow_internal) return call_outcome{nullptr, unknown(c), {}, 0};
  return call_outcome{text(c.args_json), {}, {}, 0};
}
outcome<value> application::config_hashes(const value&) {
  return value::make_object({{"moduleHashes", hull::array{}}});
}
outcome<value> application::evaluate_push(const value& r) { return r; }
outcome<value> application::start_push(const value& r) { return r; }
outcome<value> application::wait_for_schema(const value&) { return value::make_object({{"type", "complete"}}); }
outcome<value> application::finish_push(const value&) { return bad_request("RaceDetected", "changed"); }
outcome<array> application::auth_providers() {
  auto& w = test::the_world();
  const std::lock_guard lock(w.mutex);
  return w.providers;
}
outcome<std::map<std::string, std::string>> application::environment_variables() { return impl_->environment; }
outcome<void> application::update_environment_variables(
    const std::vector<std::pair<std::string, std::optional<std::string>>>& changes) {
  for (const auto& [name, v] : changes) {
    if (v)
      impl_->environment[name] = *v;
    else
      impl_->environment.erase(name);
  }
  return outcome<void>();
}
}  // namespace functions
}  // namespace hull::backend

namespace hull::test {
fake_deployment make_fake_deployment() {
  auto& w = the_world();
  w.items.clear();
  w.providers.clear();
  w.runs = 0;
  w.gone = 0;
  auto db = backend::database::database::open(nullptr, backend::system_clock(), backend::system_random()).value();
  backend::functions::application_options options;
  options.origin = "http://127.0.0.1:1";
  options.site_origin = "http://127.0.0.1:2";
  return {
      backend::functions::application::start(std::move(db), options, backend::system_clock(), backend::system_random())
          .value()};
}
}  // namespace hull::test
