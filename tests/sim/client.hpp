// One program of a simulated world: an engine with its driver, what the program does with it, and the checks.
#pragma once

#include "server.hpp"
#include "token_source.hpp"
#include "view_model.hpp"

#include <hull/sync/engine.hpp>
#include <hull/sync/inbound.hpp>
#include <hull/sync/paging.hpp>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace hull::sim {

class client {
 public:
  client(stage& s, server& deployment, unsigned index);

  void launch();
  /// Does one thing that programs do.
  void act();
  /// The program ends, and is started again after a while.
  void quit(bool is_polite);

  // ---- what others do to it
  const std::shared_ptr<wire>& socket() const noexcept { return wire_; }
  void write_fails();
  void set_clock(std::int64_t offset_ms) { clock_offset_ms_ = offset_ms; }
  /// A commit of the database for a call of this client.
  void committed(const std::string& tag, const std::string& user);

  // ---- afterwards
  void calm_down();
  bool is_settled() const;
  std::string what_is_open() const;
  void check_settled(const database& db);
  void let_go();
  void check_empty() const;
  void close();
  void check_calls(const database& db) const;

 private:
  enum class call_kind { mutation, action };
  /// What became of a call, by its tag. Outlives the engine that it was made on.
  struct fate {
    call_kind kind = call_kind::mutation;
    unsigned number = 0;        ///< Calls of one client count up.
    unsigned oldest_user = 0;   ///< It may run as this user or as a later one.
    bool is_open = true;
    bool is_loose = false;      ///< Cancelled, closed, lost: it may have happened, or may not.
    bool has_succeeded = false;
    bool has_effect = true;     ///< When it succeeds.
  };
  struct recorded {
    std::string path;
    value args;
    std::string tag;
  };
  /// One end of a wire.
  struct socket_end {
    sync::socket_id id = 0;
    const wire* socket = nullptr;
    sync::inbound inbound{std::size_t{1} << 22};
    bool is_broken = false;  ///< After garbage nothing more is read.
  };
  enum class auth_mode { nobody, admin, source };

  // The program
  void subscribe();
  void unsubscribe();
  void mutate();
  void call_action();
  void cancel();
  void change_auth();
  void use_pages();
  sync::query_key draw_query();
  optimistic_update draw_update(const std::string& path, const value& args);
  void watch(const sync::query_key& query, const std::optional<value>& last_known = {});
  void unwatch(const sync::query_key& query, std::int64_t keep_for);
  std::string new_tag(call_kind kind, bool has_effect);
  void settle_pages();
  void check_pages();

  // The driver
  void apply(sync::input_event in);
  void carry_out(sync::effect_request& e, bool& has_committed);
  void open_socket(sync::socket_id id);
  void receive(socket_end& end, const std::string& frame);
  void closed(const socket_end& end, std::uint16_t code, const std::string& reason);
  void fetch(const sync::effect::fetch_token& question);
  void complete(const sync::effect::complete& done);
  void check_view(bool is_message);
  void check_due();
  bool is_current(const socket_end& end) const { return end.id == current_ && is_open_; }
  template <class Line>
  void note(Line&& line) {
    stage_.note([&] { return "client " + std::to_string(index_) + ": " + line(); });
  }
  [[noreturn]] void fail(const std::string& what) const {
    stage_.fail("client " + std::to_string(index_) + ": " + what);
  }

  stage& stage_;
  server& server_;
  unsigned index_;
  sync::engine_options options_;
  bool has_pages_ = false;

  std::unique_ptr<sync::engine> engine_;
  std::unique_ptr<view_model> model_;
  unsigned life_ = 0;  ///< Which engine this is; news for an earlier one is dropped.
  sync::socket_id current_ = 0;
  bool is_open_ = false;
  std::shared_ptr<wire> wire_;
  std::uint64_t timer_ = 0;
  std::int64_t clock_offset_ms_ = 0;

  std::vector<sync::query_key> watched_;
  std::map<std::string, query_state_ptr> told_;  ///< What commits said of each watched query.
  bool was_told_ = false;
  std::map<sync::call_id, std::string> open_calls_;
  sync::call_id last_call_ = 0;
  unsigned last_number_ = 0;
  unsigned last_committed_ = 0;
  std::map<std::string, fate> fates_;
  std::map<protocol::request_id, recorded> outbox_;
  std::vector<view_model::due> completed_;  ///< In the step at hand.

  auth_mode auth_ = auth_mode::nobody;
  unsigned user_number_ = 0;   ///< Counts sign-ins and sign-outs.
  unsigned oldest_user_ = 0;   ///< Calls made now must not run as an earlier user.
  token_source source_;
  std::uint64_t refusals_before_ = 0;

  std::optional<sync::paging> pages_;
  std::map<std::string, sync::query_key> page_queries_;
  bool is_settling_pages_ = false;
  std::uint64_t last_list_ = 0;
};

}  // namespace hull::sim
