// A client behind its handle: engine, watchers and pending calls on the home executor.
#pragma once

#include <hull/client/callback_list.hpp>
#include <hull/client/driver.hpp>
#include <hull/client/io_thread.hpp>
#include <hull/client/offline.hpp>
#include <hull/client/options.hpp>
#include <hull/client/subscription.hpp>
#include <hull/client/view.hpp>
#include <hull/config.hpp>
#include <hull/net/url.hpp>
#include <hull/sync/engine.hpp>
#include <hull/sync/token_claims.hpp>

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/container/small_vector.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace hull {
struct commit_info;
struct token_request;

namespace detail {

class client_core : public std::enable_shared_from_this<client_core> {
 public:
  using call_handler = boost::asio::any_completion_handler<void(result<value>)>;
  using token_source_function =
      std::function<void(const token_request&, std::function<void(result<std::optional<std::string>>)>)>;
  using watch_callback = std::function<void(const query_state_ptr&)>;

  client_core(boost::asio::any_io_executor home, const net::deployment_url& url, client_options options);

  ~client_core();
  client_core(const client_core&) = delete;
  client_core& operator=(const client_core&) = delete;

  void start();
  void close();
  bool is_closed() const noexcept { return is_closed_; }

  query_state_ptr state(const sync::query_key& query) const { return engine_.state(query.token()); }
  subscription watch(const sync::query_key& query, watch_callback callback);
  /// For a part of a client that shows several queries as one. `journal`: where pages end that another client showed.
  using known_journal = std::optional<std::optional<std::string>>;
  subscription watch(const sync::query_key& query, std::weak_ptr<view> for_view, known_journal journal = {});
  known_journal journal(const sync::query_key& query) const { return engine_.journal_of(query.token()); }
  bool has_same_deployment(const client_core& other) const;
  /// For a watch that can never work: tells its reason once.
  subscription tell_once(query_state_ptr state, watch_callback callback);

  using deadline = std::optional<std::chrono::milliseconds>;
  void mutation(std::string path, value args, optimistic_update update, deadline limit, call_handler handler);
  void action(std::string path, value args, deadline limit, call_handler handler);
  void query(std::string path, value args, deadline limit, call_handler handler);
  /// For a call that can never be made.
  void refuse(error why, call_handler handler) { complete(register_call(std::move(handler), {}), std::move(why)); }
  void set_auth(sync::credentials auth);
  void set_token_source(token_source_function source, std::function<void(bool)> on_change);
  auth_state auth() const noexcept { return engine_.auth(); }
  std::optional<token_claims> claims() const;
  void prewarm(std::string_view path, value args, std::chrono::milliseconds time);
  void reconnect_now() { apply(sync::input::network_online{}); }

  /// For the parts of a client that are built on top of this one.
  void note(log_level level, std::string_view text) const { log(level, text); }
  void post_home(std::function<void()> f);

  connection_state connection() const { return engine_.connection(now()); }
  inspection inspect();
  void keep_history(std::size_t calls) { engine_.keep_history(calls); }
  subscription on_auth(std::function<void(const auth_state&)> callback);
  subscription on_connection(std::function<void(const connection_state&)> callback);
  subscription on_commit(std::function<void(const commit_info&)> callback);

 private:
  /// One subscription of one watch.
  struct listener : ending {
    listener(client_core* owner, watch_callback c) : core(owner), callback(std::move(c)) {}
    void end() override {
      if (client_core* const owner = std::exchange(core, nullptr)) owner->unwatch(*this);
    }
    virtual std::shared_ptr<view> for_view() const { return nullptr; }

    client_core* core;                         ///< Null from the end of the subscription, or of the client.
    watch_callback callback;                   ///< Empty for a view.
    sync::watcher_tag tag = sync::no_watcher;  ///< Its place among `watched_`.
    bool is_arriving = false;                  ///< Its `watch` has not returned.
    bool awaits_first = false;                 ///< The value that was known at the beginning is still to be delivered.
    bool is_busy = false;                      ///< Its callback is on the stack.
    std::vector<query_state_ptr> missed;       ///< What came while it was. (An empty deque has half a kilobyte.)
  };
  struct view_listener final : listener {
    view_listener(client_core* owner, std::weak_ptr<view> v) : listener(owner, nullptr), target(std::move(v)) {}
    std::shared_ptr<view> for_view() const override { return target.lock(); }
    std::weak_ptr<view> target;
  };
  using listener_list = boost::container::small_vector<std::shared_ptr<listener>, 1>;
  /// A query with listeners. The engine hands its tag back with each change, so that nothing has to be looked up.
  struct watched {
    sync::query_key query;
    listener_list listeners;
  };
  /// Somebody who is to hear of a commit.
  struct told_listener {
    std::shared_ptr<listener> to;
    query_state_ptr state;
  };
  struct told_commit {
    std::shared_ptr<callback_entry<const commit_info&>> to;
    std::shared_ptr<const commit_info> info;
  };
  using telling = std::variant<told_listener, std::shared_ptr<view>, told_commit>;
  /// A callback runs the home executor, and this is a turn of that: what the callback holds up goes on in here.
  struct nested_turn {
    explicit nested_turn(client_core& c) : core(c), was_draining(std::exchange(c.is_draining_, false)) {}
    ~nested_turn() { core.is_draining_ = was_draining; }
    nested_turn(const nested_turn&) = delete;
    nested_turn& operator=(const nested_turn&) = delete;
    client_core& core;
    bool was_draining;
  };
  struct pending_call {
    call_handler handler;
    boost::asio::executor_work_guard<boost::asio::any_completion_executor> work;
    subscription watching;      ///< Of a one-shot query.
    bool has_deadline = false;  ///< The engine keeps it.
  };

  void take_news();
  void apply(sync::input_event in);
  void drain();
  void go_on_soon();
  void perform(sync::effect_request&& e);
  void deliver(const sync::commit& batch);
  void tell(const telling& next);
  void call(const std::shared_ptr<listener>& l, const query_state_ptr& state);
  std::vector<std::shared_ptr<view>> settle_views(const sync::commit& batch);
  subscription attach(const sync::query_key& query, std::shared_ptr<listener> l, known_journal journal);
  void add_listener(const sync::query_key& query, const std::shared_ptr<listener>& l, known_journal journal);
  void deliver_first(const sync::query_key& query, const std::shared_ptr<listener>& l);
  void unwatch(const listener& l);
  /// Null when nobody watches this query (any more).
  watched* find_watched(sync::watcher_tag tag, const sync::query_key& query);
  /// Lets the engine speak of what changed in the query set, once for all that happens until then.
  void flush_soon();
  void publish_connection();
  void restore_calls();
  void ask_token_source(const sync::effect::fetch_token& question);
  void keep_result(const sync::commit::change& change);
  void log(log_level level, std::string_view text) const;

  sync::call_id register_call(call_handler handler, deadline limit);
  void complete(sync::call_id call, result<value> outcome);
  void cancel(sync::call_id call);
  void finish(pending_call call, result<value> outcome);

  sync::moment now() const;

  boost::asio::any_io_executor home_;
  std::optional<boost::asio::executor_work_guard<boost::asio::any_io_executor>> work_;
  client_options options_;
  net::websocket_target target_;
  std::shared_ptr<io_thread> io_;
  std::shared_ptr<inbox> inbox_;
  std::shared_ptr<driver> driver_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::minstd_rand random_;
  outbox::content left_;  ///< By an earlier process; nothing but a new session without an outbox.
  sync::engine engine_;

  std::vector<news> news_;  ///< Being taken; those before `next_news_` have been.
  std::size_t next_news_ = 0;
  std::deque<telling> tellings_;            ///< The rest of the commit that is being delivered.
  std::deque<sync::effect_request> queue_;  ///< Behind them.
  bool is_applying_ = false;
  bool is_draining_ = false;
  bool is_going_on_posted_ = false;
  bool is_closed_ = false;
  bool is_connection_news_posted_ = false;
  bool has_views_ = false;  ///< Some listener is, or was, a view.
  bool is_flush_posted_ = false;

  std::deque<watched> watched_;  ///< By tag, which counts from 1.
  std::vector<sync::watcher_tag> free_tags_;
  std::unordered_map<sync::call_id, pending_call> calls_;
  sync::call_id next_call_ = 1;
  callback_list<const connection_state&> connection_callbacks_;
  callback_list<const commit_info&> commit_callbacks_;
  callback_list<const auth_state&> auth_callbacks_;
  connection_state told_connection_;
  token_source_function token_source_;
  std::function<void(bool)> on_auth_decided_;
  std::unordered_map<sync::call_id, outbox::entry> restored_;  ///< Calls whose caller is gone.
};

}  // namespace detail
}  // namespace hull

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/client/client_core.ipp>
#endif
