// What a client ought to show, worked out the slow and simple way: every layer runs again for every question, and
// every result of the server is held against the database at the version that the server claims.
#pragma once

#include "database.hpp"
#include "stage.hpp"

#include <hull/protocol/client_message.hpp>
#include <hull/protocol/server_message.hpp>
#include <hull/sync/local_store.hpp>
#include <hull/sync/query_key.hpp>
#include <hull/sync/query_state.hpp>
#include <hull/sync/requests.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace hull::sim {

class view_model {
 public:
  struct shown {
    query_state state;
    bool is_known = false;  ///< False: nobody subscribes, so there is nothing to show.
  };
  /// A mutation that is over, and whether it succeeded.
  struct due {
    sync::call_id call = 0;
    bool is_success = false;
  };

  view_model(stage& s, const database& db) : stage_(s), database_(db) {}

  // ---- what the program does
  void subscribe(const sync::query_key& query, const std::optional<value>& last_known);
  void unsubscribe(const sync::query_key& query, std::int64_t keep_for);
  /// False when the update threw, so that nothing is sent.
  bool call(sync::call_id id, const std::string& tag, const optimistic_update& update);
  /// A call that is refused before anything is sent.
  void refuse(sync::call_id id) { due_.push_back({id, false}); }
  void cancel(sync::call_id id);
  void close();
  void timer();

  // ---- what goes over the wire
  void socket_lost();
  void socket_opened() { version_ = {}; }
  void said(const protocol::client_message& m);
  /// False when it does not continue what was there, so that the client has to give the socket up.
  bool hear(const protocol::transition& t, const std::vector<std::string>& users);
  void hear(const protocol::mutation_response& r);

  // ---- what to expect
  const std::map<std::string, shown>& view();
  bool is_changed() const noexcept { return is_stale_; }
  std::vector<due> take_due() { return std::exchange(due_, {}); }
  timestamp version() const noexcept { return version_.ts; }
  /// The user of the last transition.
  const std::string& user() const noexcept { return user_; }
  std::size_t layers() const noexcept { return layers_.size(); }
  std::size_t open_mutations() const noexcept { return calls_.size(); }
  bool is_subscribed(const std::string& token) const { return entries_.count(token) != 0; }
  /// True when everything that is subscribed was confirmed on this socket.
  bool is_confirmed() const;
  /// Holds every result against the newest version of the database.
  void require_newest();

 private:
  struct entry {
    sync::query_key key;
    int references = 0;
    std::optional<query_state> remote;
    bool is_confirmed = false;
    std::optional<protocol::query_id> id;
    std::optional<std::optional<std::string>> journal;
    timestamp verified_at = 0;  ///< The result was held against the database as of then,
    std::string verified_for;   ///< for this user,
    parts reads = 0;            ///< and depends on these parts.
  };
  struct open_call {
    std::string tag;
    std::optional<timestamp> answered;
  };
  struct layer {
    sync::call_id call = 0;
    optimistic_update update;
  };
  class store;

  void release(std::map<std::string, entry>::iterator at);
  void finish(std::map<sync::call_id, open_call>::iterator at, bool is_success);
  void take(const protocol::query_change& change);
  void verify(entry& e, timestamp ts, bool is_new, const std::string& user);

  stage& stage_;
  const database& database_;
  std::map<std::string, entry> entries_;
  std::multimap<std::int64_t, std::string> kept_;
  std::map<protocol::query_id, std::string> tokens_;
  std::map<sync::call_id, open_call> calls_;
  std::unordered_map<std::string, sync::call_id> call_of_tag_;
  std::unordered_map<protocol::request_id, sync::call_id> call_of_request_;
  std::vector<layer> layers_;
  std::vector<due> due_;
  protocol::state_version version_;
  timestamp newest_ = 0;
  std::string user_;
  std::set<std::string> touched_;  ///< Told in the transition at hand.
  std::map<std::string, shown> view_;
  bool is_stale_ = true;
};

}  // namespace hull::sim
