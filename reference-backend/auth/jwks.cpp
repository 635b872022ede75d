// Bodies of jwks.hpp: JSON to keys of OpenSSL.
#include "auth/jwks.hpp"

#include "common/encoding.hpp"
#include "common/freed_by.hpp"

#include <hull/value/json.hpp>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace hull::backend::auth {
namespace {

using builder_pointer = std::unique_ptr<OSSL_PARAM_BLD, freed_by<OSSL_PARAM_BLD_free>>;
using params_pointer = std::unique_ptr<OSSL_PARAM, freed_by<OSSL_PARAM_free>>;
using context_pointer = std::unique_ptr<EVP_PKEY_CTX, freed_by<EVP_PKEY_CTX_free>>;
using number_pointer = std::unique_ptr<BIGNUM, freed_by<BN_free>>;
using key_pointer = std::shared_ptr<EVP_PKEY>;

constexpr int min_rsa_bits = 2048;
constexpr int max_rsa_bits = 8192;
constexpr int max_rsa_exponent_bits = 64;
constexpr std::size_t coordinate_bytes = 32;

std::optional<std::vector<std::uint8_t>> bytes_of(const value& jwk, const char* name) {
  const value* text = jwk.find(name);
  if (text == nullptr || !text->is_string()) return std::nullopt;
  return decode_base64url(text->as_string());
}

bool is_text(const value& jwk, const char* name, std::string_view expected) {
  const value* text = jwk.find(name);
  return text != nullptr && text->is_string() && text->as_string() == expected;
}

key_pointer key_from(const char* type, OSSL_PARAM_BLD* builder) {
  const params_pointer params(OSSL_PARAM_BLD_to_param(builder));
  const context_pointer context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
    return nullptr;
  return key_pointer(key, EVP_PKEY_free);
}

key_pointer rsa_key(const value& jwk) {
  const auto modulus = bytes_of(jwk, "n");
  const auto exponent = bytes_of(jwk, "e");
  if (!modulus || !exponent) return nullptr;
  const number_pointer n(BN_bin2bn(modulus->data(), static_cast<int>(modulus->size()), nullptr));
  const number_pointer e(BN_bin2bn(exponent->data(), static_cast<int>(exponent->size()), nullptr));
  if (!n || !e) return nullptr;
  // Large numbers would cost more time than a caller may take.
  const int bits = BN_num_bits(n.get());
  if (bits < min_rsa_bits || bits > max_rsa_bits || BN_num_bits(e.get()) > max_rsa_exponent_bits ||
      !BN_is_odd(e.get()) || BN_is_one(e.get()))
    return nullptr;
  const builder_pointer builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
    return nullptr;
  return key_from("RSA", builder.get());
}

key_pointer p256_key(const value& jwk) {
  const auto x = bytes_of(jwk, "x");
  const auto y = bytes_of(jwk, "y");
  if (!x || !y || x->size() != coordinate_bytes || y->size() != coordinate_bytes) return nullptr;
  std::vector<std::uint8_t> point{0x04};  // uncompressed
  point.insert(point.end(), x->begin(), x->end());
  point.insert(point.end(), y->begin(), y->end());
  const builder_pointer builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
    return nullptr;
  return key_from("EC", builder.get());
}

key_pointer ed25519_key(const value& jwk) {
  const auto x = bytes_of(jwk, "x");
  if (!x || x->size() != coordinate_bytes) return nullptr;
  return key_pointer(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, x->data(), x->size()), EVP_PKEY_free);
}

/// What a key can be used for follows from its kind alone: a token cannot choose.
std::optional<signature_algorithm> algorithm_of(const value& jwk) {
  if (is_text(jwk, "kty", "RSA")) return signature_algorithm::rs256;
  if (is_text(jwk, "kty", "EC") && is_text(jwk, "crv", "P-256")) return signature_algorithm::es256;
  if (is_text(jwk, "kty", "OKP") && is_text(jwk, "crv", "Ed25519")) return signature_algorithm::eddsa;
  return std::nullopt;
}

bool is_for_signatures(const value& jwk, signature_algorithm algorithm) {
  if (jwk.find("use") != nullptr && !is_text(jwk, "use", "sig")) return false;
  if (jwk.find("alg") != nullptr && !is_text(jwk, "alg", to_string(algorithm))) return false;
  const value* uses = jwk.find("key_ops");
  if (uses == nullptr) return true;
  if (!uses->is_array()) return false;
  const array& list = uses->as_array();
  return std::find(list.begin(), list.end(), value("verify")) != list.end();
}

std::optional<public_key> parse_key(const value& jwk) {
  const auto algorithm = algorithm_of(jwk);
  if (!algorithm || !is_for_signatures(jwk, *algorithm)) return std::nullopt;
  public_key parsed;
  parsed.algorithm = *algorithm;
  if (const value* id = jwk.find("kid")) {
    if (!id->is_string()) return std::nullopt;
    parsed.id = id->as_string();
  }
  switch (*algorithm) {
    case signature_algorithm::rs256:
      parsed.key = rsa_key(jwk);
      break;
    case signature_algorithm::es256:
      parsed.key = p256_key(jwk);
      break;
    case signature_algorithm::eddsa:
      parsed.key = ed25519_key(jwk);
      break;
  }
  if (!parsed.key) return std::nullopt;
  return parsed;
}

failure no_key_set(const std::string& why) {
  return {blame::unauthenticated, "AuthProviderDiscoveryFailed", why, std::nullopt};
}

}  // namespace

std::string_view to_string(signature_algorithm a) noexcept {
  switch (a) {
    case signature_algorithm::rs256:
      return "RS256";
    case signature_algorithm::es256:
      return "ES256";
    case signature_algorithm::eddsa:
      return "EdDSA";
  }
  return "";
}

std::optional<signature_algorithm> parse_algorithm(std::string_view name) noexcept {
  for (const auto a : {signature_algorithm::rs256, signature_algorithm::es256, signature_algorithm::eddsa})
    if (name == to_string(a)) return a;
  return std::nullopt;
}

outcome<key_set> parse_jwks(std::string_view text) {
  if (text.size() > max_jwks_bytes)
    return no_key_set("it is larger than " + std::to_string(max_jwks_bytes / 1024) + " KiB");
  json_options options;
  options.plain = options.any_names = true;
  const auto json = read_json(text, options);
  if (!json) return no_key_set("it is no JSON");
  const value* list = json->find("keys");
  if (list == nullptr || !list->is_array()) return no_key_set("it has no array \"keys\"");
  if (list->as_array().size() > max_jwks_keys)
    return no_key_set("it has more than " + std::to_string(max_jwks_keys) + " keys");
  key_set keys;
  for (const value& jwk : list->as_array())
    if (auto key = parse_key(jwk)) keys.push_back(*std::move(key));
  return keys;
}

}  // namespace hull::backend::auth
