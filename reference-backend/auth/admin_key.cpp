// Bodies of admin_key.hpp.
#include "auth/admin_key.hpp"

#include "common/encoding.hpp"

#include <hull/value/base64.hpp>
#include <hull/value/json.hpp>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <vector>

namespace hull::backend::auth {
namespace {

constexpr std::uint8_t key_version = 1;
constexpr std::size_t stamp_bytes = 10;      // version, eight bytes of issue time, flags
constexpr std::size_t signature_bytes = 16;

/// First half of HMAC-SHA256 over "admin key", the name and the stamp, each closed by a zero byte.
std::array<std::uint8_t, signature_bytes> sign(const instance_identity& instance,
                                               const std::vector<std::uint8_t>& stamp) {
  std::string message("admin key");
  message.push_back('\0');
  message.append(instance.name).push_back('\0');
  message.append(stamp.begin(), stamp.end());
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> whole{};
  unsigned length = 0;
  HMAC(EVP_sha256(), instance.secret.data(), static_cast<int>(instance.secret.size()),
       reinterpret_cast<const unsigned char*>(message.data()), message.size(), whole.data(), &length);
  std::array<std::uint8_t, signature_bytes> half;
  std::copy_n(whole.begin(), half.size(), half.begin());
  return half;
}

bool signature_fits(const instance_identity& instance, std::string_view hex) {
  auto data = decode_hex(hex);
  if (!data || data->size() != stamp_bytes + signature_bytes || (*data)[0] != key_version) return false;
  const std::vector<std::uint8_t> given(data->begin() + stamp_bytes, data->end());
  data->resize(stamp_bytes);
  const auto expected = sign(instance, *data);
  return CRYPTO_memcmp(given.data(), expected.data(), expected.size()) == 0;
}

}  // namespace

std::optional<instance_secret> parse_secret(std::string_view hex) {
  const auto data = decode_hex(hex);
  instance_secret secret;
  if (!data || data->size() != secret.size()) return std::nullopt;
  std::copy(data->begin(), data->end(), secret.begin());
  return secret;
}

bool is_instance_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

std::string make_admin_key(const instance_identity& instance, std::uint64_t issued_seconds) {
  std::vector<std::uint8_t> stamp{key_version};
  for (int shift = 56; shift >= 0; shift -= 8) stamp.push_back(static_cast<std::uint8_t>(issued_seconds >> shift));
  stamp.push_back(0);
  const auto signature = sign(instance, stamp);
  stamp.insert(stamp.end(), signature.begin(), signature.end());
  return instance.name + "|" + encode_hex(stamp);
}

failure bad_deploy_key(const instance_identity& instance) {
  return {blame::forbidden, "BadDeployKey",
          "The provided deploy key was invalid for deployment '" + instance.name +
              "'. Double check that the environment this key was generated for matches the desired deployment.",
          std::nullopt};
}

outcome<admin_access> check_admin_key(const instance_identity& instance, std::string_view key) {
  const auto bar = key.find('|');
  if (bar == std::string_view::npos) return bad_deploy_key(instance);
  std::string_view name = key.substr(0, bar);
  if (const auto colon = name.rfind(':'); colon != std::string_view::npos) name.remove_prefix(colon + 1);
  std::string_view hex = key.substr(bar + 1);
  std::string_view attributes;
  if (const auto colon = hex.find(':'); colon != std::string_view::npos) {
    attributes = hex.substr(colon + 1);
    hex = hex.substr(0, colon);
  }
  if (name != instance.name || !signature_fits(instance, hex)) return bad_deploy_key(instance);

  admin_access access;
  if (attributes.empty()) return access;
  const auto refuse = [] {
    return bad_request("BadUserAttributes",
                       "The part of the admin key behind the second ':' must be base64 of a JSON object of user "
                       "attributes.");
  };
  const auto text = decode_base64(attributes);
  if (!text) return refuse();
  json_options options;
  options.plain = options.any_names = true;
  const auto json = read_json({reinterpret_cast<const char*>(text->data()), text->size()}, options);
  if (!json) return refuse();
  auto complete = complete_user_attributes(*json);
  if (!complete) return complete.error();
  access.acting_as = std::move(*complete);
  return access;
}

outcome<value> complete_user_attributes(const value& attributes) {
  const auto refuse = [](const char* why) { return bad_request("BadUserAttributes", why); };
  if (!attributes.is_object()) return refuse("User attributes must be an object.");
  for (const char* name : {"tokenIdentifier", "issuer", "subject"}) {
    const value* v = attributes.find(name);
    if (v && !v->is_string()) return refuse("tokenIdentifier, issuer and subject of a user must be strings.");
  }
  if (attributes.find("tokenIdentifier")) return attributes;
  const value* issuer = attributes.find("issuer");
  const value* subject = attributes.find("subject");
  if (!issuer || !subject) return refuse("User attributes need a tokenIdentifier, or an issuer and a subject.");
  hull::object complete = attributes.as_object();
  complete.set("tokenIdentifier", issuer->as_string() + "|" + subject->as_string());
  return value(std::move(complete));
}

}  // namespace hull::backend::auth
