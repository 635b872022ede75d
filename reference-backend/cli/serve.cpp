// Bodies of serve.hpp.
#include "cli/serve.hpp"

#include "auth/network_fetcher.hpp"
#include "auth/token_signer.hpp"
#include "auth/token_verifier.hpp"
#include "cli/data_folder.hpp"
#include "cli/io_loops.hpp"
#include "common/log.hpp"
#include "fetch/http_client.hpp"
#include "files/local_store.hpp"
#include "functions/application.hpp"
#include "functions/session_requests.hpp"
#include "http/listener.hpp"
#include "http/routes.hpp"
#include "node/executor.hpp"
#include "scheduler/driver.hpp"
#include "storage/sqlite/sqlite.hpp"
#include "subscriptions/registry.hpp"
#include "sync/endpoint.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <thread>
#include <vector>

namespace hull::backend::cli {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr std::size_t call_threads = 96;
constexpr std::size_t action_threads = 96;
constexpr std::size_t waiting_calls = 100'000;
constexpr auto finish_calls_within = 20s;
constexpr auto finish_actions_within = 3s;
constexpr auto close_sockets_within = 5s;

int complain(const failure& f) {
  std::fprintf(stderr, "hull-backend: %s\n", f.message.c_str());
  return 1;
}

failure with_remedy(failure f, const char* option) {
  if (f.code == "PortInUse")
    f.message += std::string(" Stop that one, or choose another port with ") + option + " N (0 picks a free one).";
  return f;
}

/// A socket costs a file descriptor, and many systems start programs with only 1024. How many there may be.
std::size_t allow_many_files() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 1024;
}

/// How a program on this machine reaches a port.
std::string local_origin(const std::string& bind, std::uint16_t port) {
  std::string host = bind == "0.0.0.0" || bind == "::" ? "127.0.0.1" : bind;
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return "http://" + host + ":" + std::to_string(port);
}

void greet(const serve_options& o, const std::string& name, const functions::application_options& app) {
  std::printf(
      "Hull backend %s serves %s\n\n"
      "  API            %s\n"
      "  HTTP actions   %s\n"
      "  Data           %s\n"
      "  Admin key      hull-backend admin-key --data %s\n\n"
      "Stop it with Ctrl-C.\n",
      std::string(http::backend_version).c_str(), name.c_str(), app.origin.c_str(), app.site_origin.c_str(),
      o.data.c_str(), o.data.c_str());
  std::fflush(stdout);
}

}  // namespace

int serve(const serve_options& o) {
  std::signal(SIGPIPE, SIG_IGN);
  const std::size_t files = allow_many_files();
  auto instance = prepare_data_folder(o.data, o.instance_name, o.instance_secret, system_random());
  if (!instance) return complain(instance.error());

  // The ports first: when they are taken, nothing else needs to be undone.
  io_loops loops(std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 8));
  asio::io_context& io = loops.first();
  const auto place = [&loops] { return asio::any_io_executor(loops.next().get_executor()); };
  http::listener_options api_port{o.bind, o.port};
  auto api = http::listener::open(io, api_port, place);
  if (!api) return complain(with_remedy(api.error(), "--port"));
  http::listener_options site_port{o.bind,
                                   o.site_port.value_or(o.port == 0 ? 0 : static_cast<std::uint16_t>(o.port + 1))};
  site_port.share_with_browsers = false;
  auto site = http::listener::open(io, site_port, place);
  if (!site) return complain(with_remedy(site.error(), "--site-port"));

  storage::sqlite_options store_options;
  store_options.room_for_log = true;
  auto store = storage::open_sqlite(o.data, store_options);
  if (!store) return complain(store.error());
  auto blobs = files::open_local_store(o.data / "files");
  if (!blobs) return complain(blobs.error());
  auto db = database::database::open(std::move(*store), system_clock(), system_random());
  if (!db) return complain(db.error());
  database::database& data = **db;
  data.when_broken([](const failure& f) {
    write_log(severity::error, f.message + " The next start will find out what was written.");
    std::_Exit(1);  // readers would see a state that may never have been
  });
  functions::application_options app_options;
  app_options.instance_name = instance->name;
  app_options.origin = o.origin.value_or(local_origin(o.bind, (*api)->port()));
  app_options.site_origin = o.site_origin.value_or(local_origin(o.bind, (*site)->port()));
  app_options.redact_logs_to_client = o.redact_logs_to_client;
  app_options.runtime.isolates = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 2, 8);
  app_options.runtime.reuse_contexts = !o.new_context_per_run;
  app_options.blobs = *std::move(blobs);
  app_options.upload_key = files::make_upload_key(instance->secret);
  auto signer = auth::token_signer::derive(instance->secret);
  if (!signer) return complain(signer.error());
  const auth::token_signer& own_tokens = **signer;
  app_options.sign_token = [&own_tokens](std::string_view claims) { return own_tokens.sign(claims); };
  app_options.log = [](const std::string& line) { write_log(severity::warning, line); };
  sync::function_log log;
  app_options.observe = [&log](functions::function_record record) { log.note(std::move(record)); };
  app_options.observe_known = [&log](std::int64_t now_ns) { return log.note_known(now_ns); };
  io_loops outgoing(1);  // its own, so that a busy front door does not hold up the requests of actions
  fetch::http_client_options client_options;
  client_options.max_connections = std::min<std::size_t>(client_options.max_connections, files / 4);
  app_options.runtime.fetch = fetch::make_http_client(outgoing.first().get_executor(), client_options);
  outgoing.start();
  node::executor_options node_options;
  node_options.program = o.node;
  node_options.folder = o.data / "node";
  node_options.npm = o.npm;
  node_options.packages_folder = o.data / "node_packages";
  auto node_actions = node::make_node_executor(node_options);
  if (!node_actions) return complain(node_actions.error());
  app_options.runtime.node = *std::move(node_actions);
  auto app = functions::application::start(std::move(*db), app_options, system_clock(), system_random());
  if (!app) return complain(app.error());

  {
    subscriptions::registry registry(data);
    auth::network_fetcher fetcher;
    auth::token_verifier_options token_options;
    token_options.name_providers = !o.redact_logs_to_client;
    auth::token_verifier tokens(fetcher, system_clock(), token_options);
    worker_pool calls(call_threads, waiting_calls, app_options.runtime.isolates);
    worker_pool actions(action_threads, waiting_calls);
    const sync::services services{**app,          registry,        *instance, calls,  actions,
                                  system_clock(), system_random(), log,       tokens, own_tokens.key_set_json()};
    sync::endpoint sockets(services);

    scheduler::driver_options over_time;
    over_time.warn = app_options.log;
    over_time.clean_ups.push_back({"records of mutations", &functions::forget_old_records, 256, std::chrono::seconds(1),
                                   std::chrono::minutes(30)});
    scheduler::driver scheduled(data, registry, (*app)->scheduled_functions(), system_clock(), system_random(),
                                over_time);

    std::promise<void> asked_to_stop;
    actions.submit([&data] {
      if (auto resumed = data.resume_schema_change(); !resumed)
        write_log(severity::warning, "An unfinished push goes on with the next one: " + resumed.error().message);
    });

    asio::signal_set signals(io, SIGINT, SIGTERM);
    signals.async_wait([&](boost::system::error_code e, int) {
      if (e) return;
      asked_to_stop.set_value();
      signals.async_wait([](boost::system::error_code again, int number) {
        if (!again) std::_Exit(128 + number);
      });
    });
    loops.start();
    (*api)->start({http::make_api_routes(services), &calls, &actions, &system_random(), &sockets});
    (*site)->start({http::make_site_routes(services), &calls, &actions, &system_random(), nullptr});
    greet(o, instance->name, app_options);

    asked_to_stop.get_future().wait();
    write_log(severity::info, "Stopping.");
    (*api)->close();
    (*site)->close();
    sockets.close_all();
    log.stream().close();
    scheduled.stop();
    calls.stop();
    actions.stop();
    const bool calls_done = calls.wait_until_idle(finish_calls_within);
    const bool actions_done = actions.wait_until_idle(finish_actions_within);
    const bool scheduled_done = scheduled.wait_until_idle(finish_actions_within);
    data.finish_commits();  // of mutations that no thread waits for; their answers need what is here
    const auto deadline = std::chrono::steady_clock::now() + close_sockets_within;
    while (sockets.open_connections() != 0 && std::chrono::steady_clock::now() < deadline)
      std::this_thread::sleep_for(10ms);
    if (!calls_done || !actions_done || !scheduled_done) {
      // Their commits are whole or not there at all; what is cut off is only the waiting.
      write_log(severity::warning, "Functions are still running; not waiting for them any longer.");
      std::_Exit(0);
    }
    loops.stop();
  }
  write_log(severity::info, "Stopped.");
  return 0;
}

}  // namespace hull::backend::cli
