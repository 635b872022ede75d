// The two codecs of the sync protocol, both directions, so that one test can run them in a circle.
// A frame is one JSON object in one text frame.
#pragma once

#include <hull/error.hpp>
#include <hull/protocol/client_message.hpp>
#include <hull/protocol/result_memory.hpp>
#include <hull/protocol/server_message.hpp>

#include <string>
#include <string_view>

namespace hull::protocol {

std::string encode(const client_message& m);
std::string encode(const server_message& m);

/// Decoding never throws. errc::bad_message names the message and the field that is wrong.
/// Unknown fields are ignored; an unknown "type" is an error. A value inside that is no Convex value does not
/// spoil the message: what cannot be decoded stays the object that it is on the wire (json_options::any_names).
result<client_message> decode_client_message(std::string_view frame);
result<server_message> decode_server_message(std::string_view frame);
/// The same of the next frame of one socket: rows of long results that came before become the very same values
/// (value::same_as), without being read again.
result<server_message> decode_server_message(std::string_view frame, result_memory& memory);

}  // namespace hull::protocol

#include <hull/protocol/decode.ipp>
#include <hull/protocol/encode.ipp>
