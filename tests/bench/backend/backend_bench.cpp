// The backend as its clients feel it, beside the limits of the machine it runs on, in one run: calls per second,
// fan-out, the first rows of large tables, runs of functions, start and memory. `./dev bench backend` runs it.
//   backend_bench [--rows MOST] [--watchers MOST] [--only limits|runs|memory|queries|mutations|watchers|rows]
// HULL_BACKEND names the program; HULL_BENCH_BUNDLE the bundle whose functions are run by themselves.
#include "function_runs.hpp"
#include "limits.hpp"
#include "loads.hpp"

#include <sys/resource.h>

#include <cstring>
#include <string_view>

namespace hull::bench {
namespace {

struct bench_options {
  std::size_t rows = 1'000'000;
  std::size_t watchers = 10'000;
  std::string only;  ///< One part; empty for all.

  bool wants(std::string_view part) const { return only.empty() || only == part; }
};

const std::string folder = HULL_BENCH_FOLDER;

double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// Runs per second of processor time in npm's convex-test; 0 when it did not run.
double runs_of_the_peer() {
  FILE* node = ::popen(("node '" + folder + "/convex_test.mjs'").c_str(), "r");
  double per_second = 0;
  if (node == nullptr || std::fscanf(node, "%lf", &per_second) != 1) per_second = 0;
  if (node != nullptr) ::pclose(node);
  return per_second;
}

void print_function_runs() {
  const auto modules = bundled_modules();
  if (!modules) {
    row("Function executions per second and core", "not measured: HULL_BENCH_BUNDLE is not set", "10,000 /s", "");
    return;
  }
  function_runs list(modules, true);
  const double cpu = cpu_seconds();
  std::size_t count = 0;
  for (const auto end = clock_type::now() + std::chrono::seconds(3); clock_type::now() < end; ++count)
    if (const auto error = list.once()) give_up("messages:list failed: " + *error);
  const double ours = static_cast<double>(count) / (cpu_seconds() - cpu);
  row("Function executions per second and core, fresh view of the modules", text("%.0f /s", ours), "10,000 /s",
      ours >= 10'000);
  const double theirs = runs_of_the_peer();
  if (theirs == 0) give_up("convex_test.mjs failed");
  row("The same function in npm's convex-test, in process", text("%.0f /s (ours: %.1f times)", theirs, ours / theirs));
}

void run(const bench_options& o) {
  begin_table();
  deployment backend(folder + "/deployment.mjs");
  if (o.wants("limits")) print_disk(backend.data), print_echo(), print_v8();
  if (o.wants("runs")) print_function_runs();
  row("Start until the first answer", text("%.0f ms", backend.start_ms), "150 ms", backend.start_ms <= 150);
  row("Memory, idle", text("%.1f MB resident", backend.idle_kb / 1024), "60 MB", backend.idle_kb / 1024 <= 60);
  loads all(backend);
  if (o.wants("memory")) all.memory(std::min<std::size_t>(5000, o.watchers));
  if (o.wants("queries"))
    for (const std::size_t clients : {1U, 10U, 100U}) all.queries(clients);
  if (o.wants("mutations"))
    for (const std::size_t clients : {1U, 10U, 64U, 100U}) all.mutations(clients);
  if (o.wants("watchers"))
    for (std::size_t n = 1; n <= o.watchers; n = n == 1 ? 100 : n * 10) all.watchers(n);
  if (o.wants("rows")) all.first_rows(o.rows);
}

/// A socket is a file: as many as the system lets us have.
void allow_files(const bench_options& o) {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_cur < o.watchers + 200)
    give_up(text("a process may have %llu files here, and %zu watchers need more: 'ulimit -Hn', or --watchers 1000",
                 static_cast<unsigned long long>(files.rlim_cur), o.watchers));
}

}  // namespace
}  // namespace hull::bench

int main(int argc, char** argv) {
  hull::bench::bench_options o;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--only") == 0 && i + 1 < argc) {
      o.only = argv[++i];
      continue;
    }
    std::size_t* const wanted = std::strcmp(argv[i], "--rows") == 0       ? &o.rows
                                : std::strcmp(argv[i], "--watchers") == 0 ? &o.watchers
                                                                          : nullptr;
    if (wanted == nullptr || i + 1 == argc)
      hull::bench::give_up("usage: backend_bench [--rows MOST] [--watchers MOST] [--only PART]");
    *wanted = std::strtoull(argv[++i], nullptr, 10);
  }
  hull::bench::allow_files(o);
  hull::bench::run(o);
  return 0;
}
