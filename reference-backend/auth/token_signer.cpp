// The key on the curve P-256, and signatures with it in the form of RFC 7518.
#include "auth/token_signer.hpp"

#include "common/encoding.hpp"
#include "common/freed_by.hpp"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>

#include <array>
#include <span>
#include <utility>
#include <vector>

namespace hull::backend::auth {
namespace {

constexpr std::size_t scalar_bytes = 32;
constexpr std::string_view purpose = "hull: key that signs tokens ";

using pkey = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using pkey_context = std::unique_ptr<EVP_PKEY_CTX, freed_by<EVP_PKEY_CTX_free>>;
using number = std::unique_ptr<BIGNUM, freed_by<BN_clear_free>>;
using group = std::unique_ptr<EC_GROUP, freed_by<EC_GROUP_free>>;
using point = std::unique_ptr<EC_POINT, freed_by<EC_POINT_free>>;
using params_builder = std::unique_ptr<OSSL_PARAM_BLD, freed_by<OSSL_PARAM_BLD_free>>;
using params = std::unique_ptr<OSSL_PARAM, freed_by<OSSL_PARAM_free>>;
using digest_context = std::unique_ptr<EVP_MD_CTX, freed_by<EVP_MD_CTX_free>>;
using signature = std::unique_ptr<ECDSA_SIG, freed_by<ECDSA_SIG_free>>;

failure no_key() { return internal_failure("The key that signs tokens could not be made."); }

/// A number from 1 to below the order of the curve: the first of a row of digests that is one.
number private_number(const instance_secret& secret, const EC_GROUP& curve) {
  for (char attempt = '1'; attempt <= '9'; ++attempt) {
    const std::string text = std::string(purpose) + attempt;
    std::array<std::uint8_t, scalar_bytes> digest{};
    unsigned length = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), digest.data(), &length);
    number n(BN_bin2bn(digest.data(), static_cast<int>(digest.size()), nullptr));
    if (n && !BN_is_zero(n.get()) && BN_cmp(n.get(), EC_GROUP_get0_order(&curve)) < 0) return n;
  }
  return nullptr;
}

/// The point as 4, x, y.
std::vector<std::uint8_t> public_point(const BIGNUM& secret, const EC_GROUP& curve) {
  const point p(EC_POINT_new(&curve));
  std::vector<std::uint8_t> out(1 + 2 * scalar_bytes);
  const bool made =
      p && EC_POINT_mul(&curve, p.get(), &secret, nullptr, nullptr, nullptr) == 1 &&
      EC_POINT_point2oct(&curve, p.get(), POINT_CONVERSION_UNCOMPRESSED, out.data(), out.size(), nullptr) == out.size();
  if (!made) out.clear();
  return out;
}

pkey make_key(const BIGNUM& secret, const std::vector<std::uint8_t>& shown) {
  const params_builder builder(OSSL_PARAM_BLD_new());
  const bool built =
      builder && OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) == 1 &&
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, &secret) == 1 &&
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, shown.data(), shown.size()) == 1;
  const params all(built ? OSSL_PARAM_BLD_to_param(builder.get()) : nullptr);
  const pkey_context context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* made = nullptr;
  if (all && context && EVP_PKEY_fromdata_init(context.get()) == 1)
    EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_KEYPAIR, all.get());
  return pkey(made);
}

std::string base64url(std::string_view text) {
  return encode_base64url({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

}  // namespace

struct token_signer::key {
  pkey secret;
  std::vector<std::uint8_t> shown;  ///< The public point.
};

token_signer::token_signer(std::unique_ptr<key> k) : key_(std::move(k)) {
  const std::span<const std::uint8_t> all(key_->shown);
  std::array<std::uint8_t, 32> digest{};
  EVP_Digest(all.data(), all.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  const std::string id = encode_base64url(std::span<const std::uint8_t>(digest).first(12));
  header_ = base64url(R"({"alg":"ES256","kid":")" + id + R"(","typ":"JWT"})");
  key_set_json_ = R"({"keys":[{"alg":"ES256","crv":"P-256","kid":")" + id + R"(","kty":"EC","use":"sig","x":")" +
                  encode_base64url(all.subspan(1, scalar_bytes)) + R"(","y":")" +
                  encode_base64url(all.subspan(1 + scalar_bytes)) + R"("}]})";
}

token_signer::~token_signer() = default;

outcome<std::unique_ptr<token_signer>> token_signer::derive(const instance_secret& secret) {
  const group curve(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  if (!curve) return no_key();
  const number n = private_number(secret, *curve);
  if (!n) return no_key();
  auto made = std::make_unique<key>();
  made->shown = public_point(*n, *curve);
  if (!made->shown.empty()) made->secret = make_key(*n, made->shown);
  if (!made->secret) return no_key();
  return std::unique_ptr<token_signer>(new token_signer(std::move(made)));
}

outcome<std::string> token_signer::sign(std::string_view claims_json) const {
  const std::string text = header_ + "." + base64url(claims_json);
  const digest_context context(EVP_MD_CTX_new());
  const auto* data = reinterpret_cast<const std::uint8_t*>(text.data());
  std::array<std::uint8_t, 128> der{};
  std::size_t size = der.size();
  const bool signed_it = context &&
                         EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_->secret.get()) == 1 &&
                         EVP_DigestSign(context.get(), der.data(), &size, data, text.size()) == 1;
  if (!signed_it) return internal_failure("A token could not be signed.");
  const std::uint8_t* at = der.data();
  const signature made(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)));
  std::array<std::uint8_t, 2 * scalar_bytes> raw{};
  const bool split = made && BN_bn2binpad(ECDSA_SIG_get0_r(made.get()), raw.data(), scalar_bytes) > 0 &&
                     BN_bn2binpad(ECDSA_SIG_get0_s(made.get()), raw.data() + scalar_bytes, scalar_bytes) > 0;
  if (!split) return internal_failure("A token could not be signed.");
  return text + "." + encode_base64url(raw);
}

}  // namespace hull::backend::auth
