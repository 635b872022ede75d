// Bodies of jwt_verify.hpp.
#include "auth/jwt_verify.hpp"

#include "common/freed_by.hpp"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <algorithm>
#include <memory>

namespace hull::backend::auth {
namespace {

/// JWTs write an ECDSA signature as two numbers of 32 bytes, OpenSSL wants DER. Empty when it is neither.
std::vector<std::uint8_t> to_der(const std::vector<std::uint8_t>& raw) {
  constexpr int number_bytes = 32;
  if (raw.size() != 2 * number_bytes) return {};
  const std::unique_ptr<ECDSA_SIG, freed_by<ECDSA_SIG_free>> signature(ECDSA_SIG_new());
  BIGNUM* r = BN_bin2bn(raw.data(), number_bytes, nullptr);
  BIGNUM* s = BN_bin2bn(raw.data() + number_bytes, number_bytes, nullptr);
  if (!signature || r == nullptr || s == nullptr || ECDSA_SIG_set0(signature.get(), r, s) != 1) {
    BN_free(r);
    BN_free(s);
    return {};
  }
  unsigned char* text = nullptr;
  const int length = i2d_ECDSA_SIG(signature.get(), &text);
  if (length <= 0) return {};
  std::vector<std::uint8_t> der(text, text + length);
  OPENSSL_free(text);
  return der;
}

std::int64_t to_ns(double seconds) {
  constexpr double last_second = 9.2e9;  // what 64 bits of nanoseconds hold
  return static_cast<std::int64_t>(std::clamp(seconds, -last_second, last_second) * 1e9);
}

constexpr std::int64_t leeway_ns = std::chrono::nanoseconds(clock_leeway).count();

failure refused(std::string why) { return unauthenticated("Unauthenticated", std::move(why)); }

}  // namespace

bool signature_fits(const jwt& token, const public_key& key) {
  if (token.algorithm != to_string(key.algorithm)) return false;
  const bool is_eddsa = key.algorithm == signature_algorithm::eddsa;
  const auto signature = key.algorithm == signature_algorithm::es256 ? to_der(token.signature) : token.signature;
  if (signature.empty()) return false;
  const std::unique_ptr<EVP_MD_CTX, freed_by<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  const bool fits =
      context &&
      EVP_DigestVerifyInit(context.get(), nullptr, is_eddsa ? nullptr : EVP_sha256(), nullptr, key.key.get()) == 1 &&
      EVP_DigestVerify(context.get(), signature.data(), signature.size(),
                       reinterpret_cast<const unsigned char*>(token.signed_part.data()), token.signed_part.size()) == 1;
  if (!fits) ERR_clear_error();  // or the next user of OpenSSL on this thread takes it for its own
  return fits;
}

std::int64_t good_until_ns(const jwt& token) { return to_ns(token.expires.value_or(0)) + leeway_ns; }

outcome<void> check_times(const jwt& token, std::int64_t now_ns) {
  if (!token.expires) return refused("The token has no claim \"exp\": only tokens that expire are accepted.");
  if (now_ns >= good_until_ns(token)) return refused("The token has expired.");
  const auto later = [&](const std::optional<double>& time) { return time && to_ns(*time) > now_ns + leeway_ns; };
  if (later(token.not_before)) return refused("The token is not valid yet: its claim \"nbf\" lies in the future.");
  if (later(token.issued)) return refused("The token was issued in the future, says its claim \"iat\".");
  return {};
}

}  // namespace hull::backend::auth
