// AES-256-GCM whose nonce is a keyed hash of the text: equal positions give equal cursors, different ones never
// share a nonce.
#include "database/cursor.hpp"

#include "common/encoding.hpp"
#include "common/freed_by.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <memory>
#include <span>
#include <stdexcept>
#include <vector>

namespace hull::backend::database {
namespace {

constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;
constexpr std::size_t fingerprint_bytes = 16;
constexpr std::size_t max_text = 4u << 20;  // A key can be as long as a document.
constexpr std::uint8_t version = 1;

using digest = std::array<std::uint8_t, 32>;
using byte_view = std::span<const std::uint8_t>;

digest keyed_hash(byte_view key, byte_view data) {
  digest out{};
  unsigned int size = 0;
  if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), data.data(), data.size(), out.data(), &size))
    throw std::runtime_error("OpenSSL cannot compute a keyed hash");
  return out;
}

/// Separate keys for separate uses, from one secret.
digest derive(byte_view secret, std::string_view use) {
  return keyed_hash(secret, byte_view(reinterpret_cast<const std::uint8_t*>(use.data()), use.size()));
}

using context = std::unique_ptr<EVP_CIPHER_CTX, freed_by<EVP_CIPHER_CTX_free>>;

}  // namespace

std::string cursor_sealer::seal(const cursor_position& position) const {
  std::vector<std::uint8_t> plain;
  plain.push_back(version);
  plain.push_back(position.key ? 1 : 0);
  plain.insert(plain.end(), position.fingerprint.begin(), position.fingerprint.end());
  if (position.key) plain.insert(plain.end(), position.key->begin(), position.key->end());

  const digest nonce = keyed_hash(derive(secret_, "nonce"), plain);
  const digest key = derive(secret_, "seal");
  std::vector<std::uint8_t> out(nonce_bytes + plain.size() + tag_bytes);
  std::copy_n(nonce.begin(), nonce_bytes, out.begin());
  const context c(EVP_CIPHER_CTX_new());
  int size = 0;
  const bool done =
      EVP_EncryptInit_ex(c.get(), EVP_aes_256_gcm(), nullptr, key.data(), nonce.data()) == 1 &&
      EVP_EncryptUpdate(c.get(), out.data() + nonce_bytes, &size, plain.data(), static_cast<int>(plain.size())) == 1 &&
      EVP_EncryptFinal_ex(c.get(), out.data() + nonce_bytes + size, &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_GET_TAG, tag_bytes, out.data() + out.size() - tag_bytes) == 1;
  if (!done) throw std::runtime_error("OpenSSL cannot encrypt");
  return encode_base64url(out);
}

std::optional<cursor_position> cursor_sealer::open(std::string_view text) const {
  if (text.size() > max_text) return std::nullopt;
  auto sealed = decode_base64url(text);
  if (!sealed || sealed->size() < nonce_bytes + 2 + fingerprint_bytes + tag_bytes) return std::nullopt;
  const std::size_t length = sealed->size() - nonce_bytes - tag_bytes;
  const digest key = derive(secret_, "seal");
  std::vector<std::uint8_t> plain(length);
  const context c(EVP_CIPHER_CTX_new());
  int size = 0;
  const bool done =
      EVP_DecryptInit_ex(c.get(), EVP_aes_256_gcm(), nullptr, key.data(), sealed->data()) == 1 &&
      EVP_DecryptUpdate(c.get(), plain.data(), &size, sealed->data() + nonce_bytes, static_cast<int>(length)) == 1 &&
      EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_SET_TAG, tag_bytes, sealed->data() + sealed->size() - tag_bytes) == 1 &&
      EVP_DecryptFinal_ex(c.get(), plain.data() + size, &size) == 1;
  if (!done || plain[0] != version) return std::nullopt;
  cursor_position out;
  out.fingerprint.assign(plain.begin() + 2, plain.begin() + 2 + fingerprint_bytes);
  if (plain[1] == 1) out.key = std::string(plain.begin() + 2 + fingerprint_bytes, plain.end());
  return out;
}

}  // namespace hull::backend::database
