// Pairs of keys: making them, and what they are made of.
#include "runtime/web_crypto_keys.hpp"

namespace hull::backend::runtime::web_crypto {
namespace {

using param_builder = std::unique_ptr<OSSL_PARAM_BLD, freed_by<OSSL_PARAM_BLD_free>>;
using params = std::unique_ptr<OSSL_PARAM, freed_by<OSSL_PARAM_free>>;

constexpr int max_rsa_bits = 16384;

struct curve {
  std::string_view name;  ///< As in JSON Web Keys.
  const char* group;      ///< As in OpenSSL.
  std::size_t bytes;      ///< Of a coordinate.
};
constexpr curve curves[] = {{"P-256", "prime256v1", 32}, {"P-384", "secp384r1", 48}, {"P-521", "secp521r1", 66}};

const curve* curve_named(std::string_view name) {
  for (const curve& c : curves)
    if (c.name == name) return &c;
  return nullptr;
}

int raw_type(std::string_view kind) {
  return kind == "Ed25519" ? EVP_PKEY_ED25519 : kind == "X25519" ? EVP_PKEY_X25519 : EVP_PKEY_NONE;
}

bool is_kind(EVP_PKEY* key, std::string_view kind) {
  const int type = EVP_PKEY_get_base_id(key);
  if (kind == "RSA") return type == EVP_PKEY_RSA && EVP_PKEY_get_bits(key) <= max_rsa_bits;
  const curve* c = curve_named(kind);
  if (c == nullptr) return type == raw_type(kind);
  char group[64] = {};
  return type == EVP_PKEY_EC && EVP_PKEY_get_group_name(key, group, sizeof group, nullptr) == 1 &&
         std::string_view(group) == c->group;
}

outcome<std::string> public_bytes(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int length = i2d_PUBKEY(key, &der);
  if (length <= 0) return operation_error();
  std::string result(reinterpret_cast<char*>(der), static_cast<std::size_t>(length));
  OPENSSL_free(der);
  return result;
}

outcome<std::string> private_bytes(EVP_PKEY* key) {
  const std::unique_ptr<PKCS8_PRIV_KEY_INFO, freed_by<PKCS8_PRIV_KEY_INFO_free>> info(EVP_PKEY2PKCS8(key));
  unsigned char* der = nullptr;
  const int length = info ? i2d_PKCS8_PRIV_KEY_INFO(info.get(), &der) : 0;
  if (length <= 0) return operation_error();
  std::string result(reinterpret_cast<char*>(der), static_cast<std::size_t>(length));
  OPENSSL_clear_free(der, static_cast<std::size_t>(length));
  return result;
}

outcome<std::string> bytes_of_key(EVP_PKEY* key, bool is_private) {
  return is_private ? private_bytes(key) : public_bytes(key);
}

/// Adds a number of the key to `parts`, filled with zeros up to `width`. False when the key has none.
bool add_number(key_parts& parts, const char* as, EVP_PKEY* key, const char* name, std::size_t width = 0) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) return false;
  const big_number owned(number);
  std::string bytes(std::max(width, static_cast<std::size_t>(BN_num_bytes(number))), '\0');
  BN_bn2binpad(number, out(bytes), static_cast<int>(bytes.size()));
  parts[as] = std::move(bytes);
  return true;
}

/// Numbers live until the key is made of them.
class parameter_list {
 public:
  bool number(const char* name, const key_parts& parts, std::string_view part) {
    const auto at = parts.find(part);
    if (at == parts.end() || at->second.empty() || at->second.size() > 2048) return false;
    numbers_.emplace_back(BN_bin2bn(in(at->second), static_cast<int>(at->second.size()), nullptr));
    return OSSL_PARAM_BLD_push_BN(builder_.get(), name, numbers_.back().get()) == 1;
  }
  bool text(const char* name, const char* value) {
    return OSSL_PARAM_BLD_push_utf8_string(builder_.get(), name, value, 0) == 1;
  }
  bool bytes(const char* name, std::string_view value) {
    return OSSL_PARAM_BLD_push_octet_string(builder_.get(), name, value.data(), value.size()) == 1;
  }
  pkey make(const char* type, bool is_private) {
    const params list(OSSL_PARAM_BLD_to_param(builder_.get()));
    const pkey_context c(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* made = nullptr;
    if (!list || !c || EVP_PKEY_fromdata_init(c.get()) != 1 ||
        EVP_PKEY_fromdata(c.get(), &made, is_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, list.get()) != 1)
      return nullptr;
    return pkey(made);
  }

 private:
  param_builder builder_{OSSL_PARAM_BLD_new()};
  std::vector<big_number> numbers_;
};

pkey rsa_from(const key_parts& parts, bool is_private) {
  parameter_list list;
  if (!list.number(OSSL_PKEY_PARAM_RSA_N, parts, "n") || !list.number(OSSL_PKEY_PARAM_RSA_E, parts, "e"))
    return nullptr;
  if (is_private &&
      (!list.number(OSSL_PKEY_PARAM_RSA_D, parts, "d") || !list.number(OSSL_PKEY_PARAM_RSA_FACTOR1, parts, "p") ||
       !list.number(OSSL_PKEY_PARAM_RSA_FACTOR2, parts, "q") ||
       !list.number(OSSL_PKEY_PARAM_RSA_EXPONENT1, parts, "dp") ||
       !list.number(OSSL_PKEY_PARAM_RSA_EXPONENT2, parts, "dq") ||
       !list.number(OSSL_PKEY_PARAM_RSA_COEFFICIENT1, parts, "qi")))
    return nullptr;
  return list.make("RSA", is_private);
}

/// The key is on its curve, and its halves belong together.
pkey checked(pkey key, bool is_private) {
  const pkey_context c(key ? EVP_PKEY_CTX_new(key.get(), nullptr) : nullptr);
  if (!c || EVP_PKEY_public_check(c.get()) != 1) return nullptr;
  if (is_private && EVP_PKEY_pairwise_check(c.get()) != 1) return nullptr;
  return key;
}

pkey point_key(const curve& c, std::string_view point, const key_parts* parts) {
  parameter_list list;
  if (!list.text(OSSL_PKEY_PARAM_GROUP_NAME, c.group) || !list.bytes(OSSL_PKEY_PARAM_PUB_KEY, point)) return nullptr;
  if (parts != nullptr && !list.number(OSSL_PKEY_PARAM_PRIV_KEY, *parts, "d")) return nullptr;
  return checked(list.make("EC", parts != nullptr), parts != nullptr);
}

pkey ec_from(const curve& c, const key_parts& parts, bool is_private) {
  const auto x = parts.find("x"), y = parts.find("y");
  if (x == parts.end() || y == parts.end() || x->second.size() != c.bytes || y->second.size() != c.bytes)
    return nullptr;
  return point_key(c, std::string("\x04") + x->second + y->second, is_private ? &parts : nullptr);
}

pkey raw_from(int type, const key_parts& parts, bool is_private) {
  const auto x = parts.find("x");
  if (x == parts.end()) return nullptr;
  if (!is_private) return pkey(EVP_PKEY_new_raw_public_key(type, nullptr, in(x->second), x->second.size()));
  const auto d = parts.find("d");
  if (d == parts.end()) return nullptr;
  pkey key(EVP_PKEY_new_raw_private_key(type, nullptr, in(d->second), d->second.size()));
  std::string expected(32, '\0');
  std::size_t length = expected.size();
  if (!key || EVP_PKEY_get_raw_public_key(key.get(), out(expected), &length) != 1 || expected != x->second)
    return nullptr;
  return key;
}

}  // namespace

pkey load_key(std::string_view der, bool is_private) {
  const unsigned char* p = in(der);
  if (!is_private) {
    pkey key(d2i_PUBKEY(nullptr, &p, static_cast<long>(der.size())));
    return p == in(der) + der.size() ? std::move(key) : nullptr;
  }
  const std::unique_ptr<PKCS8_PRIV_KEY_INFO, freed_by<PKCS8_PRIV_KEY_INFO_free>> info(
      d2i_PKCS8_PRIV_KEY_INFO(nullptr, &p, static_cast<long>(der.size())));
  if (!info || p != in(der) + der.size()) return nullptr;
  return pkey(EVP_PKCS82PKEY(info.get()));
}

outcome<key_pair> generate(std::string_view kind, unsigned bits, std::string_view exponent) {
  pkey key;
  if (kind == "RSA") {
    const big_number e(BN_bin2bn(in(exponent), static_cast<int>(exponent.size()), nullptr));
    const pkey_context c(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
    EVP_PKEY* made = nullptr;
    // What a program may ask for is limited: making a key of 16384 bits takes minutes.
    if (bits < 512 || bits > 4096 || exponent.empty() || exponent.size() > 8 || !BN_is_odd(e.get()) ||
        BN_is_one(e.get()))
      return operation_error();
    if (EVP_PKEY_keygen_init(c.get()) != 1 || EVP_PKEY_CTX_set_rsa_keygen_bits(c.get(), static_cast<int>(bits)) != 1 ||
        EVP_PKEY_CTX_set1_rsa_keygen_pubexp(c.get(), e.get()) != 1 || EVP_PKEY_generate(c.get(), &made) != 1)
      return operation_error();
    key.reset(made);
  } else if (const curve* c = curve_named(kind)) {
    key.reset(EVP_EC_gen(c->group));
  } else {
    key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, kind == "Ed25519" ? "ED25519" : "X25519"));
  }
  if (!key) return operation_error();
  auto private_der = private_bytes(key.get());
  auto public_der = public_bytes(key.get());
  if (!private_der || !public_der) return operation_error();
  return key_pair{*std::move(private_der), *std::move(public_der)};
}

outcome<key_parts> parts_of(std::string_view kind, std::string_view der, bool is_private) {
  const pkey key = load_key(der, is_private);
  if (!key || !is_kind(key.get(), kind)) return data_error();
  key_parts parts;
  EVP_PKEY* k = key.get();
  if (kind == "RSA") {
    bool ok = add_number(parts, "n", k, OSSL_PKEY_PARAM_RSA_N) && add_number(parts, "e", k, OSSL_PKEY_PARAM_RSA_E);
    if (is_private)
      ok = ok && add_number(parts, "d", k, OSSL_PKEY_PARAM_RSA_D) &&
           add_number(parts, "p", k, OSSL_PKEY_PARAM_RSA_FACTOR1) &&
           add_number(parts, "q", k, OSSL_PKEY_PARAM_RSA_FACTOR2) &&
           add_number(parts, "dp", k, OSSL_PKEY_PARAM_RSA_EXPONENT1) &&
           add_number(parts, "dq", k, OSSL_PKEY_PARAM_RSA_EXPONENT2) &&
           add_number(parts, "qi", k, OSSL_PKEY_PARAM_RSA_COEFFICIENT1);
    if (!ok) return operation_error();
    return parts;
  }
  if (const curve* c = curve_named(kind)) {
    if (!add_number(parts, "x", k, OSSL_PKEY_PARAM_EC_PUB_X, c->bytes) ||
        !add_number(parts, "y", k, OSSL_PKEY_PARAM_EC_PUB_Y, c->bytes) ||
        (is_private && !add_number(parts, "d", k, OSSL_PKEY_PARAM_PRIV_KEY, c->bytes)))
      return operation_error();
    return parts;
  }
  std::string raw(32, '\0');
  std::size_t length = raw.size();
  if (EVP_PKEY_get_raw_public_key(k, out(raw), &length) != 1) return operation_error();
  parts["x"] = raw;
  if (is_private) {
    length = raw.size();
    if (EVP_PKEY_get_raw_private_key(k, out(raw), &length) != 1) return operation_error();
    parts["d"] = raw;
  }
  return parts;
}

outcome<std::string> key_from(std::string_view kind, const key_parts& parts, bool is_private) {
  const curve* c = curve_named(kind);
  const pkey key = kind == "RSA"  ? rsa_from(parts, is_private)
                   : c != nullptr ? ec_from(*c, parts, is_private)
                                  : raw_from(raw_type(kind), parts, is_private);
  if (!key || !is_kind(key.get(), kind)) return data_error();
  return bytes_of_key(key.get(), is_private);
}

outcome<std::string> key_from_raw(std::string_view kind, std::string_view raw) {
  const curve* c = curve_named(kind);
  if (c != nullptr && raw.size() != 2 * c->bytes + 1 && raw.size() != c->bytes + 1) return data_error();
  const pkey key = c != nullptr ? point_key(*c, raw, nullptr)
                                : pkey(EVP_PKEY_new_raw_public_key(raw_type(kind), nullptr, in(raw), raw.size()));
  if (!key) return data_error();
  return public_bytes(key.get());
}

outcome<std::string> checked_key(std::string_view kind, std::string_view der, bool is_private) {
  const pkey key = load_key(der, is_private);
  if (!key || !is_kind(key.get(), kind)) return data_error();
  return bytes_of_key(key.get(), is_private);
}

}  // namespace hull::backend::runtime::web_crypto
