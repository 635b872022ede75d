// One file on its way into the store: counted and hashed as it is written.
#pragma once

#include "files/blob_store.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace hull::backend::files {

using sha256_digest = std::array<std::uint8_t, 32>;

/// What a finished upload is.
struct stored_blob {
  std::string key;
  sha256_digest sha256{};
  std::uint64_t size = 0;
};

/// Dropped before `finish`, it leaves nothing. One thread at a time.
class upload {
 public:
  upload(std::string key, std::unique_ptr<blob_writer> to);
  upload(upload&&) noexcept;
  upload& operator=(upload&&) noexcept;
  ~upload();

  outcome<void> write(std::string_view data);
  /// Blocks until the blob is durable. Failures: Sha256Mismatch.
  outcome<stored_blob> finish(const std::optional<sha256_digest>& expected);

 private:
  struct hash_deleter {
    void operator()(evp_md_ctx_st* context) const noexcept;
  };
  stored_blob blob_;
  std::unique_ptr<blob_writer> to_;
  std::unique_ptr<evp_md_ctx_st, hash_deleter> hash_;
};

}  // namespace hull::backend::files
