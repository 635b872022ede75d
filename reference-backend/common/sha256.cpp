// SHA-256 through OpenSSL.
#include "common/sha256.hpp"

#include "common/encoding.hpp"

#include <openssl/evp.h>

#include <array>
#include <memory>

namespace hull::backend {

std::string sha256_hex(std::string_view first, std::string_view second) {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
  EVP_DigestUpdate(context.get(), first.data(), first.size());
  EVP_DigestUpdate(context.get(), second.data(), second.size());
  EVP_DigestFinal_ex(context.get(), digest.data(), &size);
  return encode_hex({digest.data(), size});
}

}  // namespace hull::backend
