// Optimistic layers: predictions of unfinished mutations, stacked over the server's results.
//
// Layers know what they read and wrote. When results change, only the layers that read one of them run again, in
// order, and then those that read what these wrote differently. Layers that touch nothing of it cost nothing.
#pragma once

#include <hull/config.hpp>
#include <hull/error.hpp>
#include <hull/sync/commit.hpp>
#include <hull/sync/local_store.hpp>
#include <hull/sync/query_table.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace hull::sync {

class optimistic {
 public:
  using layer_id = protocol::request_id;  ///< The mutation's request id: later calls have larger ones.

  optimistic(query_table& table, change_set& changes) : table_(table), changes_(changes) {}

  /// Runs the update as the newest layer. When it throws nothing of it stays, and errc::bad_argument says what.
  result<void> add(layer_id id, optimistic_update update);
  /// Takes a layer away; unknown ids are fine.
  void drop(layer_id id);
  /// The result below all layers changed: layers that read this query have to run again.
  void base_changed(query_record& record);
  /// Runs what has to run again. Returns a line for each layer that threw and was dropped for it.
  std::vector<std::string> settle();

  std::size_t size() const noexcept { return layers_.size(); }
  bool has(layer_id id) const { return layers_.count(id) != 0; }
  /// Each layer with the queries that it writes and reads, the oldest first.
  template <class F>
  void for_each(F f) const {
    for (const auto& [id, l] : layers_) f(id, l.writes, l.reads);
  }

 private:
  class view;
  struct write {
    query_record* record;
    std::optional<value> result;
  };
  struct layer {
    optimistic_update update;
    std::vector<query_record*> writes;
    std::vector<query_record*> reads;
    std::vector<path_group*> listings;
  };

  std::optional<value> value_below(const query_record& record, layer_id id) const;
  /// Runs the update and installs what it did. Returns the text of what it threw, or nothing.
  std::optional<std::string> run(layer_id id, layer& l);
  void install_writes(layer_id id, layer& l, std::vector<write> writes);
  void install_reads(layer_id id, layer& l, std::vector<query_record*> reads, std::vector<path_group*> listings);
  void erase(layer_id id, layer& l);
  /// Marks layers above `above` that read this query; nothing as `above` stands for the server's result.
  void wake_readers(query_record& record, std::optional<layer_id> above);

  query_table& table_;
  change_set& changes_;
  std::map<layer_id, layer> layers_;
  std::set<layer_id> to_run_;
};

}  // namespace hull::sync

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/sync/optimistic.ipp>
#endif
