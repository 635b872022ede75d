// What works with pairs of keys: signatures, RSA encryption, key agreement.
#include "runtime/web_crypto_keys.hpp"

#include <openssl/ecdsa.h>

namespace hull::backend::runtime::web_crypto {
namespace {

constexpr const char* pss = "RSA-PSS";

bool set_scheme(EVP_PKEY_CTX* c, const signature_options& o, const EVP_MD* md) {
  if (o.scheme == "RSASSA-PKCS1-v1_5") return EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PADDING) == 1;
  if (o.scheme == pss)
    return EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PSS_PADDING) == 1 && EVP_PKEY_CTX_set_rsa_mgf1_md(c, md) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(c, o.salt_bytes) == 1;
  return true;
}

/// Bytes of a coordinate.
std::size_t field_bytes(EVP_PKEY* key) { return static_cast<std::size_t>((EVP_PKEY_get_bits(key) + 7) / 8); }

/// ECDSA signatures are two numbers side by side here, and DER in OpenSSL.
outcome<std::string> flat_signature(EVP_PKEY* key, const std::string& der) {
  const unsigned char* p = in(der);
  const std::unique_ptr<ECDSA_SIG, freed_by<ECDSA_SIG_free>> parsed(
      d2i_ECDSA_SIG(nullptr, &p, static_cast<long>(der.size())));
  if (!parsed) return operation_error();
  const std::size_t n = field_bytes(key);
  std::string flat(2 * n, '\0');
  BN_bn2binpad(ECDSA_SIG_get0_r(parsed.get()), out(flat), static_cast<int>(n));
  BN_bn2binpad(ECDSA_SIG_get0_s(parsed.get()), out(flat) + n, static_cast<int>(n));
  return flat;
}

/// Empty when it has the wrong length.
std::string der_signature(EVP_PKEY* key, std::string_view flat) {
  const std::size_t n = field_bytes(key);
  if (flat.size() != 2 * n) return {};
  const std::unique_ptr<ECDSA_SIG, freed_by<ECDSA_SIG_free>> made(ECDSA_SIG_new());
  if (!made || ECDSA_SIG_set0(made.get(), BN_bin2bn(in(flat), static_cast<int>(n), nullptr),
                              BN_bin2bn(in(flat) + n, static_cast<int>(n), nullptr)) != 1)
    return {};
  unsigned char* der = nullptr;
  const int length = i2d_ECDSA_SIG(made.get(), &der);
  if (length <= 0) return {};
  std::string result(reinterpret_cast<char*>(der), static_cast<std::size_t>(length));
  OPENSSL_free(der);
  return result;
}

}  // namespace

outcome<std::string> sign(const signature_options& options, std::string_view private_der, std::string_view data) {
  const pkey key = load_key(private_der, true);
  const EVP_MD* md = options.scheme == "Ed25519" ? nullptr : hash_named(options.hash);
  const md_context c(EVP_MD_CTX_new());
  EVP_PKEY_CTX* inner = nullptr;
  std::size_t length = 0;
  if (!key || EVP_DigestSignInit(c.get(), &inner, md, nullptr, key.get()) != 1 || !set_scheme(inner, options, md) ||
      EVP_DigestSign(c.get(), nullptr, &length, in(data), data.size()) != 1)
    return operation_error();
  std::string signature(length, '\0');
  if (EVP_DigestSign(c.get(), out(signature), &length, in(data), data.size()) != 1) return operation_error();
  signature.resize(length);
  if (options.scheme == "ECDSA") return flat_signature(key.get(), signature);
  return signature;
}

outcome<bool> verify(const signature_options& options, std::string_view public_der, std::string_view signature,
                     std::string_view data) {
  const pkey key = load_key(public_der, false);
  const EVP_MD* md = options.scheme == "Ed25519" ? nullptr : hash_named(options.hash);
  const md_context c(EVP_MD_CTX_new());
  EVP_PKEY_CTX* inner = nullptr;
  if (!key || EVP_DigestVerifyInit(c.get(), &inner, md, nullptr, key.get()) != 1 || !set_scheme(inner, options, md))
    return operation_error();
  const std::string der = options.scheme == "ECDSA" ? der_signature(key.get(), signature) : std::string(signature);
  const bool good = !der.empty() && EVP_DigestVerify(c.get(), in(der), der.size(), in(data), data.size()) == 1;
  ERR_clear_error();
  return good;
}

outcome<std::string> rsa_oaep(bool encrypt, std::string_view hash, std::string_view key_der, std::string_view label,
                              std::string_view data) {
  const pkey key = load_key(key_der, !encrypt);
  const EVP_MD* md = hash_named(hash);
  const pkey_context c(key ? EVP_PKEY_CTX_new(key.get(), nullptr) : nullptr);
  const auto begin = encrypt ? EVP_PKEY_encrypt_init : EVP_PKEY_decrypt_init;
  const auto run = encrypt ? EVP_PKEY_encrypt : EVP_PKEY_decrypt;
  if (!c || md == nullptr || begin(c.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(c.get(), RSA_PKCS1_OAEP_PADDING) != 1 ||
      EVP_PKEY_CTX_set_rsa_oaep_md(c.get(), md) != 1 || EVP_PKEY_CTX_set_rsa_mgf1_md(c.get(), md) != 1)
    return operation_error();
  if (!label.empty()) {
    void* owned = OPENSSL_memdup(label.data(), label.size());
    if (EVP_PKEY_CTX_set0_rsa_oaep_label(c.get(), owned, static_cast<int>(label.size())) != 1) {
      OPENSSL_free(owned);
      return operation_error();
    }
  }
  std::size_t length = 0;
  if (run(c.get(), nullptr, &length, in(data), data.size()) != 1) return operation_error();
  std::string result(length, '\0');
  if (run(c.get(), out(result), &length, in(data), data.size()) != 1) return operation_error();
  result.resize(length);
  return result;
}

outcome<std::string> shared_secret(std::string_view private_der, std::string_view public_der) {
  const pkey mine = load_key(private_der, true);
  const pkey theirs = load_key(public_der, false);
  const pkey_context c(mine ? EVP_PKEY_CTX_new(mine.get(), nullptr) : nullptr);
  std::size_t length = 0;
  if (!c || !theirs || EVP_PKEY_derive_init(c.get()) != 1 || EVP_PKEY_derive_set_peer(c.get(), theirs.get()) != 1 ||
      EVP_PKEY_derive(c.get(), nullptr, &length) != 1)
    return operation_error();
  std::string secret(length, '\0');
  if (EVP_PKEY_derive(c.get(), out(secret), &length) != 1) return operation_error();
  secret.resize(length);
  return secret;
}

}  // namespace hull::backend::runtime::web_crypto
