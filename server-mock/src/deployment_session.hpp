// One client's socket at a fake deployment: drives the session machine that hull-backend uses, too.
#pragma once

#include "deployment.hpp"

#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace hull::mock::detail {

/// "/api/sync" or "/api/VERSION/sync".
bool is_sync_target(std::string_view target);
/// Whether a client that introduces itself like this can put pieces of a transition together.
bool takes_chunks(std::string_view target, std::string_view client_header);

/// Everything happens on the server's thread.
class deployment_session final : public frame_listener, public std::enable_shared_from_this<deployment_session> {
 public:
  deployment_session(deployment& home, std::shared_ptr<session> socket);
  void start();

  void got_text(std::string frame) override;
  void got_binary() override;
  void socket_closed() override;

  /// Marks what has to run again.
  void committed(const touched& writes, protocol::timestamp ts);
  /// Runs what is marked.
  void push();
  void expire_token();
  std::size_t query_count() const noexcept { return machine_.query_count(); }
  session& socket() noexcept { return *socket_; }

 private:
  struct query_run {
    touched reads;
    protocol::timestamp ts = 0;
    bool watched = false;
    bool stale = false;
  };

  void perform(serve::effects todo);
  void carry_out(const serve::check_token& e);
  void carry_out(const serve::take_snapshot&);
  void carry_out(const serve::run_queries& e);
  void carry_out(const serve::watch_query& e) { runs_[e.id].watched = true; }
  void carry_out(const serve::unwatch_query& e) { runs_[e.id] = {}; }
  void carry_out(const serve::run_mutation& e);
  void carry_out(const serve::run_action& e);
  void carry_out(const serve::send_text& e);
  void carry_out(const serve::close_socket& e);
  void wait();

  deployment& home_;
  std::shared_ptr<session> socket_;
  serve::session machine_;
  std::deque<serve::effect> todo_;
  bool performing_ = false;
  bool ended_ = false;
  bool marked_ = false;
  bool has_user_ = false;
  store_ptr snapshot_;                         ///< What the queries under way run on.
  std::map<serve::query_id, query_run> runs_;  ///< The last run of each query.
  boost::asio::steady_timer timer_;
};

}  // namespace hull::mock::detail
