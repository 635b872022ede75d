// Bodies of key_store.hpp.
#include "auth/key_store.hpp"

#include "auth/data_url.hpp"
#include "common/worker_pool.hpp"

#include <hull/value/json.hpp>

#include <exception>
#include <utility>

namespace hull::backend::auth {
namespace {

constexpr std::size_t max_discovery_bytes = 64 * 1024;

constexpr std::int64_t ns(std::chrono::seconds s) { return std::chrono::nanoseconds(s).count(); }

failure discovery_failed(const std::string& url, const std::string& why) {
  return unauthenticated("AuthProviderDiscoveryFailed", "The keys of the auth provider could not be fetched from " +
                                                            for_message(url) + ": " + for_message(why));
}

failure busy() {
  return {blame::overload, "AuthProviderBusy", "Too many tokens wait for the keys of their auth provider. Try again.",
          std::nullopt};
}

}  // namespace

key_store::key_store(url_fetcher& fetcher, clock& time, const key_store_options& options)
    : fetcher_(fetcher), time_(time), options_(options) {}

outcome<key_store::keys> key_store::get(const key_location& where, const keys& unfit) {
  std::unique_lock lock(mutex_);
  const std::int64_t now = time_.steady_ns();
  const entry_pointer e = entry_of(where, now);

  const auto is_usable = [&](std::chrono::seconds limit) {
    return e->current && time_.steady_ns() - e->fetched_ns < ns(limit);
  };

  if (e->is_fetching) {
    // Whoever can go on with the keys that are there does not wait for a provider that may be slow.
    if (e->current != unfit && is_usable(options_.usable_for)) return e->current;
    if (e->waiting >= options_.max_waiting) return busy();
    ++e->waiting;
    {
      const worker_pool::pause others_may_run;
      fetched_.wait(lock, [&, before = e->fetches] { return e->fetches != before; });
    }
    --e->waiting;
  } else {
    if (is_usable(options_.fresh_for) && (e->current != unfit || !may_refetch(*e, now))) return e->current;
    const bool failed_just_now = e->problem && now - e->failed_ns < ns(options_.retry_after);
    if (!failed_just_now) fetch_into(*e, where, lock);
  }
  if (e->problem && !is_usable(options_.usable_for)) return *e->problem;
  return e->current;
}

void key_store::fetch_into(entry& e, const key_location& where, std::unique_lock<std::mutex>& lock) {
  e.is_fetching = true;
  lock.unlock();
  outcome<keys> result = internal_failure("Keys were not fetched.");
  try {
    result = fetch(where);
  } catch (const std::exception& x) {
    result = discovery_failed(where.url, x.what());
  }
  lock.lock();
  e.is_fetching = false;
  ++e.fetches;
  if (result) {
    e.current = *std::move(result);
    e.fetched_ns = time_.steady_ns();
    e.problem.reset();
  } else {
    e.problem = result.error();
    e.failed_ns = time_.steady_ns();
  }
  fetched_.notify_all();
}

key_store::entry_pointer key_store::entry_of(const key_location& where, std::int64_t now_ns) {
  entry_pointer& found = entries_[where];
  if (!found) found = std::make_shared<entry>();
  const entry_pointer mine = found;
  mine->used_ns = now_ns;
  if (entries_.size() > options_.max_locations) {
    // Providers that the app no longer has. Whoever is at work with one holds it.
    auto oldest = entries_.end();
    for (auto at = entries_.begin(); at != entries_.end(); ++at)
      if (at->second != mine && (oldest == entries_.end() || at->second->used_ns < oldest->second->used_ns))
        oldest = at;
    entries_.erase(oldest);
  }
  return mine;
}

bool key_store::may_refetch(entry& e, std::int64_t now_ns) const {
  while (!e.refetches_ns.empty() && now_ns - e.refetches_ns.front() >= ns(std::chrono::seconds(60)))
    e.refetches_ns.pop_front();
  if (e.refetches_ns.size() >= options_.refetches_per_minute) return false;
  e.refetches_ns.push_back(now_ns);
  return true;
}

outcome<key_store::keys> key_store::fetch(const key_location& where) const {
  std::string url = where.url;
  if (where.is_issuer) {
    auto found = discover(where.url);
    if (!found) return found.error();
    url = *std::move(found);
  }
  auto text = read(url);
  if (!text) return discovery_failed(url, text.error().message);
  auto parsed = parse_jwks(*text);
  if (!parsed) return discovery_failed(url, "what is there is no key set: " + parsed.error().message);
  return std::make_shared<const key_set>(*std::move(parsed));
}

outcome<std::string> key_store::discover(const std::string& issuer) const {
  const std::string url = std::string(without_last_slash(issuer)) + "/.well-known/openid-configuration";
  auto text = fetcher_.get(url, max_discovery_bytes);
  if (!text) return discovery_failed(url, text.error().message);
  json_options options;
  options.plain = options.any_names = true;
  const auto document = read_json(*text, options);
  if (!document || !document->is_object()) return discovery_failed(url, "what is there is no JSON object");
  const value* said = document->find("issuer");
  const value* keys = document->find("jwks_uri");
  if (said == nullptr || !said->is_string() || keys == nullptr || !keys->is_string())
    return discovery_failed(url, "the document has no \"issuer\" or no \"jwks_uri\"");
  if (!is_same_issuer(said->as_string(), issuer))
    return discovery_failed(url, "the document is that of another issuer, " + said->as_string());
  const std::string& place = keys->as_string();
  if (place.rfind("https://", 0) != 0 && (place.rfind("http://", 0) != 0 || issuer.rfind("https://", 0) == 0))
    return discovery_failed(url, "its \"jwks_uri\" must be an https address");
  return place;
}

outcome<std::string> key_store::read(const std::string& url) const {
  if (is_data_url(url)) return decode_data_url(url, max_jwks_bytes);
  return fetcher_.get(url, max_jwks_bytes);
}

}  // namespace hull::backend::auth
