// The streams of one execution, by the ids under which JavaScript knows them.
#pragma once

#include "runtime/byte_stream.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

namespace hull::backend::runtime {

class host_streams {
 public:
  ~host_streams() { give_up("The function has ended."); }

  /// A stream that JavaScript reads.
  void add_incoming(std::string id, std::shared_ptr<byte_stream> stream);
  void forget_incoming(const std::string& id) { incoming_.erase(id); }
  /// A stream that JavaScript writes; its id. `is_response`: the run goes on until JavaScript is done with it.
  std::string create_outgoing(bool is_response);

  std::shared_ptr<byte_stream> incoming(std::string_view id) const { return find(incoming_, id); }
  std::shared_ptr<byte_stream> outgoing(std::string_view id) const { return find(outgoing_, id); }
  /// JavaScript is done with what it writes.
  void outgoing_done(const std::string& id) { writing_.erase(id); }
  /// JavaScript is not done with the response.
  bool sending() const { return !writing_.empty(); }
  /// Nobody on this side reads or writes any more.
  void give_up(const std::string& why);

 private:
  using table = std::map<std::string, std::shared_ptr<byte_stream>, std::less<>>;
  static std::shared_ptr<byte_stream> find(const table& streams, std::string_view id);

  table incoming_;
  table outgoing_;
  std::set<std::string, std::less<>> writing_;
  std::uint64_t made_ = 0;
};

}  // namespace hull::backend::runtime
