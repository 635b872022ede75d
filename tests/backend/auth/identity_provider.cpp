// Bodies of identity_provider.hpp.
#include "identity_provider.hpp"

#include "common/encoding.hpp"

#include <hull/value/json.hpp>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace hull::test {
namespace {

using kind = signing_key::kind;

EVP_PKEY* generate(kind k) {
  switch (k) {
    case kind::rsa:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048});
    case kind::rsa_1024:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{1024});
    case kind::p256:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
    case kind::ed25519:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  }
  return nullptr;
}

std::shared_ptr<EVP_PKEY> key_number(kind k, int number) {
  static std::mutex mutex;
  static std::map<std::pair<kind, int>, std::shared_ptr<EVP_PKEY>> made;
  const std::lock_guard lock(mutex);
  auto& key = made[{k, number}];
  if (!key) key.reset(generate(k), EVP_PKEY_free);
  if (!key) throw std::runtime_error("no key could be made");
  return key;
}

std::string number_text(EVP_PKEY* key, const char* name, std::size_t bytes) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) throw std::runtime_error(name);
  std::vector<std::uint8_t> out(bytes != 0 ? bytes : static_cast<std::size_t>(BN_num_bytes(number)));
  BN_bn2binpad(number, out.data(), static_cast<int>(out.size()));
  BN_free(number);
  return backend::encode_base64url(out);
}

/// DER to the two numbers of 32 bytes that tokens carry.
std::vector<std::uint8_t> raw_signature(const std::vector<std::uint8_t>& der) {
  const unsigned char* at = der.data();
  ECDSA_SIG* parsed = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
  std::vector<std::uint8_t> raw(64);
  BN_bn2binpad(ECDSA_SIG_get0_r(parsed), raw.data(), 32);
  BN_bn2binpad(ECDSA_SIG_get0_s(parsed), raw.data() + 32, 32);
  ECDSA_SIG_free(parsed);
  return raw;
}

}  // namespace

signing_key::signing_key(kind k, std::string id, int number)
    : kind_(k), id_(std::move(id)), key_(key_number(k, number)) {}

std::string signing_key::algorithm() const {
  return kind_ == kind::p256 ? "ES256" : kind_ == kind::ed25519 ? "EdDSA" : "RS256";
}

hull::object signing_key::jwk() const {
  hull::object out{{"kid", id_}, {"alg", algorithm()}, {"use", "sig"}};
  if (kind_ == kind::p256) {
    out.set("kty", "EC");
    out.set("crv", "P-256");
    out.set("x", number_text(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, 32));
    out.set("y", number_text(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, 32));
  } else if (kind_ == kind::ed25519) {
    std::array<std::uint8_t, 32> raw{};
    std::size_t length = raw.size();
    EVP_PKEY_get_raw_public_key(key_.get(), raw.data(), &length);
    out.set("kty", "OKP");
    out.set("crv", "Ed25519");
    out.set("x", backend::encode_base64url(raw));
  } else {
    out.set("kty", "RSA");
    out.set("n", number_text(key_.get(), OSSL_PKEY_PARAM_RSA_N, 0));
    out.set("e", number_text(key_.get(), OSSL_PKEY_PARAM_RSA_E, 0));
  }
  return out;
}

std::string signing_key::public_pem() const {
  BIO* out = BIO_new(BIO_s_mem());
  PEM_write_bio_PUBKEY(out, key_.get());
  char* text = nullptr;
  const long length = BIO_get_mem_data(out, &text);
  std::string pem(text, static_cast<std::size_t>(length));
  BIO_free(out);
  return pem;
}

std::vector<std::uint8_t> signing_key::sign(std::string_view text) const {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const auto* data = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t length = 0;
  std::vector<std::uint8_t> out;
  bool ok =
      EVP_DigestSignInit(context, nullptr, kind_ == kind::ed25519 ? nullptr : EVP_sha256(), nullptr, key_.get()) == 1 &&
      EVP_DigestSign(context, nullptr, &length, data, text.size()) == 1;
  out.resize(length);
  ok = ok && EVP_DigestSign(context, out.data(), &length, data, text.size()) == 1;
  EVP_MD_CTX_free(context);
  if (!ok) throw std::runtime_error("not signed");
  out.resize(length);
  return kind_ == kind::p256 ? raw_signature(out) : out;
}

std::string base64url(std::string_view text) {
  return backend::encode_base64url({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

std::string make_token(const signing_key& key, const hull::object& claims, const hull::object& header) {
  hull::object whole{{"alg", key.algorithm()}, {"kid", key.id()}, {"typ", "JWT"}};
  for (const auto& [name, content] : header) {
    if (content.is_null())
      whole.erase(name);
    else
      whole.set(name, content);
  }
  const std::string text = base64url(write_json(value(whole))) + "." + base64url(write_json(value(claims)));
  return text + "." + backend::encode_base64url(key.sign(text));
}

std::string key_set_text(const std::vector<signing_key>& keys) {
  array list;
  for (const signing_key& key : keys) list.push_back(value(key.jwk()));
  return write_json(value::make_object({{"keys", std::move(list)}}));
}

backend::outcome<std::string> fake_web::get(const std::string& url, std::size_t max_bytes) {
  if (before_answer) before_answer(url);
  const std::lock_guard lock(mutex_);
  ++requests_[url];
  const auto found = bodies_.find(url);
  if (found == bodies_.end()) return backend::bad_request("NotThere", "it answered with status 404");
  if (found->second.size() > max_bytes) return backend::bad_request("TooLarge", "its answer is too large");
  return found->second;
}

void fake_web::put(const std::string& url, std::string body) {
  const std::lock_guard lock(mutex_);
  bodies_[url] = std::move(body);
}

void fake_web::publish(const std::string& issuer, const std::vector<signing_key>& keys) {
  put(issuer + "/.well-known/openid-configuration",
      write_json(value::make_object({{"issuer", issuer}, {"jwks_uri", issuer + "/jwks"}})));
  put(issuer + "/jwks", key_set_text(keys));
}

void fake_web::take_down(const std::string& url) {
  const std::lock_guard lock(mutex_);
  bodies_.erase(url);
}

int fake_web::requests(const std::string& url) const {
  const std::lock_guard lock(mutex_);
  const auto found = requests_.find(url);
  return found == requests_.end() ? 0 : found->second;
}

}  // namespace hull::test
