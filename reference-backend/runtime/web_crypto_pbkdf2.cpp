// Keys from passwords (RFC 8018): the one computation here that may take long, so that it can be stopped in the middle.
#include "runtime/web_crypto_keys.hpp"

namespace hull::backend::runtime::web_crypto {
namespace {

constexpr std::uint32_t max_iterations = 10'000'000;
constexpr std::size_t max_bytes = 1u << 20;
constexpr std::uint32_t iterations_between_questions = 1024;

/// HMAC with one key for many texts: the hash has taken in the padded key once and for all.
class keyed_hash {
 public:
  keyed_hash(const EVP_MD* md, std::string key) : md_(md) {
    const auto block = static_cast<std::size_t>(EVP_MD_get_block_size(md));
    if (key.size() > block) {
      std::string shorter(static_cast<std::size_t>(EVP_MD_get_size(md)), '\0');
      ok_ = EVP_Digest(key.data(), key.size(), out(shorter), nullptr, md, nullptr) == 1;
      key = shorter;
    }
    key.resize(block, '\0');
    ok_ = ok_ && begin(inner_, key, 0x36) && begin(outer_, key, 0x5c);
  }
  /// Replaces `text` by its HMAC.
  bool apply(std::string& text) {
    const auto bytes = static_cast<std::size_t>(EVP_MD_get_size(md_));
    ok_ = ok_ && finish(inner_, text, bytes) && finish(outer_, text, bytes);
    return ok_;
  }

 private:
  bool begin(const md_context& c, std::string key, char pad) const {
    for (char& k : key) k = static_cast<char>(k ^ pad);
    return EVP_DigestInit_ex(c.get(), md_, nullptr) == 1 && EVP_DigestUpdate(c.get(), key.data(), key.size()) == 1;
  }
  bool finish(const md_context& begun, std::string& text, std::size_t bytes) {
    if (EVP_MD_CTX_copy_ex(work_.get(), begun.get()) != 1 ||
        EVP_DigestUpdate(work_.get(), text.data(), text.size()) != 1)
      return false;
    text.resize(bytes);
    return EVP_DigestFinal_ex(work_.get(), out(text), nullptr) == 1;
  }

  const EVP_MD* const md_;
  const md_context inner_{EVP_MD_CTX_new()}, outer_{EVP_MD_CTX_new()}, work_{EVP_MD_CTX_new()};
  bool ok_ = true;
};

}  // namespace

outcome<std::string> pbkdf2(std::string_view hash, std::string_view password, std::string_view salt,
                            std::uint32_t iterations, std::size_t bytes, const std::function<bool()>& stopped) {
  const EVP_MD* md = hash_named(hash);
  if (md == nullptr) return problem("NotSupportedError", "Unrecognized or invalid hash");
  if (iterations == 0 || iterations > max_iterations)
    return problem("OperationError", "iterations must be from 1 to " + std::to_string(max_iterations));
  if (bytes > max_bytes) return problem("OperationError", "The length is too large");
  keyed_hash keyed(md, std::string(password));
  std::string all;
  for (std::uint32_t block = 1; all.size() < bytes; ++block) {
    std::string last(salt);
    for (const int shift : {24, 16, 8, 0}) last += static_cast<char>(block >> shift);
    std::string sum;
    for (std::uint32_t i = 0; i < iterations; ++i) {
      if (i % iterations_between_questions == 0 && stopped()) return operation_error();
      if (!keyed.apply(last)) return operation_error();
      sum.resize(last.size(), '\0');
      for (std::size_t at = 0; at < sum.size(); ++at) sum[at] = static_cast<char>(sum[at] ^ last[at]);
    }
    all += sum;
  }
  all.resize(bytes);
  return all;
}

}  // namespace hull::backend::runtime::web_crypto
