// Keys of identity providers, kept for a while: tokens are checked without asking their provider each time.
#pragma once

#include "auth/jwks.hpp"
#include "auth/providers.hpp"
#include "auth/url_fetcher.hpp"
#include "common/clock.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

namespace hull::backend::auth {

struct key_store_options {
  std::chrono::seconds fresh_for{600};    ///< Then they are fetched again.
  std::chrono::seconds usable_for{3600};  ///< If that fails, old ones serve until this age.
  std::chrono::seconds retry_after{2};    ///< After a fetch that failed.
  std::size_t refetches_per_minute = 6;   ///< On account of tokens with unknown keys; anybody can make those.
  std::size_t max_waiting = 16;           ///< Callers that wait for one provider; each holds a thread.
  std::size_t max_locations = 64;
};

/// Safe from any thread; the calls block while a provider is asked, one at a time for each provider.
class key_store {
 public:
  using keys = std::shared_ptr<const key_set>;

  key_store(url_fetcher& fetcher, clock& time, const key_store_options& options = {});

  /// The keys at `where`. With `unfit`, keys other than those if there may be any by now, else the same ones again.
  /// Failures: AuthProviderDiscoveryFailed, AuthProviderBusy.
  outcome<keys> get(const key_location& where, const keys& unfit = nullptr);

 private:
  struct entry {
    keys current;
    std::int64_t fetched_ns = 0;
    std::optional<failure> problem;  ///< Of the last fetch, when it failed.
    std::int64_t failed_ns = 0;
    bool is_fetching = false;
    std::uint64_t fetches = 0;
    std::size_t waiting = 0;
    std::deque<std::int64_t> refetches_ns;  ///< On account of unknown keys, within the last minute.
    std::int64_t used_ns = 0;
  };
  using entry_pointer = std::shared_ptr<entry>;

  entry_pointer entry_of(const key_location& where, std::int64_t now_ns);
  bool may_refetch(entry& e, std::int64_t now_ns) const;
  /// Fetches with the lock let go, and notes how it went.
  void fetch_into(entry& e, const key_location& where, std::unique_lock<std::mutex>& lock);
  outcome<keys> fetch(const key_location& where) const;
  outcome<std::string> discover(const std::string& issuer) const;
  outcome<std::string> read(const std::string& url) const;

  url_fetcher& fetcher_;
  clock& time_;
  const key_store_options options_;
  std::mutex mutex_;
  std::condition_variable fetched_;
  std::map<key_location, entry_pointer> entries_;
};

}  // namespace hull::backend::auth
