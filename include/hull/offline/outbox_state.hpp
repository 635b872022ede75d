// What an outbox knows, apart from any file: the session, the ids in use, and the mutations that are not over.
// A file of records is the list of changes that `apply` plays back.
#pragma once

#include <hull/client/offline.hpp>
#include <hull/config.hpp>
#include <hull/error.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace hull::offline {

class outbox_state {
 public:
  // One change each, as the text of a record.
  static std::string session_text(std::string_view session_id);
  static std::string reserved_text(protocol::request_id reserved);
  static std::string mutation_text(const outbox::entry& e);
  static std::string forgotten_text(protocol::request_id request);
  /// Fails for a text that none of the functions above made; the state is then as before.
  result<void> apply(std::string_view text);
  /// The fewest changes that lead to this state.
  std::vector<std::string> texts() const;

  /// A session without a past.
  void begin(std::string session_id);
  /// Takes the entries that the server may have forgotten: recorded before `oldest`, or after `newest` by a clock
  /// that has since been set back.
  std::vector<outbox::entry> take_expired(std::int64_t oldest, std::int64_t newest);

  const std::string& session_id() const noexcept { return session_id_; }
  /// Ids below may have been used, with or without a record.
  protocol::request_id reserved() const noexcept { return reserved_; }
  bool holds(protocol::request_id request) const { return held_.contains(request); }
  std::size_t size() const noexcept { return held_.size(); }
  std::uint64_t bytes() const noexcept { return bytes_; }  ///< Of the texts of all held mutations.
  std::vector<outbox::entry> entries() const;              ///< In the order of the calls.

 private:
  struct held {
    outbox::entry entry;
    std::uint64_t bytes = 0;
  };
  result<void> add(std::string_view text);
  void drop(std::map<protocol::request_id, held>::iterator at);

  std::string session_id_;
  protocol::request_id reserved_ = 0;
  std::map<protocol::request_id, held> held_;
  std::uint64_t bytes_ = 0;
};

}  // namespace hull::offline

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/offline/outbox_state.ipp>
#endif
