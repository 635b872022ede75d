// Bodies of loads.hpp.
#include "loads.hpp"

namespace hull::bench {
namespace {

constexpr double warm_up_seconds = 0.7, measured_seconds = 3;

std::string plural(std::size_t n, const char* noun) { return text("%zu %s%s", n, noun, n == 1 ? "" : "s"); }

}  // namespace

void loads::queries(std::size_t clients) {
  std::vector<std::unique_ptr<http_client>> all;
  std::vector<double> times;
  std::size_t busy = clients;
  bool stopping = false;
  std::function<void(http_client&)> ask = [&](http_client& c) {
    // Arguments that were never there before: nothing comes from the query cache.
    c.query("bench:nothing", "{\"salt\":" + fresh_salt() + "}", [&, began = clock_type::now()] {
      times.push_back(milliseconds(clock_type::now() - began));
      if (stopping)
        --busy;
      else
        ask(c);
    });
  };
  for (std::size_t i = 0; i < clients; ++i) ask(*all.emplace_back(std::make_unique<http_client>(io_, backend_.port)));
  run_for(io_, warm_up_seconds);
  times.clear();
  const double cpu = backend_.cpu_seconds();
  run_for(io_, measured_seconds);
  const double each_us = (backend_.cpu_seconds() - cpu) / static_cast<double>(times.size()) * 1e6;
  row("Queries over HTTP, each executed, " + plural(clients, "client"),
      text("%.0f /s; p50 %.2f ms, p99 %.2f ms; %.0f µs of CPU each",
           static_cast<double>(times.size()) / measured_seconds, quantile(times, 0.5), quantile(times, 0.99), each_us));
  stopping = true;
  run_until(io_, [&] { return busy == 0; });
}

void loads::mutations(std::size_t clients) {
  sockets all = connect(clients);
  std::vector<double> times;
  std::size_t busy = clients;
  bool stopping = false;
  for (std::size_t i = 0; i < clients; ++i) {
    socket_client& c = *all[i];
    const std::string args = "{\"group\":" + std::to_string(1'000'000 + i) + ",\"text\":\"one of many rows\"}";
    const auto began = std::make_shared<clock_type::time_point>(clock_type::now());
    c.on_answered = [&, args, began] {
      times.push_back(milliseconds(clock_type::now() - *began));
      if (stopping) {
        --busy;
        return;
      }
      *began = clock_type::now();
      c.mutate("bench:insert", args);
    };
    c.mutate("bench:insert", args);
  }
  run_for(io_, warm_up_seconds);
  times.clear();
  const double cpu = backend_.cpu_seconds();
  run_for(io_, measured_seconds);
  const double per_second = static_cast<double>(times.size()) / measured_seconds;
  const double each_us = (backend_.cpu_seconds() - cpu) / static_cast<double>(times.size()) * 1e6;
  const std::string what = "Durable mutations over sockets, " + plural(clients, "client");
  const std::string figure = text("%.0f /s; p50 %.2f ms, p99 %.2f ms; %.0f µs of CPU each", per_second,
                                  quantile(times, 0.5), quantile(times, 0.99), each_us);
  if (clients == 64)
    row(what, figure, "10,000 /s", per_second >= 10'000);
  else
    row(what, figure);
  stopping = true;
  run_until(io_, [&] { return busy == 0; });
}

loads::sockets loads::connect(std::size_t count) {
  sockets all;
  for (std::size_t i = 0; i < count; ++i) {
    all.push_back(std::make_unique<socket_client>(io_, backend_.port));
    all.back()->on_updated = [this] { ++updated_; };
    io_.restart();
    io_.poll();
  }
  return all;
}

void loads::subscribe(sockets& all, bool distinct_groups, bool distinct_salts) {
  updated_ = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::size_t group = distinct_groups ? i + 1 : 1, salt = distinct_salts ? i : 0;
    all[i]->subscribe("bench:first", text("{\"group\":%zu,\"salt\":%zu}", group, salt));
  }
  run_until(io_, [&] { return updated_ == all.size(); });
}

std::vector<double> loads::rounds(int count, std::size_t expected) {
  socket_client writer(io_, backend_.port);
  bool answered = false;
  writer.on_answered = [&answered] { answered = true; };
  std::vector<double> times;
  for (int i = -1; i < count; ++i) {
    updated_ = 0;
    answered = false;
    const auto began = clock_type::now();
    writer.mutate("bench:insert", "{\"group\":1,\"text\":\"" + fresh_text() + "\"}");
    run_until(io_, [&] { return updated_ == expected; });
    if (i >= 0) times.push_back(milliseconds(clock_type::now() - began));  // The first one warms up.
    run_until(io_, [&] { return answered; });
  }
  return times;
}

void loads::watchers(std::size_t watchers) {
  const int count = watchers == 1 ? 500 : watchers <= 1000 ? 40 : 8;
  sockets all = connect(watchers);
  const auto figure = [&](const std::vector<double>& times) {
    const double p50 = quantile(times, 0.5);
    std::string out = text("p50 %.2f ms, p99 %.2f ms", p50, quantile(times, 0.99));
    if (watchers > 1) out += text("; %.0f updates/s", static_cast<double>(watchers) / p50 * 1000);
    return out;
  };
  const std::string n = std::to_string(watchers);

  subscribe(all, false, false);
  const std::vector<double> one = rounds(count, watchers);
  const double p50 = quantile(one, 0.5);
  if (watchers == 1)
    row("Mutation until the one watcher has its row", figure(one), "p50 0.6 ms", p50 <= 0.6);
  else if (watchers == 1000)
    row("Mutation until " + n + " watchers of one query have its row", figure(one), "80,000 updates/s",
        static_cast<double>(watchers) / p50 * 1000 >= 80'000);
  else
    row("Mutation until " + n + " watchers of one query have its row", figure(one));
  if (watchers == 1) return;

  subscribe(all, false, true);
  row("The same, " + n + " distinct queries, which all read that row", figure(rounds(count, watchers)));
  subscribe(all, true, false);
  const std::vector<double> hit = rounds(count, 1);
  row("The same, " + n + " distinct queries, one of which reads that row",
      text("p50 %.2f ms, p99 %.2f ms", quantile(hit, 0.5), quantile(hit, 0.99)));
}

void loads::memory(std::size_t connections) {
  // What is made when it is first needed is there before anything is counted.
  http_client asker(io_, backend_.port);
  for (int i = 0; i < 200; ++i) query_once(asker, "bench:nothing", "{\"salt\":" + fresh_salt() + "}");
  const auto per = [&](double now, double before) { return (now - before) / static_cast<double>(connections); };
  rounds(3, 0);
  const double at_rest = backend_.resident_kb();
  row("Memory with an app, after its first calls", text("%.1f MB resident", at_rest / 1024));
  sockets all = connect(connections);
  run_for(io_, 0.5);
  const double connected = backend_.resident_kb();
  row(text("Memory per connection, %zu of them", connections), text("%.1f KB", per(connected, at_rest)));
  subscribe(all, false, false);
  const double subscribed = backend_.resident_kb();
  row("Memory per subscription, all of one query", text("%.1f KB", per(subscribed, connected)));
  subscribe(all, true, false);
  row("Memory per subscription, all of distinct queries", text("%.1f KB", per(backend_.resident_kb(), connected)));
}

double loads::query_once(http_client& asker, const std::string& path, const std::string& args) {
  bool done = false;
  const auto began = clock_type::now();
  asker.query(path, args, [&done] { done = true; });
  run_until(io_, [&] { return done; });
  return milliseconds(clock_type::now() - began);
}

void loads::first_rows(std::size_t most) {
  constexpr std::size_t batch = 500;
  sockets writers = connect(4);
  std::size_t rows = 0, waiting = 0;
  const auto fill_up_to = [&](std::size_t size) {
    for (const auto& w : writers) {
      w->on_answered = [&, size, w = w.get()] {
        --waiting;
        if (rows >= size) return;
        rows += batch, ++waiting;
        w->mutate("bench:fill", text("{\"count\":%zu}", batch));
      };
      ++waiting;
      w->on_answered();
    }
    run_until(io_, [&] { return waiting == 0; });
  };
  double first = 0, last = 0;
  for (std::size_t size = 1000; size <= most; size = size == 1000 ? 100'000 : size * 10) {
    const std::size_t before = rows;
    const auto began = clock_type::now();
    while (rows < size) fill_up_to(std::min(size, rows + 50'000));
    if (before != 0)
      row(text("Rows inserted, %zu per mutation, up to %zu rows", batch, rows),
          text("%.0f rows/s", static_cast<double>(rows - before) / milliseconds(clock_type::now() - began) * 1000));
    http_client asker(io_, backend_.port);  // A new one: the backend closes connections that rest for long.
    std::vector<double> times, bare;
    for (int i = -20; i < 300; ++i) {
      const double took = query_once(asker, "bench:take", "{\"salt\":" + fresh_salt() + "}");
      const double nothing = query_once(asker, "bench:nothing", "{\"salt\":" + fresh_salt() + "}");
      if (i >= 0) times.push_back(took), bare.push_back(nothing);
    }
    last = quantile(times, 0.5);
    if (first == 0) first = last;
    row(text("take(10) of a table of %zu rows", rows),
        text("p50 %.2f ms, p99 %.2f ms (a query that reads nothing: %.2f ms)", last, quantile(times, 0.99),
             quantile(bare, 0.5)));
  }
  row("take(10), the largest table against the smallest", text("%.2f times", last / first), "at most 2 times",
      last <= 2 * first);
}

}  // namespace hull::bench
