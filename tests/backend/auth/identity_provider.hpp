// An identity provider inside a test: it makes keys, signs tokens, and answers for its documents.
#pragma once

#include "auth/url_fetcher.hpp"

#include <hull/value/value.hpp>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

struct evp_pkey_st;

namespace hull::test {

/// A private key. The same kind and number give the same key within a test program: RSA keys take long to make.
class signing_key {
 public:
  enum class kind { rsa, rsa_1024, p256, ed25519 };
  explicit signing_key(kind k, std::string id = "key-1", int number = 0);

  const std::string& id() const noexcept { return id_; }
  std::string algorithm() const;  ///< "RS256", "ES256" or "EdDSA"
  /// The public half as an entry of a key set.
  hull::object jwk() const;
  /// PEM text of the public half.
  std::string public_pem() const;
  /// The signature of `text` as a token carries it.
  std::vector<std::uint8_t> sign(std::string_view text) const;

 private:
  kind kind_;
  std::string id_;
  std::shared_ptr<evp_pkey_st> key_;
};

std::string base64url(std::string_view text);

/// A token with these claims; `header` adds to, or takes the place of, fields of its header.
std::string make_token(const signing_key& key, const hull::object& claims, const hull::object& header = {});

/// {"keys": [...]}
std::string key_set_text(const std::vector<signing_key>& keys);

/// Documents by URL. Safe from any thread.
class fake_web final : public backend::auth::url_fetcher {
 public:
  backend::outcome<std::string> get(const std::string& url, std::size_t max_bytes) override;

  void put(const std::string& url, std::string body);
  /// The discovery document and the keys of an issuer.
  void publish(const std::string& issuer, const std::vector<signing_key>& keys);
  void take_down(const std::string& url);
  int requests(const std::string& url) const;

  std::function<void(const std::string& url)> before_answer;  ///< Set before the first request.

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> bodies_;
  std::map<std::string, int> requests_;
};

}  // namespace hull::test
