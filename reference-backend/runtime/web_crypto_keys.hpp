// OpenSSL's objects as values, for the files of web_crypto alone.
#pragma once

#include "common/freed_by.hpp"
#include "runtime/web_crypto.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>
#include <vector>

namespace hull::backend::runtime::web_crypto {

using pkey = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using pkey_context = std::unique_ptr<EVP_PKEY_CTX, freed_by<EVP_PKEY_CTX_free>>;
using md_context = std::unique_ptr<EVP_MD_CTX, freed_by<EVP_MD_CTX_free>>;
using cipher_context = std::unique_ptr<EVP_CIPHER_CTX, freed_by<EVP_CIPHER_CTX_free>>;
using big_number = std::unique_ptr<BIGNUM, freed_by<BN_clear_free>>;

inline const unsigned char* in(std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); }
inline unsigned char* out(std::string& s) { return reinterpret_cast<unsigned char*>(s.data()); }

inline failure problem(const char* name, std::string text) {
  ERR_clear_error();
  return bad_request(name, std::move(text));
}
inline failure operation_error() {
  return problem("OperationError", "The operation failed for an operation-specific reason");
}
inline failure data_error(std::string text = "The key is not valid") { return problem("DataError", std::move(text)); }

/// Null for a hash that there is not.
const EVP_MD* hash_named(std::string_view name);
/// Null when it is no such key.
pkey load_key(std::string_view der, bool is_private);

}  // namespace hull::backend::runtime::web_crypto
