// Streams by id.
#include "runtime/host_streams.hpp"

namespace hull::backend::runtime {

void host_streams::add_incoming(std::string id, std::shared_ptr<byte_stream> stream) {
  incoming_[std::move(id)] = std::move(stream);
}

std::string host_streams::create_outgoing(bool is_response) {
  std::string id = "out-" + std::to_string(++made_);
  outgoing_[id] = std::make_shared<byte_stream>();
  if (is_response) writing_.insert(id);
  return id;
}

std::shared_ptr<byte_stream> host_streams::find(const table& streams, std::string_view id) {
  const auto at = streams.find(id);
  return at == streams.end() ? nullptr : at->second;
}

void host_streams::give_up(const std::string& why) {
  for (const auto& [id, stream] : outgoing_) stream->fail(why);
  for (const auto& [id, stream] : incoming_) stream->cancel();
  outgoing_.clear();
  writing_.clear();
  incoming_.clear();
}

}  // namespace hull::backend::runtime
