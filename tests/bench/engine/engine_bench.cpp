// What one transition costs in the client's engine, and what a subscribed query costs in memory.
// Targets: at most 8 us per small transition, flat from 1 to 10,000 queries; at most 20 us with 100 optimistic layers
// that it does not touch; at most 512 B per query apart from its value; at most 80 ms for 10,000 queries after a
// reconnect, without a notification for an equal value.
#include <hull/protocol/codec.hpp>
#include <hull/sync/engine.hpp>
#include <hull/sync/inbound.hpp>

#include <benchmark/benchmark.h>

#include <malloc.h>

#include <string>
#include <vector>

namespace {

using namespace hull;

sync::query_key key_of(int i) {
  return sync::query_key::make("messages:list", value::make_object({{"channel", "channel-" + std::to_string(i)}})).value();
}

/// A message list of about 230 bytes, as the anchors of other clients were measured with.
value result_of(int i) {
  return value::make_array({value::make_object({{"_id", "k57a8xq2m9c4v1t6b3n0p8z5y7w2e4r" + std::to_string(i % 10)},
                                                {"_creationTime", 1'700'000'000'000.0 + i},
                                                {"author", "Ada"},
                                                {"body", std::string(100, 'x') + std::to_string(i)}})});
}

protocol::query_change update_of(protocol::query_id id, int i) {
  protocol::query_updated u;
  u.id = id;
  u.result = result_of(i);
  return u;
}

/// A connected engine with so many queries, all of them answered.
struct subscribed_engine {
  explicit subscribed_engine(int queries) : engine(options()) {
    engine.apply(sync::input::start{}, now);
    for (int i = 0; i < queries; ++i) engine.apply(sync::input::subscribe{key_of(i)}, now);
    connect(queries);
  }
  static sync::engine_options options() {
    sync::engine_options o;
    o.session_id = "6f0c5a3e-0000-4000-8000-000000000001";
    return o;
  }
  std::size_t connect(int queries) {
    engine.apply(sync::input::socket_opened{++socket, {}}, now);
    version = {};
    protocol::transition all;
    all.end = {1, 0, ++last_ts};
    for (int i = 0; i < queries; ++i) all.modifications.push_back(update_of(static_cast<protocol::query_id>(i), i));
    return changed_in(receive(std::move(all)));
  }
  sync::effects receive(protocol::transition t) {
    t.start = version;
    version = t.end;
    return engine.apply(sync::input::socket_message{socket, std::move(t)}, now);
  }
  static std::size_t changed_in(const sync::effects& out) {
    std::size_t changed = 0;
    for (const auto& e : out)
      if (const auto* c = std::get_if<sync::effect::commit>(&e)) changed += c->batch.changed.size();
    return changed;
  }
  protocol::transition next(protocol::query_id id, int i) {
    protocol::transition t;
    t.end = {1, 0, ++last_ts};
    t.modifications.push_back(update_of(id, i));
    return t;
  }

  sync::moment now{0};
  sync::engine engine;
  sync::socket_id socket = 0;
  protocol::state_version version;
  protocol::timestamp last_ts = 0;
};

/// One modification per transition, decoded already: what happens on the home executor.
void transition_applied(benchmark::State& state) {
  const int queries = static_cast<int>(state.range(0));
  subscribed_engine e(queries);
  int i = 0;
  for (auto _ : state) {
    ++i;
    auto out = e.receive(e.next(static_cast<protocol::query_id>((i * 7919) % queries), i));
    benchmark::DoNotOptimize(out);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(transition_applied)->Arg(1)->Arg(100)->Arg(1000)->Arg(10000);

/// The same from the text of the frame on: all that the client does about a transition except the socket.
void transition_decoded_and_applied(benchmark::State& state) {
  const int queries = static_cast<int>(state.range(0));
  subscribed_engine e(queries);
  sync::inbound in(1u << 20);
  std::vector<std::string> frames;
  protocol::state_version at = e.version;
  for (int i = 0; i < 4096; ++i) {
    protocol::transition t = e.next(static_cast<protocol::query_id>((i * 7919) % queries), i);
    // A circle of frames: the time of the last one is that of the first.
    t.start = at;
    t.end = at;
    frames.push_back(protocol::encode(protocol::server_message(t)));
  }
  std::size_t i = 0;
  for (auto _ : state) {
    auto m = in.push(frames[i++ % frames.size()]);
    auto out = e.engine.apply(sync::input::socket_message{e.socket, std::move(*m->message)}, e.now);
    benchmark::DoNotOptimize(out);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(transition_decoded_and_applied)->Arg(1)->Arg(100)->Arg(1000)->Arg(10000);

/// One query of 10,000 rows of which another one changes each time, from the text of the frame to the commit. Argument:
/// whether rows that came before are recognised.
void long_list_decoded_and_applied(benchmark::State& state) {
  constexpr int rows = 10000;
  subscribed_engine e(1);
  sync::inbound in(std::size_t{64} << 20, state.range(0) != 0 ? std::size_t{64} << 20 : 0);
  hull::array list;
  for (int row = 0; row < rows; ++row)
    list.push_back(object{{"_id", "j57" + std::to_string(100000 + row) + "abcdefghijklmnopqrstuv"}, {"_creationTime", 1.7e12 + row},
                          {"author", "Ada Lovelace"}, {"body", "The engine weaves algebraical patterns, as the loom weaves flowers."},
                          {"likes", row % 17}, {"channel", "general"}, {"edited", false}});
  std::vector<std::string> frames;
  std::size_t bytes = 0;
  for (int i = 0; i < 8; ++i) {
    hull::object changed = list[static_cast<std::size_t>(i * 1237)].as_object();
    changed.set("likes", 100 + i);
    list[static_cast<std::size_t>(i * 1237)] = std::move(changed);
    protocol::transition t = e.next(0, i);
    t.start = t.end = e.version;
    std::get<protocol::query_updated>(t.modifications[0]).result = list;
    frames.push_back(protocol::encode(protocol::server_message(t)));
    bytes = frames.back().size();
  }
  std::size_t i = 0;
  for (auto _ : state) {
    auto m = in.push(frames[i++ % frames.size()]);
    auto out = e.engine.apply(sync::input::socket_message{e.socket, std::move(*m->message)}, e.now);
    benchmark::DoNotOptimize(out);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * state.iterations());
}
BENCHMARK(long_list_decoded_and_applied)->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

/// 100 mutations in flight, 1,000 queries. Argument 0: the transition touches no layer's query; 1: it touches one.
void transition_with_100_layers(benchmark::State& state) {
  subscribed_engine e(1000);
  for (int layer = 0; layer < 100; ++layer) {
    e.engine.apply(sync::input::mutation{static_cast<sync::call_id>(layer + 1), "messages:send", object{},
                                         [args = key_of(layer).args(), layer](local_store& s) {
                                           s.get_query("messages:list", args);
                                           s.set_query("messages:list", args, result_of(layer));
                                         }},
                   e.now);
  }
  int i = 0;
  for (auto _ : state) {
    ++i;
    const int query = state.range(0) == 0 ? 100 + i % 900 : i % 100;
    auto out = e.receive(e.next(static_cast<protocol::query_id>(query), i));
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK(transition_with_100_layers)->Arg(0)->Arg(1);

/// 100 layers on one query: all of them run again whenever it changes.
void transition_below_100_stacked_layers(benchmark::State& state) {
  subscribed_engine e(1000);
  for (int layer = 0; layer < 100; ++layer) {
    e.engine.apply(sync::input::mutation{static_cast<sync::call_id>(layer + 1), "messages:send", object{},
                                         [args = key_of(0).args()](local_store& s) {
                                           array items = s.get_query("messages:list", args)->as_array();
                                           items.push_back(value("sending"));
                                           s.set_query("messages:list", args, value(std::move(items)));
                                         }},
                   e.now);
  }
  int i = 0;
  for (auto _ : state) {
    auto out = e.receive(e.next(0, ++i));
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK(transition_below_100_stacked_layers);

/// The socket breaks and comes back; every query is confirmed with the value that it had.
void reconnect_with_equal_values(benchmark::State& state) {
  const int queries = static_cast<int>(state.range(0));
  subscribed_engine e(queries);
  std::size_t told = 0;
  for (auto _ : state) {
    e.engine.apply(sync::input::socket_closed{e.socket, 1006, {}, {}}, e.now);
    e.now += std::chrono::minutes(1);
    e.engine.apply(sync::input::timer{}, e.now);
    told += e.connect(queries);
  }
  state.counters["notifications"] = static_cast<double>(told);
}
BENCHMARK(reconnect_with_equal_values)->Arg(10000)->Unit(benchmark::kMillisecond);

/// Heap per subscribed query with its name, arguments and state, apart from the result value.
void memory_per_query(benchmark::State& state) {
  constexpr int queries = 10000;
  const auto in_use = [] { return static_cast<double>(mallinfo2().uordblks); };
  for (auto _ : state) {
    std::vector<sync::query_key> keys;
    std::vector<value> results;
    const double before_values = in_use();
    for (int i = 0; i < queries; ++i) results.push_back(result_of(i));
    const double values = in_use() - before_values;
    results = {};
    const double before = in_use();
    subscribed_engine e(queries);
    state.counters["bytes"] = (in_use() - before - values) / queries;
  }
}
BENCHMARK(memory_per_query)->Iterations(1);

}  // namespace

BENCHMARK_MAIN();
