// One socket between a client and the server: a queue of frames each way, and the ways in which it can end.
#pragma once

#include "stage.hpp"

#include <memory>
#include <string>
#include <vector>

namespace hull::sim {

class wire : public std::enable_shared_from_this<wire> {
 public:
  explicit wire(stage& s) : stage_(s), up_{s.time.now()}, down_{s.time.now()} {}

  // What the two ends do when something arrives.
  std::function<void(const std::string& frame)> at_server;
  std::function<void()> gone_at_server;
  std::function<void(const std::string& frame)> at_client;
  std::function<void(std::uint16_t code, const std::string& reason)> closed_at_client;

  /// As whom the socket spoke at each identity version.
  std::vector<std::string> users{""};

  void from_client(std::string frame) {
    if (!has_client_ || is_silent_) return;
    deliver(up_, [self = shared_from_this(), frame = std::move(frame)] {
      if (self->has_server_ && !self->is_up_lost_ && !self->is_silent_) self->at_server(frame);
    });
  }
  void from_server(std::string frame) {
    if (!has_server_ || is_silent_) return;
    deliver(down_, [self = shared_from_this(), frame = std::move(frame)] {
      if (!self->is_down_lost_ && !self->is_silent_) self->at_client(frame);
    });
  }
  /// The client lets go. Frames on their way to it may still come as late news.
  void close_from_client() {
    if (!has_client_) return;
    has_client_ = false;
    is_down_lost_ = is_down_lost_ || !stage_.random.happens(stage_.now.late_news);
    is_up_lost_ = stage_.random.happens(stage_.now.losing_tails);
    deliver(up_, [self = shared_from_this()] { self->lose_server(); });
  }
  /// The server closes. In bad weather the client hears of it late, or before what was sent before.
  void close_from_server(std::uint16_t code, const std::string& reason) {
    if (!has_server_) return;
    const auto tell = [self = shared_from_this(), code, reason] {
      if (!self->is_silent_) self->closed_at_client(code, reason);
    };
    if (stage_.now.late_news > 0 && stage_.random.happens(0.2))
      stage_.time.after(stage_.random.between(0, 2000), tell);
    else
      deliver(down_, tell);
    lose_server();
  }
  /// The connection breaks: frames on their way may be lost, and nobody says why.
  void drop() {
    is_up_lost_ = true;
    is_down_lost_ = is_down_lost_ || stage_.random.happens(stage_.now.losing_tails);
    close_from_server(1006, "");
  }
  /// Half open: from now on nothing arrives, and neither end is told.
  void fall_silent() { is_silent_ = true; }
  void clog(std::int64_t ms) {
    for (queue* q : {&up_, &down_}) q->last_arrival = std::max(q->last_arrival, stage_.time.now() + ms);
  }
  bool is_whole() const noexcept { return has_client_ && has_server_ && !is_silent_; }
  /// Nothing is on its way, and what is sent now is not held up by a clog.
  bool is_clear() const noexcept { return std::max(up_.last_arrival, down_.last_arrival) <= stage_.time.now(); }

 private:
  struct queue {
    std::int64_t last_arrival;
  };
  void deliver(queue& q, schedule::task what) {
    q.last_arrival = std::max(q.last_arrival, stage_.time.now() + stage_.latency());
    stage_.time.at(q.last_arrival, std::move(what));
  }
  void lose_server() {
    if (std::exchange(has_server_, false)) gone_at_server();
  }

  stage& stage_;
  queue up_;
  queue down_;
  bool has_client_ = true;
  bool has_server_ = true;
  bool is_up_lost_ = false;
  bool is_down_lost_ = false;
  bool is_silent_ = false;
};

}  // namespace hull::sim
