// What goes wrong on a connection, said beforehand: usable with a mock_server's scripts and with a fake_deployment.
//
//   options.faults = mock::first_connections(1, mock::fault_plan().drop_after_sent(2));
#pragma once

#include <hull/protocol/server_message.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace hull::mock {

/// The faults of one connection, to be combined at will. Frames are counted from 1, per connection and direction:
/// "sent" are those to the client, "received" those from it. Chance comes from `seed` alone, so that a run can be
/// had again.
class fault_plan {
 public:
  /// Every frame to the client leaves this much later. Their order stays.
  fault_plan& delay(std::chrono::milliseconds each) { return delay_between(each, each); }
  /// The same, by a time between these two, drawn anew for each frame.
  fault_plan& delay_between(std::chrono::milliseconds least, std::chrono::milliseconds most);
  /// One frame, and those behind it, leave this much later.
  fault_plan& delay_frame(std::size_t sent, std::chrono::milliseconds time);
  /// Nothing passes in either direction until `clog(false)` of the connection or of the server.
  fault_plan& clog();
  /// The connection breaks, without a close frame, once so many frames were sent, or received.
  fault_plan& drop_after_sent(std::size_t frames);
  /// The same, counting frames from the client.
  fault_plan& drop_after_received(std::size_t frames);
  /// The connection breaks after so many bytes of text to the client, in the midst of a message if need be.
  fault_plan& drop_after_bytes(std::size_t bytes);
  /// Before each frame to the client the connection breaks with this probability, 0 to 1.
  fault_plan& drop_at_random(double probability);
  /// Only this many bytes of the frame reach the client, as a whole message.
  fault_plan& truncate(std::size_t sent, std::size_t keep_bytes);
  /// This frame reaches the client twice.
  fault_plan& duplicate(std::size_t sent);
  /// A close frame once so many frames were sent, or received. Code 1005: without a code.
  fault_plan& close_after_sent(std::size_t frames, std::uint16_t code, std::string reason = {});
  /// The same, counting frames from the client.
  fault_plan& close_after_received(std::size_t frames, std::uint16_t code, std::string reason = {});
  /// The close overtakes this frame and all behind it; none of them is seen by the client.
  fault_plan& close_before(std::size_t sent, std::uint16_t code, std::string reason = {});
  /// This transition of the connection, counted from 1, says that it starts where the client is not.
  fault_plan& wrong_start_version(std::size_t transition = 1);
  /// The connection is closed as soon as it is made.
  fault_plan& refuse();
  /// The WebSocket upgrade is answered with this HTTP status.
  fault_plan& decline_upgrade(unsigned status, std::string body = {});
  /// Where chance starts: equal seeds, equal frames, equal faults.
  fault_plan& seed(std::uint64_t seed);

 private:
  friend class fault_line;
  struct ending {
    std::uint16_t code = 0;  ///< 0: breaks without a close frame.
    std::string reason;
  };
  std::chrono::milliseconds least_delay_{0}, most_delay_{0};
  std::map<std::size_t, std::chrono::milliseconds> delays_;
  std::map<std::size_t, std::size_t> truncated_;
  std::map<std::size_t, bool> duplicated_, wrong_versions_;
  std::map<std::size_t, ending> after_sent_, after_received_, before_sent_;
  std::size_t drop_after_bytes_ = std::numeric_limits<std::size_t>::max();
  double drop_probability_ = 0;
  std::uint64_t seed_ = 1;
  unsigned decline_status_ = 0;
  std::string decline_body_;
  bool clogged_ = false;
  bool refused_ = false;
};

/// The plan of each connection, counted from 1. Called on the server's thread.
using fault_schedule = std::function<fault_plan(std::size_t connection)>;
/// All connections are alike; chance differs from one to the next.
fault_schedule every_connection(fault_plan plan);
/// The first `count` connections suffer, later ones are sound.
fault_schedule first_connections(std::size_t count, fault_plan plan);

/// A plan at work on one connection: a pure machine that turns frames into what really happens.
class fault_line {
 public:
  /// One thing that really happens on the socket.
  struct step {
    /// What is done.
    enum class kind {
      send,   ///< `text`, as one message.
      begin,  ///< `text`, as the beginning of a message that never ends.
      close,  ///< With `code` and `reason`. What was queued before and has not left yet stays behind if `overtakes`.
      drop,   ///< The connection breaks, without a close frame.
    };
    kind what = kind::send;              ///< Says which members count.
    std::chrono::milliseconds delay{0};  ///< After the step before.
    std::string text = {};               ///< For send and begin.
    std::uint16_t code = 1005;           ///< For close; 1005: without a code.
    std::string reason = {};             ///< For close.
    bool overtakes = false;              ///< For close, see there.
  };
  using steps = std::vector<step>;  ///< In the order in which they happen.

  /// Without a plan the connection is sound.
  explicit fault_line(fault_plan plan = {});
  /// A frame that the server wants to send. Nothing follows a step that ends the connection.
  steps sending(std::string frame);
  /// A frame has arrived: what happens before the server sees it. A step that ends the connection keeps it from the
  /// server.
  steps receiving();

  bool clogged() const noexcept { return plan_.clogged_; }                    ///< Nothing passes at first.
  bool refused() const noexcept { return plan_.refused_; }                    ///< Closed as soon as it is made.
  unsigned decline_status() const noexcept { return plan_.decline_status_; }  ///< 0: upgrades as usual.
  const std::string& decline_body() const noexcept { return plan_.decline_body_; }  ///< Goes with decline_status.

 private:
  double chance();
  std::string with_wrong_start(std::string frame);
  static step end(const fault_plan::ending& how);

  fault_plan plan_;
  std::mt19937_64 random_;
  std::size_t sent_ = 0, received_ = 0, transitions_ = 0, sent_bytes_ = 0;
  bool over_ = false;
};

}  // namespace hull::mock
