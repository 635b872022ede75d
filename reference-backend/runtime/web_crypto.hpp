// What crypto.subtle computes, on OpenSSL. Keys come and go as bytes: raw for secret keys, DER (PKCS #8, SPKI) for
// others. A failure's code is the name of the DOMException that the program gets.
#pragma once

#include "common/failure.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace hull::backend::runtime::web_crypto {

/// "SHA-1", "SHA-256", "SHA-384", "SHA-512" everywhere a hash is named.
outcome<std::string> digest(std::string_view hash, std::string_view data);
outcome<std::string> hmac(std::string_view hash, std::string_view key, std::string_view data);
outcome<std::string> hkdf(std::string_view hash, std::string_view key, std::string_view salt, std::string_view info,
                          std::size_t bytes);
/// Takes as long as `iterations` and `bytes` say; gives up when `stopped`, which it asks all the time, says so.
outcome<std::string> pbkdf2(std::string_view hash, std::string_view password, std::string_view salt,
                            std::uint32_t iterations, std::size_t bytes, const std::function<bool()>& stopped);
/// Compares in a time that does not depend on what differs.
bool equal(std::string_view a, std::string_view b);

struct aes_options {
  std::string_view mode;  ///< "AES-CBC", "AES-CTR", "AES-GCM"
  bool encrypt = true;
  std::string_view iv;               ///< The counter block of CTR.
  std::string_view additional_data;  ///< GCM
  std::size_t tag_bytes = 16;        ///< GCM
  unsigned counter_bits = 128;       ///< CTR: the lowest bits that count; the others stay.
};
outcome<std::string> aes(const aes_options& options, std::string_view key, std::string_view data);

/// The two halves as PKCS #8 and SPKI.
struct key_pair {
  std::string private_der;
  std::string public_der;
};
/// `kind`: "RSA", "P-256", "P-384", "P-521", "Ed25519", "X25519". `bits`, `exponent`: of RSA.
outcome<key_pair> generate(std::string_view kind, unsigned bits, std::string_view exponent);

/// What a key is made of, as in JSON Web Keys (RFC 7518) but in bytes: n, e, d, p, q, dp, dq, qi; crv, x, y, d.
using key_parts = std::map<std::string, std::string, std::less<>>;
/// DataError when it is no key of that kind.
outcome<key_parts> parts_of(std::string_view kind, std::string_view der, bool is_private);
outcome<std::string> key_from(std::string_view kind, const key_parts& parts, bool is_private);
/// A public key from the point (P-...) or the bytes (Ed25519, X25519) alone.
outcome<std::string> key_from_raw(std::string_view kind, std::string_view raw);
/// The same key in our encoding; DataError when it is no key of that kind.
outcome<std::string> checked_key(std::string_view kind, std::string_view der, bool is_private);

struct signature_options {
  std::string_view scheme;  ///< "RSASSA-PKCS1-v1_5", "RSA-PSS", "ECDSA", "Ed25519"
  std::string_view hash;    ///< Not for Ed25519.
  int salt_bytes = 0;       ///< RSA-PSS
};
outcome<std::string> sign(const signature_options& options, std::string_view private_der, std::string_view data);
outcome<bool> verify(const signature_options& options, std::string_view public_der, std::string_view signature,
                     std::string_view data);
outcome<std::string> rsa_oaep(bool encrypt, std::string_view hash, std::string_view key_der, std::string_view label,
                              std::string_view data);
/// ECDH and X25519: the shared secret.
outcome<std::string> shared_secret(std::string_view private_der, std::string_view public_der);

}  // namespace hull::backend::runtime::web_crypto
