// One measurement of hull::client against bench_frame_server: prints one line of JSON.
//   bench_client_side PORT QUERIES TRANSITIONS LAYERS
#include <hull/hull.hpp>

#include <boost/asio/io_context.hpp>

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

namespace {

using namespace hull;
using namespace std::chrono_literals;

double cpu_ms() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto ms = [](const timeval& t) { return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_usec) / 1e3; };
  return ms(used.ru_utime) + ms(used.ru_stime);
}
double wall_ms() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
double heap_bytes() { return static_cast<double>(mallinfo2().uordblks + mallinfo2().hblkhd); }
double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  long pages = 0;
  statm >> pages >> pages;
  return static_cast<double>(pages) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

value args_of(int i) { return value::make_object({{"channel", "channel-" + std::to_string(i)}}); }

struct bench {
  boost::asio::io_context loop{1};
  std::vector<watch> watches;
  std::vector<subscription> subscriptions;
  std::size_t notifications = 0;

  void until(const std::function<bool()>& condition) {
    const double give_up = wall_ms() + 120'000;
    while (!condition()) {
      if (wall_ms() > give_up) {
        std::fputs("bench_client_side: nothing happened for two minutes\n", stderr);
        std::exit(1);
      }
      loop.run_one_for(100ms);
    }
  }
};

struct span {
  double wall = wall_ms();
  double cpu = cpu_ms();
  void stop() {
    wall = wall_ms() - wall;
    cpu = cpu_ms() - cpu;
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fputs("Usage: bench_client_side PORT QUERIES TRANSITIONS LAYERS\n", stderr);
    return 2;
  }
  if (std::getenv("BENCH_ONE_ARENA")) mallopt(M_ARENA_MAX, 1);
  const int queries = std::atoi(argv[2]);
  const int transitions = std::atoi(argv[3]);
  const int layers = std::atoi(argv[4]);
  bench b;
  client_options options;
  options.backoff_initial = options.backoff_own_close = 1ms;
  client c(b.loop.get_executor(), std::string("http://127.0.0.1:") + argv[1], options);
  b.until([&] { return c.state().is_connected; });

  const double heap_before = heap_bytes();
  const double resident_before = resident_bytes();
  span subscribing;
  std::size_t answered = 0;
  b.watches.reserve(static_cast<std::size_t>(queries));
  b.subscriptions.reserve(static_cast<std::size_t>(queries));
  for (int i = 0; i < queries; ++i) {
    b.watches.push_back(c.watch_query("messages:list", args_of(i)));
    b.subscriptions.push_back(b.watches.back().on_change([&](const query_state_ptr& s) {
      ++b.notifications;
      if (s->state == query_state::status::ready) ++answered;
    }));
  }
  b.until([&] { return answered >= static_cast<std::size_t>(queries); });
  subscribing.stop();
  b.loop.poll();
  const double heap_all = heap_bytes() - heap_before;
  const double resident_all = resident_bytes() - resident_before;

  // What the values alone take.
  const std::string text = write_json(*b.watches[0].current()->current());
  std::vector<value> copies;
  copies.reserve(1000);
  const double before_copies = heap_bytes();
  for (int i = 0; i < 1000; ++i) copies.push_back(read_json(text).value());
  const double value_bytes = (heap_bytes() - before_copies) / 1000;
  copies.clear();

  // The values come again as they were, then one other: it shows when all is as before.
  const query_state_ptr before_cut = b.watches[0].current();
  const auto connections = c.state().connection_count;
  c.action("bench:cut", object{}, [](result<value>) {});
  b.until([&] { return !c.state().is_connected || c.state().connection_count > connections; });
  b.until([&] { return c.state().connection_count > connections; });
  b.notifications = 0;
  span recovering;
  b.until([&] { return b.watches[0].current()->last_value != before_cut->last_value; });
  recovering.stop();
  const std::size_t recover_notifications = b.notifications;

  const auto stream = [&](int count, int spread) {
    bool is_done = false;
    b.notifications = 0;
    span s;
    c.mutation("bench:stream", value::make_object({{"count", count}, {"spread", spread}}), [&](result<value>) { is_done = true; });
    b.until([&] { return is_done; });
    s.stop();
    return s;
  };
  stream(transitions / 10 + 1, queries);  // Warm caches.
  const span streaming = stream(transitions, queries);
  const double notified = static_cast<double>(b.notifications);

  double layers_us = 0;
  if (layers > 0 && queries > 1) {
    const value held = args_of(queries - 1);
    for (int i = 0; i < layers; ++i) {
      mutation_options with;
      with.optimistic = [held](local_store& store) {
        if (auto now = store.get_query("messages:list", held)) store.set_query("messages:list", held, std::move(now));
      };
      c.mutation("bench:hold", object{}, std::move(with), [](result<value>) {});
    }
    layers_us = stream(transitions, queries - 1).cpu * 1e3 / transitions;
  }

  std::printf(
      "{\"queries\":%d,\"subscribe_ms\":%.2f,\"subscribe_cpu_ms\":%.2f,\"transitions_per_s\":%.0f,\"cpu_us\":%.3f,"
      "\"notifications_per_transition\":%.4f,\"layers_cpu_us\":%.3f,\"recover_ms\":%.2f,\"recover_cpu_ms\":%.2f,"
      "\"recover_notifications\":%zu,\"heap_bytes_per_query\":%.0f,\"resident_bytes_per_query\":%.0f,\"value_bytes\":%.0f}\n",
      queries, subscribing.wall, subscribing.cpu, transitions * 1e3 / streaming.wall, streaming.cpu * 1e3 / transitions,
      notified / transitions, layers_us, recovering.wall, recovering.cpu, recover_notifications, heap_all / queries - value_bytes,
      resident_all / queries, value_bytes);
  c.close();
}
