// The program hull-mock: a deployment, a script or a trace from the shell.
#include <hull/mock/deployment_file.hpp>
#include <hull/mock/recorder.hpp>
#include <hull/mock/replay.hpp>
#include <hull/mock/script_file.hpp>
#include <hull/version.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <exception>
#include <functional>
#include <iostream>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include <unistd.h>

namespace {

using namespace hull::mock;
using std::chrono::milliseconds;

/// What all three commands share.
struct settings {
  std::string file;
  std::uint16_t port = 0;
  std::string certificate, key;
  std::string record;
  bool frames = false;
  unsigned patience_s = 60;
  unsigned delay_ms = 0, delay_max_ms = 0;
  std::size_t drop_after = 0, close_after = 0;
  std::uint16_t close_code = 1001;
  double drop_chance = 0;
  unsigned decline = 0;
  bool wrong_version = false;
  std::size_t fault_connections = 0;
  std::uint64_t seed = 1;
};

void add_options(CLI::App& command, settings& s) {
  command.add_option("--port", s.port, "Port on 127.0.0.1; 0 takes any that is free")->capture_default_str();
  auto* certificate =
      command.add_option("--tls-cert", s.certificate, "PEM file; with it the URL is https")->check(CLI::ExistingFile);
  auto* key = command.add_option("--tls-key", s.key, "PEM file of the certificate's key")->check(CLI::ExistingFile);
  certificate->needs(key);
  key->needs(certificate);
  command.add_option("--record", s.record, "Write what went over the sockets to this trace when the program ends");
  command.add_flag("--frames", s.frames, "Print every frame");
  const std::string faults = "Faults";
  command.add_option("--delay", s.delay_ms, "Hold every frame to a client for so many milliseconds")->group(faults);
  command.add_option("--delay-max", s.delay_max_ms, "... or for a random time from --delay to this")->group(faults);
  command.add_option("--drop-after", s.drop_after, "Break a connection after so many frames to the client")
      ->group(faults);
  command.add_option("--drop-chance", s.drop_chance, "Break a connection before a frame with this probability")
      ->check(CLI::Range(0.0, 1.0))
      ->group(faults);
  command.add_option("--close-after", s.close_after, "Close a connection after so many frames to the client")
      ->group(faults);
  command.add_option("--close-code", s.close_code, "The code of --close-after")
      ->check(CLI::Range(1000, 4999))
      ->capture_default_str()
      ->group(faults);
  command.add_option("--decline", s.decline, "Answer WebSocket upgrades with this HTTP status")
      ->check(CLI::Range(400, 599))
      ->group(faults);
  command.add_flag("--wrong-version", s.wrong_version, "The first transition does not fit")->group(faults);
  command.add_option("--fault-connections", s.fault_connections, "Only the first so many connections suffer; 0: all")
      ->group(faults);
  command.add_option("--seed", s.seed, "Chance is the same for the same seed")->capture_default_str()->group(faults);
}

fault_schedule schedule_of(const settings& s) {
  fault_plan plan;
  plan.seed(s.seed);
  if (s.delay_ms != 0 || s.delay_max_ms != 0)
    plan.delay_between(milliseconds(s.delay_ms), milliseconds(std::max(s.delay_ms, s.delay_max_ms)));
  if (s.drop_after != 0) plan.drop_after_sent(s.drop_after);
  if (s.drop_chance > 0) plan.drop_at_random(s.drop_chance);
  if (s.close_after != 0) plan.close_after_sent(s.close_after, s.close_code);
  if (s.decline != 0) plan.decline_upgrade(s.decline);
  if (s.wrong_version) plan.wrong_start_version();
  return s.fault_connections == 0 ? every_connection(plan) : first_connections(s.fault_connections, plan);
}

server_options options_of(const settings& s, recorder& rec) {
  server_options o;
  o.port = s.port;
  o.certificate_file = s.certificate;
  o.private_key_file = s.key;
  o.faults = schedule_of(s);
  if (s.frames)
    o.on_frame = [](direction way, std::string_view text) {
      std::cout << (way == direction::to_server ? "client: " : "server: ") << text << std::endl;
    };
  if (!s.record.empty()) rec.attach(o);
  return o;
}

int say(const hull::error& e) {
  std::cerr << "hull-mock: " << e.message << std::endl;
  return 1;
}

int end(const settings& s, const recorder& rec, int code) {
  if (s.record.empty()) return code;
  const auto saved = save_trace(rec.recorded(), s.record);
  return saved ? code : say(saved.error());
}

sigset_t ending_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

/// Runs beside a wait for SIGINT or SIGTERM. Returns when the work is over; a signal ends the process.
int until_signal(const std::function<hull::result<void>()>& work, const std::function<void()>& before_exit) {
  const sigset_t signals = ending_signals();
  std::mutex mutex;
  std::optional<hull::result<void>> done;
  std::thread worker([&] {
    auto result = work();
    {
      const std::lock_guard lock(mutex);
      done = std::move(result);
    }
    kill(getpid(), SIGTERM);
  });
  int signal = 0;
  sigwait(&signals, &signal);
  {
    const std::lock_guard lock(mutex);
    if (!done) {
      before_exit();
      std::cerr << "hull-mock: stopped" << std::endl;
      std::_Exit(130);  // under the worker, which waits for a client
    }
  }
  worker.join();
  return *done ? 0 : say(done->error());
}

void announce(const std::string& url) { std::cout << "hull-mock listens at " << url << std::endl; }

int serve(const settings& s, const std::string& admin_key) {
  recorder rec;
  deployment_options o;
  o.server = options_of(s, rec);
  o.admin_key = admin_key;
  fake_deployment deployment(o);
  if (const auto added = add_deployment_file(deployment, s.file); !added) return say(added.error());
  announce(deployment.url());
  const sigset_t signals = ending_signals();
  int signal = 0;
  sigwait(&signals, &signal);
  return end(s, rec, 0);
}

int run_script(const settings& s) {
  recorder rec;
  mock_server server(options_of(s, rec));
  announce(server.url());
  script_options o;
  o.patience = std::chrono::seconds(s.patience_s);
  const int code = until_signal([&] { return run_script_file(server, s.file, o); }, [&] { end(s, rec, 0); });
  server.finish();
  if (code == 0) std::cout << "hull-mock: the script is through" << std::endl;
  return end(s, rec, code);
}

int run_replay(const settings& s, bool keep_times) {
  const auto t = load_trace(s.file);
  if (!t) return say(t.error());
  recorder rec;
  mock_server server(options_of(s, rec));
  announce(server.url());
  replay_options o;
  o.patience = std::chrono::seconds(s.patience_s);
  o.keep_times = keep_times;
  const int code = until_signal([&] { return replay(server, *t, o); }, [&] { end(s, rec, 0); });
  server.finish();
  if (code == 0) std::cout << "hull-mock: the client did as recorded" << std::endl;
  return end(s, rec, code);
}

}  // namespace

int main(int argc, char** argv) {
  // Before any thread starts, so that the signals wait for sigwait.
  const sigset_t signals = ending_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  CLI::App app(
      "A Convex deployment that does what a file says, for tests and for trying things out.\n"
      "It prints its URL and runs until it gets SIGINT (Ctrl-C) or SIGTERM.\n\n"
      "Try:  echo '{\"tables\":{\"messages\":[{\"body\":\"hi\"}]}}' > chat.json\n"
      "      hull-mock serve chat.json --port 3210\n"
      "and watch the query messages:list from any client at http://127.0.0.1:3210.\n"
      "Files and options are explained in docs/reference/mock.md.");
  app.name("hull-mock");
  app.set_version_flag("--version", std::string("hull-mock ") + hull::version);
  app.require_subcommand(1);

  settings s;
  std::string admin_key = "admin-key";
  bool keep_times = false;
  CLI::App& serve_command =
      *app.add_subcommand("serve", "Serve tables and functions of a JSON file to any number of clients");
  serve_command.add_option("file", s.file, "The deployment")->required();
  serve_command.add_option("--admin-key", admin_key, "What a client has to show to act as admin")
      ->capture_default_str();
  add_options(serve_command, s);
  CLI::App& script_command =
      *app.add_subcommand("script", "Go through the steps of a JSON file with one client after the other");
  script_command.add_option("file", s.file, "The script")->required();
  script_command.add_option("--patience", s.patience_s, "Seconds to wait for each message of a client")
      ->capture_default_str();
  add_options(script_command, s);
  CLI::App& replay_command =
      *app.add_subcommand("replay", "Play the server's part of a trace and compare the client's");
  replay_command.add_option("trace", s.file, "The trace, as --record writes it")->required();
  replay_command.add_option("--patience", s.patience_s, "Seconds to wait for each message of the client")
      ->capture_default_str();
  replay_command.add_flag("--keep-times", keep_times, "Let the server's frames wait as long as they did");
  add_options(replay_command, s);
  CLI11_PARSE(app, argc, argv);

  try {
    if (serve_command.parsed()) return serve(s, admin_key);
    if (script_command.parsed()) return run_script(s);
    return run_replay(s, keep_times);
  } catch (const std::exception& e) {
    std::cerr << "hull-mock: " << e.what() << std::endl;
    return 1;
  }
}
