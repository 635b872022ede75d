// Bodies of decompress.hpp.
#include "http/decompress.hpp"

#include "common/ascii.hpp"

#include <brotli/decode.h>
#include <zlib.h>

#include <memory>
#include <optional>

namespace hull::backend::http {
namespace {

constexpr std::size_t piece = 256 * 1024;

failure broken(std::string_view encoding) {
  return bad_request("BadEncoding", "The body is not valid " + std::string(encoding) + " data.");
}

outcome<std::string> decompress_brotli(const std::string& body, std::size_t limit) {
  const std::unique_ptr<BrotliDecoderState, decltype(&BrotliDecoderDestroyInstance)> state(
      BrotliDecoderCreateInstance(nullptr, nullptr, nullptr), &BrotliDecoderDestroyInstance);
  if (!state) return internal_failure("No memory for a brotli decoder.");
  std::size_t in_left = body.size();
  const auto* in = reinterpret_cast<const std::uint8_t*>(body.data());
  std::string out;
  for (;;) {
    const std::size_t have = out.size();
    out.resize(have + piece);
    std::size_t out_left = piece;
    auto* at = reinterpret_cast<std::uint8_t*>(out.data() + have);
    const auto result = BrotliDecoderDecompressStream(state.get(), &in_left, &in, &out_left, &at, nullptr);
    out.resize(have + piece - out_left);
    if (out.size() > limit) return body_too_large(limit);
    if (result == BROTLI_DECODER_RESULT_SUCCESS)
      return in_left == 0 ? outcome<std::string>(std::move(out)) : broken("brotli");
    if (result != BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) return broken("brotli");
  }
}

/// Nothing when the data is broken. `window_bits` picks the container, as zlib documents it.
std::optional<std::string> inflate_all(const std::string& body, std::size_t limit, int window_bits) {
  z_stream stream{};
  if (inflateInit2(&stream, window_bits) != Z_OK) return std::nullopt;
  const std::unique_ptr<z_stream, decltype(&inflateEnd)> guard(&stream, &inflateEnd);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());
  std::string out;
  for (;;) {
    const std::size_t have = out.size();
    out.resize(have + piece);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + have);
    stream.avail_out = static_cast<uInt>(piece);
    const int result = inflate(&stream, Z_NO_FLUSH);
    out.resize(have + piece - stream.avail_out);
    if (out.size() > limit) return out;  // the caller sees that it is too long
    if (result == Z_STREAM_END) return stream.avail_in == 0 ? std::optional(std::move(out)) : std::nullopt;
    if (result != Z_OK || (stream.avail_in == 0 && stream.avail_out != 0)) return std::nullopt;
  }
}

}  // namespace

failure body_too_large(std::size_t limit) {
  return bad_request("BodyTooLarge", "The body is larger than " + std::to_string(limit) + " bytes.");
}

outcome<std::string> decompress(std::string_view encoding, std::string body, std::size_t limit) {
  const std::string name = lower_case(encoding);
  if (name.empty() || name == "identity")
    return body.size() > limit ? outcome<std::string>(body_too_large(limit)) : std::move(body);
  if (name == "br") return decompress_brotli(body, limit);
  std::optional<std::string> plain;
  if (name == "gzip" || name == "x-gzip") {
    plain = inflate_all(body, limit, 16 + MAX_WBITS);
  } else if (name == "deflate") {
    plain = inflate_all(body, limit, MAX_WBITS);
    if (!plain) plain = inflate_all(body, limit, -MAX_WBITS);  // some send it without the zlib header
  } else {
    return bad_request("UnsupportedEncoding",
                       "Content-Encoding \"" + name.substr(0, 50) + "\" is not supported. Use br, gzip or deflate.");
  }
  if (!plain) return broken(name);
  if (plain->size() > limit) return body_too_large(limit);
  return std::move(*plain);
}

}  // namespace hull::backend::http
