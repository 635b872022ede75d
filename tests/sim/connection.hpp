// The driver of one session machine: carries its effects out against the database, in virtual time.
#pragma once

#include "server.hpp"

#include <deque>

namespace hull::sim {

class connection : public std::enable_shared_from_this<connection> {
 public:
  connection(server& s, std::shared_ptr<wire> socket);

  void frame(std::string text);
  void committed();
  void expire_token();
  void close(std::uint16_t code, const std::string& reason);
  const wire& socket() const noexcept { return *wire_; }
  std::size_t query_count() const noexcept { return session_.query_count(); }

 private:
  struct watch {
    parts reads = 0;
    timestamp ts = 0;
  };
  serve::moment now() const;
  void take_frames();
  void carry_out(serve::effects effects);
  void carry_out(const serve::check_token& e);
  void carry_out(const serve::take_snapshot& e);
  void carry_out(const serve::run_queries& e);
  void carry_out(const serve::watch_query& e);
  void carry_out(const serve::unwatch_query& e) { watched_.erase(e.id); }
  void carry_out(const serve::run_mutation& e);
  void carry_out(const serve::run_action& e);
  void carry_out(serve::send_text& e);
  void carry_out(const serve::close_socket& e);
  void finish_query(std::uint64_t step, const serve::query_run& run, timestamp ts, const std::string& user);
  void accept_token(const std::string& user, bool is_admin);
  void invalidate_later();
  void arm();
  /// Runs `what(connection)` later, unless the connection is gone by then.
  template <class F>
  void later(std::int64_t delay, F what);

  server& server_;
  stage& stage_;
  std::shared_ptr<wire> wire_;
  serve::session session_;
  std::deque<std::string> frames_;
  std::map<serve::query_id, watch> ran_;
  std::map<serve::query_id, watch> watched_;
  bool is_invalidation_due_ = false;
  bool is_over_ = false;
  bool is_end_injected_ = false;
  std::int64_t armed_ = INT64_MAX;
};

}  // namespace hull::sim
