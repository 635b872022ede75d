// Bodies of upload.hpp.
#include "files/upload.hpp"

#include <hull/value/base64.hpp>

#include <openssl/evp.h>

#include <utility>

namespace hull::backend::files {
namespace {

std::string text_of(const sha256_digest& digest) { return encode_base64(bytes(digest.begin(), digest.end())); }

}  // namespace

void upload::hash_deleter::operator()(evp_md_ctx_st* context) const noexcept { EVP_MD_CTX_free(context); }

upload::upload(std::string key, std::unique_ptr<blob_writer> to) : to_(std::move(to)), hash_(EVP_MD_CTX_new()) {
  blob_.key = std::move(key);
  EVP_DigestInit_ex(hash_.get(), EVP_sha256(), nullptr);
}
upload::upload(upload&&) noexcept = default;
upload& upload::operator=(upload&&) noexcept = default;
upload::~upload() = default;

outcome<void> upload::write(std::string_view data) {
  EVP_DigestUpdate(hash_.get(), data.data(), data.size());
  blob_.size += data.size();
  return to_->write(data);
}

outcome<stored_blob> upload::finish(const std::optional<sha256_digest>& expected) {
  unsigned length = 0;
  EVP_DigestFinal_ex(hash_.get(), blob_.sha256.data(), &length);
  if (expected && *expected != blob_.sha256)
    return bad_request("Sha256Mismatch",
                       "Sha256 mismatch. Expected: " + text_of(*expected) + " Actual: " + text_of(blob_.sha256));
  if (auto done = to_->commit(); !done) return done.error();
  return std::move(blob_);
}

}  // namespace hull::backend::files
