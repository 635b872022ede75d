// Bodies of fake_deployment.hpp.
#include <hull/mock/fake_deployment.hpp>
#include <hull/value/json.hpp>

#include "deployment.hpp"
#include "deployment_session.hpp"

#include <stdexcept>
#include <utility>

namespace hull::mock {

using std::chrono::milliseconds;

fake_deployment::fake_deployment(deployment_options options)
    : core_(std::make_shared<detail::deployment>(std::move(options))) {
  core_->start();
}
fake_deployment::~fake_deployment() { core_->stop(); }

std::string fake_deployment::url() const { return core_->server().url(); }
std::uint16_t fake_deployment::port() const { return core_->server().port(); }

void fake_deployment::query(std::string path, query_function run) {
  core_->add_function(std::move(path), std::move(run));
}
void fake_deployment::mutation(std::string path, mutation_function run) {
  core_->add_function(std::move(path), std::move(run));
}
void fake_deployment::action(std::string path, action_function run) {
  core_->add_function(std::move(path), std::move(run));
}
void fake_deployment::query_result(std::string path, value result) {
  query(std::move(path), [result = std::move(result)](query_context&, const value&) { return result; });
}
void fake_deployment::query_error(std::string path, std::string message) {
  query(std::move(path),
        [message = std::move(message)](query_context&, const value&) -> value { throw std::runtime_error(message); });
}

void fake_deployment::authenticate(std::function<std::optional<value>(const std::string&)> whose) {
  core_->set_authenticate(std::move(whose));
}
void fake_deployment::expire_tokens() {
  core_->server().on_thread([&] {
    const auto all = core_->sessions();
    for (const auto& s : all) s->expire_token();
  });
}

protocol::timestamp fake_deployment::change(const std::function<void(tables&)>& what) { return core_->change(what); }
array fake_deployment::documents(const std::string& table) const {
  detail::transaction t(core_->latest(), 0);
  return table_reader(t, table).scan();
}
std::optional<fake_deployment::stored_file> fake_deployment::file(const std::string& storage_id) const {
  return core_->file(storage_id);
}
std::string fake_deployment::add_file(std::string bytes, std::string content_type) {
  return core_->add_file(std::move(bytes), std::move(content_type));
}

std::vector<call_record> fake_deployment::calls() const { return core_->calls(); }
void fake_deployment::forget_calls() { core_->forget_calls(); }

call_record fake_deployment::expect(const expectation& what) {
  std::optional<call_record> found;
  std::vector<call_record> others;
  const auto patience = core_->options().server.patience;
  if (!core_->wait([&] { return (found = core_->take_call(what, others)).has_value(); }, patience))
    throw unexpected(explain(what, others) + "\n  (waited " + std::to_string(patience.count()) + " ms)");
  return *found;
}

void fake_deployment::expect_none(const expectation& what, milliseconds time) {
  std::optional<call_record> found;
  std::vector<call_record> others;
  if (core_->wait([&] { return (found = core_->take_call(what, others)).has_value(); }, time))
    throw unexpected("expected no " + what.describe() + ", but there came " + describe(*found));
}

void fake_deployment::wait_until(const std::function<bool()>& condition, std::string_view what) {
  const auto patience = core_->options().server.patience;
  if (!core_->wait(condition, patience))
    throw unexpected("waited " + std::to_string(patience.count()) + " ms in vain for " + std::string(what));
}

std::size_t fake_deployment::open_connections() const {
  std::size_t count = 0;
  core_->server().on_thread([&] { count = core_->sessions().size(); });
  return count;
}
std::size_t fake_deployment::live_queries() const {
  std::size_t count = 0;
  core_->server().on_thread([&] {
    for (const auto& s : core_->sessions()) count += s->query_count();
  });
  return count;
}

void fake_deployment::hold(const std::string& path) { core_->hold(path); }
void fake_deployment::release(const std::string& path) { core_->release(path); }
void fake_deployment::set_offline(bool offline) {
  core_->server().refuse(offline);
  if (offline) drop_connections();
}
void fake_deployment::close_connections(std::uint16_t code, std::string reason) {
  core_->server().for_each([&](detail::session& s) { s.close(code, reason); });
}
void fake_deployment::drop_connections() {
  core_->server().for_each([](detail::session& s) { s.drop(); });
}
void fake_deployment::clog(bool clogged) { core_->server().clog(clogged); }
void fake_deployment::set_faults(fault_schedule faults) { core_->server().set_faults(std::move(faults)); }

}  // namespace hull::mock
