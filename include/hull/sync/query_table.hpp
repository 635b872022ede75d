// Every query that somebody wants or an optimistic layer touches: one record each, found by token, by id, by path.
// The parts of the engine keep what they know about a query in its record, so that one look-up serves them all.
#pragma once

#include <hull/config.hpp>
#include <hull/protocol/types.hpp>
#include <hull/sync/query_key.hpp>
#include <hull/sync/query_state.hpp>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace hull::sync {

struct query_record;

/// What one optimistic layer put in the place of a query's result.
struct layer_write {
  protocol::request_id layer = 0;
  std::optional<value> result;  ///< Nothing means "loading".
};

/// How optimistic layers touch one query. Both lists are ordered by layer.
struct layer_marks {
  std::vector<layer_write> writes;
  std::vector<protocol::request_id> readers;
};

/// All queries of one function.
struct path_group {
  std::string_view path;
  std::vector<query_record*> members;
  std::vector<protocol::request_id> readers;  ///< Layers that listed the whole group; ordered.
};

/// Where a server-side page ends, echoed when a query is added again: never received, null, or text.
class journal {
 public:
  void set(const std::optional<std::string>& received) {
    received_ = true;
    text_ = received ? std::make_unique<std::string>(*received) : nullptr;
  }
  std::optional<std::optional<std::string>> get() const {
    if (!received_) return std::nullopt;
    return text_ ? std::optional<std::optional<std::string>>(std::in_place, *text_)
                 : std::optional<std::optional<std::string>>(std::in_place, std::nullopt);
  }

 private:
  std::unique_ptr<std::string> text_;
  bool received_ = false;
};

/// Ordered by size, not by owner: there may be ten thousand of these.
struct query_record {
  query_key key;
  path_group* group = nullptr;

  query_state_ptr remote;              ///< remote_state: what the server last said. Null before it said anything.
  query_state_ptr shown;               ///< change_set: what watchers were told last. Null stands for "loading".
  std::unique_ptr<layer_marks> marks;  ///< optimistic: null while no layer touches this query.
  journal last_journal;

  std::uint32_t place_in_group = 0;
  protocol::query_id id = 0;         ///< query_set: means something while `references` is not 0.
  std::uint32_t references = 0;      ///< query_set: subscribers.
  watcher_tag watcher = no_watcher;  ///< engine: comes back with each change.
  std::uint32_t confirmed_in = 0;    ///< remote_state: epoch (one per socket) in which the server spoke.
  bool awaits_confirmation = false;  ///< query_set: added again on this socket, nothing heard of it yet.
  bool is_touched = false;           ///< change_set: part of the step in progress.
};

class query_table {
 public:
  query_table() = default;
  query_table(const query_table&) = delete;
  query_table& operator=(const query_table&) = delete;

  query_record& obtain(const query_key& key);  ///< Finds or makes.
  query_record* find(std::string_view token) noexcept;
  const query_record* find(std::string_view token) const noexcept;
  query_record* find(protocol::query_id id) noexcept;
  path_group& obtain_group(std::string_view canonical_path);

  void bind(query_record& record, protocol::query_id id);
  void unbind(query_record& record);

  /// Forgets the record when nobody subscribes and no layer touches it.
  void release(query_record& record);
  void release(path_group& group);

  std::vector<query_record*> subscribed() const;  ///< In the order of subscription.
  std::size_t subscribed_count() const noexcept { return by_id_.size(); }
  std::size_t size() const noexcept { return records_.size(); }

 private:
  using record_ptr = std::unique_ptr<query_record>;
  struct hash_token {
    using is_transparent = void;
    std::size_t operator()(std::string_view token) const noexcept { return std::hash<std::string_view>()(token); }
    std::size_t operator()(const record_ptr& record) const noexcept { return (*this)(record->key.token()); }
  };
  struct equal_token {
    using is_transparent = void;
    static std::string_view token(std::string_view text) noexcept { return text; }
    static std::string_view token(const record_ptr& record) noexcept { return record->key.token(); }
    template <class A, class B>
    bool operator()(const A& a, const B& b) const noexcept {
      return token(a) == token(b);
    }
  };

  // Flat, for the processor's caches: the server names a query by its id at every change.
  boost::unordered_flat_set<record_ptr, hash_token, equal_token> records_;
  boost::unordered_flat_map<protocol::query_id, query_record*> by_id_;
  std::unordered_map<std::string, path_group> groups_;
};

}  // namespace hull::sync

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/sync/query_table.ipp>
#endif
