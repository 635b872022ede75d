// Hashes, and what works with secret keys: HMAC, AES, key derivation.
#include "runtime/web_crypto_keys.hpp"

#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>

#include <climits>

namespace hull::backend::runtime::web_crypto {
namespace {

failure unknown_hash() { return problem("NotSupportedError", "Unrecognized or invalid hash"); }

const EVP_CIPHER* cipher_for(std::string_view mode, std::size_t key_bytes) {
  if (mode == "AES-CBC")
    return key_bytes == 16   ? EVP_aes_128_cbc()
           : key_bytes == 24 ? EVP_aes_192_cbc()
           : key_bytes == 32 ? EVP_aes_256_cbc()
                             : nullptr;
  if (mode == "AES-GCM")
    return key_bytes == 16   ? EVP_aes_128_gcm()
           : key_bytes == 24 ? EVP_aes_192_gcm()
           : key_bytes == 32 ? EVP_aes_256_gcm()
                             : nullptr;
  if (mode == "AES-CTR")
    return key_bytes == 16   ? EVP_aes_128_ctr()
           : key_bytes == 24 ? EVP_aes_192_ctr()
           : key_bytes == 32 ? EVP_aes_256_ctr()
                             : nullptr;
  return nullptr;
}

/// One pass of CTR from a counter block that does not overflow its counting bits.
outcome<std::string> ctr_pass(const EVP_CIPHER* cipher, std::string_view key, std::string_view block,
                              std::string_view data) {
  const cipher_context c(EVP_CIPHER_CTX_new());
  std::string result(data.size(), '\0');
  int n = 0;
  if (EVP_EncryptInit_ex(c.get(), cipher, nullptr, in(key), in(block)) != 1 ||
      EVP_EncryptUpdate(c.get(), out(result), &n, in(data), static_cast<int>(data.size())) != 1)
    return operation_error();
  return result;
}

/// How many blocks until the lowest `bits` bits of the counter are all used; the most there is when that is far off.
std::uint64_t blocks_before_overflow(std::string_view block, unsigned bits) {
  if (bits > 32) {
    // Data is far smaller than 2^32 blocks: what matters are the lowest 32 bits, and whether the rest is all ones.
    for (unsigned i = 0; i < bits - 32; ++i) {
      const unsigned at = 127 - 32 - i;
      if ((static_cast<unsigned char>(block[at / 8]) & (0x80u >> (at % 8))) == 0) return UINT64_MAX;
    }
  }
  std::uint64_t value = 0;
  for (unsigned i = 0; i < std::min(bits, 32u); ++i) {
    const unsigned at = 127 - i;
    if ((static_cast<unsigned char>(block[at / 8]) & (0x80u >> (at % 8))) != 0) value |= std::uint64_t(1) << i;
  }
  return (std::uint64_t(1) << std::min(bits, 32u)) - value;
}

outcome<std::string> ctr(const aes_options& o, const EVP_CIPHER* cipher, std::string_view key, std::string_view data) {
  if (o.iv.size() != 16 || o.counter_bits == 0 || o.counter_bits > 128) return operation_error();
  const std::uint64_t blocks = (data.size() + 15) / 16;
  if (o.counter_bits < 64 && blocks > (std::uint64_t(1) << o.counter_bits))
    return problem("OperationError", "The data is too long for the counter");
  const std::uint64_t first = blocks_before_overflow(o.iv, o.counter_bits);
  if (blocks <= first) return ctr_pass(cipher, key, o.iv, data);
  auto head = ctr_pass(cipher, key, o.iv, data.substr(0, first * 16));
  if (!head) return head;
  std::string wrapped(o.iv);  // the counting bits begin again at 0, the others stay
  for (unsigned i = 0; i < o.counter_bits; ++i) {
    const unsigned at = 127 - i;
    wrapped[at / 8] = static_cast<char>(static_cast<unsigned char>(wrapped[at / 8]) & ~(0x80u >> (at % 8)));
  }
  auto tail = ctr_pass(cipher, key, wrapped, data.substr(first * 16));
  if (!tail) return tail;
  return *head + *tail;
}

outcome<std::string> gcm(const aes_options& o, const EVP_CIPHER* cipher, std::string_view key, std::string_view data) {
  if (o.iv.empty()) return operation_error();
  std::string_view body = data;
  std::string tag(o.tag_bytes, '\0');
  if (!o.encrypt) {
    if (data.size() < o.tag_bytes) return problem("OperationError", "The provided data is too small");
    body = data.substr(0, data.size() - o.tag_bytes);
    tag = std::string(data.substr(body.size()));
  }
  const cipher_context c(EVP_CIPHER_CTX_new());
  int n = 0;
  std::string result(body.size(), '\0');
  const bool ok =
      EVP_CipherInit_ex(c.get(), cipher, nullptr, nullptr, nullptr, o.encrypt ? 1 : 0) == 1 &&
      EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(o.iv.size()), nullptr) == 1 &&
      EVP_CipherInit_ex(c.get(), nullptr, nullptr, in(key), in(o.iv), o.encrypt ? 1 : 0) == 1 &&
      (o.encrypt ||
       EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()), tag.data()) == 1) &&
      (o.additional_data.empty() || EVP_CipherUpdate(c.get(), nullptr, &n, in(o.additional_data),
                                                     static_cast<int>(o.additional_data.size())) == 1) &&
      (body.empty() || EVP_CipherUpdate(c.get(), out(result), &n, in(body), static_cast<int>(body.size())) == 1);
  unsigned char rest[16];
  if (!ok || EVP_CipherFinal_ex(c.get(), rest, &n) != 1) return operation_error();
  if (!o.encrypt) return result;
  if (EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag.size()), tag.data()) != 1)
    return operation_error();
  return result + tag;
}

outcome<std::string> cbc(const aes_options& o, const EVP_CIPHER* cipher, std::string_view key, std::string_view data) {
  if (o.iv.size() != 16) return operation_error();
  const cipher_context c(EVP_CIPHER_CTX_new());
  std::string result(data.size() + 16, '\0');
  int n = 0, last = 0;
  if (EVP_CipherInit_ex(c.get(), cipher, nullptr, in(key), in(o.iv), o.encrypt ? 1 : 0) != 1 ||
      EVP_CipherUpdate(c.get(), out(result), &n, in(data), static_cast<int>(data.size())) != 1 ||
      EVP_CipherFinal_ex(c.get(), out(result) + n, &last) != 1)
    return operation_error();
  result.resize(static_cast<std::size_t>(n + last));
  return result;
}

}  // namespace

const EVP_MD* hash_named(std::string_view name) {
  if (name == "SHA-1") return EVP_sha1();
  if (name == "SHA-256") return EVP_sha256();
  if (name == "SHA-384") return EVP_sha384();
  if (name == "SHA-512") return EVP_sha512();
  return nullptr;
}

outcome<std::string> digest(std::string_view hash, std::string_view data) {
  const EVP_MD* md = hash_named(hash);
  if (md == nullptr) return unknown_hash();
  std::string result(static_cast<std::size_t>(EVP_MD_get_size(md)), '\0');
  if (EVP_Digest(data.data(), data.size(), out(result), nullptr, md, nullptr) != 1) return operation_error();
  return result;
}

outcome<std::string> hmac(std::string_view hash, std::string_view key, std::string_view data) {
  const EVP_MD* md = hash_named(hash);
  if (md == nullptr) return unknown_hash();
  std::string result(static_cast<std::size_t>(EVP_MD_get_size(md)), '\0');
  unsigned int length = 0;
  if (HMAC(md, key.data(), static_cast<int>(key.size()), in(data), data.size(), out(result), &length) == nullptr)
    return operation_error();
  return result;
}

outcome<std::string> hkdf(std::string_view hash, std::string_view key, std::string_view salt, std::string_view info,
                          std::size_t bytes) {
  const EVP_MD* md = hash_named(hash);
  if (md == nullptr) return unknown_hash();
  if (bytes > 255 * static_cast<std::size_t>(EVP_MD_get_size(md)))
    return problem("OperationError", "The length is too large");
  // Extract and expand (RFC 5869).
  const std::string no_salt(static_cast<std::size_t>(EVP_MD_get_size(md)), '\0');
  const auto extracted = hmac(hash, salt.empty() ? no_salt : salt, key);
  if (!extracted) return extracted;
  std::string all, block;
  for (unsigned char i = 1; all.size() < bytes; ++i) {
    const auto next = hmac(hash, *extracted, block + std::string(info) + std::string(1, static_cast<char>(i)));
    if (!next) return next;
    block = *next;
    all += block;
  }
  all.resize(bytes);
  return all;
}

bool equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

outcome<std::string> aes(const aes_options& options, std::string_view key, std::string_view data) {
  const EVP_CIPHER* cipher = cipher_for(options.mode, key.size());
  if (cipher == nullptr || data.size() > INT_MAX - 32 || options.additional_data.size() > INT_MAX)
    return operation_error();
  if (options.mode == "AES-CTR") return ctr(options, cipher, key, data);
  if (options.mode == "AES-GCM") return gcm(options, cipher, key, data);
  return cbc(options, cipher, key, data);
}

}  // namespace hull::backend::runtime::web_crypto
