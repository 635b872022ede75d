// A token is a version, the time of issue and an HMAC over both.
#include "files/upload_token.hpp"

#include "common/encoding.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <vector>

namespace hull::backend::files {
namespace {

constexpr std::string_view purpose = "store file authorization";
constexpr std::uint8_t version = 1;
constexpr std::size_t stamp_bytes = 9;
constexpr std::size_t signature_bytes = 16;
/// A clock that was set back must not make tokens of the near past invalid.
constexpr std::uint64_t clock_slack_seconds = 300;

upload_key hmac(std::span<const std::uint8_t> key, std::span<const std::uint8_t> message) {
  upload_key out{};
  unsigned length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), message.data(), message.size(), out.data(), &length);
  return out;
}

failure invalid() {
  return {blame::unauthenticated, "StorageTokenInvalid", "The upload token is invalid. Generate a new upload URL.",
          std::nullopt};
}

}  // namespace

upload_key make_upload_key(std::span<const std::uint8_t> instance_secret) {
  return hmac(instance_secret, {reinterpret_cast<const std::uint8_t*>(purpose.data()), purpose.size()});
}

std::string make_upload_token(const upload_key& key, std::uint64_t now_seconds) {
  std::vector<std::uint8_t> token{version};
  for (int shift = 56; shift >= 0; shift -= 8) token.push_back(static_cast<std::uint8_t>(now_seconds >> shift));
  const auto signature = hmac(key, token);
  token.insert(token.end(), signature.begin(), signature.begin() + signature_bytes);
  return encode_base64url(token);
}

outcome<void> check_upload_token(const upload_key& key, std::string_view token, std::uint64_t now_seconds) {
  const auto data = decode_base64url(token);
  if (!data || data->size() != stamp_bytes + signature_bytes || (*data)[0] != version) return invalid();
  const std::span<const std::uint8_t> stamp(data->data(), stamp_bytes);
  const auto signature = hmac(key, stamp);
  if (CRYPTO_memcmp(data->data() + stamp_bytes, signature.data(), signature_bytes) != 0) return invalid();
  std::uint64_t issued = 0;
  for (const std::uint8_t byte : stamp.subspan(1)) issued = issued << 8 | byte;
  if (issued > now_seconds + clock_slack_seconds) return invalid();
  if (now_seconds > issued && now_seconds - issued > upload_token_seconds)
    return failure{blame::unauthenticated, "StorageTokenExpired",
                   "The upload token has expired. Upload URLs are valid for one hour; generate a new one.",
                   std::nullopt};
  return {};
}

}  // namespace hull::backend::files
