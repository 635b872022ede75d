// A paginated list over a bare engine that is connected to a scripted server.
#pragma once

#include "engine_harness.hpp"

#include <hull/sync/paging.hpp>

#include <map>
#include <string>
#include <vector>

namespace hull::test {

/// What a paginated query returns.
inline value page_of(array rows, std::string cursor, bool is_done = false) {
  return value::make_object({{"page", std::move(rows)}, {"isDone", is_done}, {"continueCursor", std::move(cursor)}});
}
inline value splittable(value page, const char* split_cursor, value status = nullptr) {
  object fields = page.as_object();
  fields.set("splitCursor", split_cursor);
  fields.set("pageStatus", std::move(status));
  return value(std::move(fields));
}

struct paging_rig {
  engine_harness e;
  mock::script server{e};
  std::uint64_t last_id = 0;
  sync::paging list;
  std::map<std::string, sync::query_key> watched;
  std::vector<std::string> warnings;

  explicit paging_rig(sync::paging_options options = {}) : list([this] { return ++last_id; }, options) {
    e.start_and_open();
    server.expect_hello();
  }

  void show(value args, double initial_items = 3) {
    list.set_target(sync::paging_target{"messages:list", std::move(args), initial_items}).value();
    settle();
  }
  /// What a client does after each commit.
  void settle() {
    for (;;) {
      for (auto& w : list.evaluate(read())) warnings.push_back(std::move(w));
      std::map<std::string, sync::query_key> wanted;
      for (const auto& query : list.wanted()) wanted.emplace(query.token(), query);
      bool is_new = false;
      for (const auto& [token, query] : wanted)
        if (watched.count(token) == 0) is_new = true;
      for (const auto& query : list.wanted())  // In the order of the list.
        if (watched.emplace(query.token(), query).second) e.subscribe(query);
      for (auto at = watched.begin(); at != watched.end();) {
        if (wanted.count(at->first) == 0) {
          e.unsubscribe(at->second);
          at = watched.erase(at);
        } else {
          ++at;
        }
      }
      if (!is_new) return;
    }
  }
  sync::paging::reader read() {
    return [this](const sync::query_key& query) { return e.state(query); };
  }

  /// The server answers queries; pages of this list never share an id.
  void give(std::vector<protocol::query_change> changes, std::optional<protocol::timestamp> ts = {}) {
    server.transition(std::move(changes), ts);
    settle();
  }
  bool more(double items) {
    const bool did = list.load_more(items);
    settle();
    return did;
  }

  /// paginationOpts of the one query that the next message adds.
  value added_page() {
    const auto m = server.expect_modify_query_set();
    if (m.modifications.size() != 1)
      throw mock::unexpected("expected one query, saw " + std::to_string(m.modifications.size()));
    const auto& add = std::get<protocol::add_query>(m.modifications[0]);
    return *add.args.at(0).find("paginationOpts");
  }
  protocol::query_id removed_page() {
    const auto m = server.expect_modify_query_set();
    return std::get<protocol::remove_query>(m.modifications.at(0)).id;
  }

  paginated_state::status status() const { return list.state()->state; }
  array items() const { return list.state()->items; }
};

}  // namespace hull::test
