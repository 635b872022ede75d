// How long keys are kept, when their provider is asked again, and what happens while it does not answer.
#include "auth/key_store.hpp"

#include "common/virtual_clock.hpp"
#include "identity_provider.hpp"

#include <gmock/gmock.h>

#include <condition_variable>
#include <future>
#include <thread>

namespace hull::backend::auth {
namespace {

using test::signing_key;
using testing::HasSubstr;
using kind = signing_key::kind;
using namespace std::chrono_literals;

const std::string issuer_url = "https://issuer.example";
const std::string place = issuer_url + "/jwks";
const std::string discovery = issuer_url + "/.well-known/openid-configuration";

class key_store_test : public testing::Test {
 protected:
  key_store_test() { web.publish(issuer_url, {key}); }
  void pass(std::chrono::seconds s) { time.advance(std::chrono::nanoseconds(s).count()); }
  std::string refusal(const key_location& where) {
    const auto keys = store.get(where);
    return keys ? "none" : keys.error().code + ": " + keys.error().message;
  }

  const signing_key key{kind::ed25519, "one"};
  const key_location where{issuer_url, true};
  virtual_clock time;
  test::fake_web web;
  key_store store{web, time};
};

TEST_F(key_store_test, fetches_once_for_a_while) {
  const auto first = store.get(where).value();
  EXPECT_EQ(first->size(), 1u);
  pass(599s);
  EXPECT_EQ(store.get(where).value(), first);
  EXPECT_EQ(web.requests(place), 1);
  pass(1s);
  EXPECT_NE(store.get(where).value(), first);
  EXPECT_EQ(web.requests(place), 2);
  EXPECT_EQ(web.requests(discovery), 2);
}

TEST_F(key_store_test, old_keys_serve_while_the_provider_is_down) {
  const auto first = store.get(where).value();
  web.take_down(place);
  pass(600s);
  EXPECT_EQ(store.get(where).value(), first);
  EXPECT_EQ(store.get(where).value(), first);
  EXPECT_EQ(web.requests(place), 2) << "it is not asked again at once";
  pass(2s);
  EXPECT_EQ(store.get(where).value(), first);
  EXPECT_EQ(web.requests(place), 3);
  pass(3000s);
  EXPECT_THAT(refusal(where), HasSubstr("AuthProviderDiscoveryFailed"));
  web.publish(issuer_url, {key});
  pass(2s);
  EXPECT_EQ(store.get(where).value()->size(), 1u);
}

TEST_F(key_store_test, unfit_keys_are_fetched_again_a_few_times_a_minute) {
  auto keys = store.get(where).value();
  for (int i = 0; i < 20; ++i) keys = store.get(where, keys).value();
  EXPECT_EQ(web.requests(place), 7);
  pass(60s);
  const auto next = store.get(where, keys).value();
  EXPECT_NE(next, keys);
  EXPECT_EQ(store.get(where, keys).value(), next) << "others than the unfit ones are there already";
  EXPECT_EQ(web.requests(place), 8);
}

TEST_F(key_store_test, says_what_is_wrong_with_the_documents) {
  const auto with_discovery = [&](const std::string& document) {
    web.put(discovery, document);
    pass(2s);
    return refusal(where);
  };
  EXPECT_THAT(with_discovery("<html>"), HasSubstr(discovery + ": what is there is no JSON object"));
  EXPECT_THAT(with_discovery("{}"), HasSubstr("no \"issuer\" or no \"jwks_uri\""));
  EXPECT_THAT(with_discovery(R"({"issuer":"https://other","jwks_uri":"https://issuer.example/jwks"})"),
              HasSubstr("another issuer, https://other"));
  EXPECT_THAT(with_discovery(R"({"issuer":"https://issuer.example","jwks_uri":"http://issuer.example/jwks"})"),
              HasSubstr("must be an https address"));
  EXPECT_THAT(with_discovery(R"({"issuer":"https://issuer.example","jwks_uri":"file:///etc/passwd"})"),
              HasSubstr("must be an https address"));
  EXPECT_THAT(with_discovery(std::string(70'000, ' ')), HasSubstr("too large"));
  EXPECT_THAT(with_discovery(R"({"issuer":"https://issuer.example/","jwks_uri":"https://elsewhere/keys"})"),
              HasSubstr("fetched from https://elsewhere/keys: it answered with status 404"));
  web.put("https://elsewhere/keys", "{}");
  pass(2s);
  EXPECT_THAT(refusal(where), HasSubstr("what is there is no key set: it has no array \"keys\""));
  web.put("https://elsewhere/keys", test::key_set_text({key}));
  pass(2s);
  EXPECT_EQ(refusal(where), "none");
}

TEST_F(key_store_test, a_provider_on_this_machine_may_use_plain_http) {
  web.publish("http://127.0.0.1:9000", {key});
  EXPECT_EQ(store.get({"http://127.0.0.1:9000", true}).value()->size(), 1u);
}

TEST_F(key_store_test, keys_may_stand_in_a_data_url) {
  EXPECT_EQ(store.get({"data:application/json," + test::key_set_text({key}), false}).value()->size(), 1u);
  EXPECT_THAT(refusal({"data:,nothing", false}), HasSubstr("it is no JSON"));
  EXPECT_THAT(refusal({"data:nothing", false}), HasSubstr("no comma"));
}

TEST_F(key_store_test, forgets_providers_that_nobody_asks_for) {
  store.get(where).value();
  for (int i = 0; i < 63; ++i) {
    pass(1s);
    store.get({"data:," + std::to_string(i) + test::key_set_text({key}), false});
  }
  store.get(where).value();
  EXPECT_EQ(web.requests(place), 1);
  for (int i = 0; i < 64; ++i) {
    pass(1s);
    store.get({"data:,x" + std::to_string(i), false});
  }
  store.get(where).value();
  EXPECT_EQ(web.requests(place), 2);
}

/// A provider that answers when it is told to.
class slow_provider : public key_store_test {
 protected:
  slow_provider() {
    web.before_answer = [this](const std::string& url) {
      if (url != place) return;
      std::unique_lock lock(mutex);
      ++asked;
      changed.notify_all();
      changed.wait(lock, [&] { return open; });
    };
  }
  void wait_until_asked(int times) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return asked >= times; });
  }
  void let_it_answer(bool yes = true) {
    const std::lock_guard lock(mutex);
    open = yes;
    changed.notify_all();
  }

  std::mutex mutex;
  std::condition_variable changed;
  int asked = 0;
  bool open = false;
};

TEST_F(slow_provider, is_asked_once_however_many_wait) {
  auto first = std::async(std::launch::async, [&] { return store.get(where); });
  wait_until_asked(1);
  std::vector<std::future<outcome<key_store::keys>>> others;
  for (int i = 0; i < 8; ++i) others.push_back(std::async(std::launch::async, [&] { return store.get(where); }));
  let_it_answer();
  const auto keys = first.get().value();
  for (auto& other : others) EXPECT_EQ(other.get().value(), keys);
  EXPECT_EQ(web.requests(place), 1);
}

TEST_F(slow_provider, holds_up_nobody_whose_key_is_there) {
  let_it_answer();
  const auto keys = store.get(where).value();
  let_it_answer(false);
  auto stranger = std::async(std::launch::async, [&] { return store.get(where, keys); });
  wait_until_asked(2);
  EXPECT_EQ(store.get(where).value(), keys);
  let_it_answer();
  EXPECT_NE(stranger.get().value(), keys);
}

TEST_F(slow_provider, does_not_hold_every_thread_there_is) {
  key_store_options options;
  options.max_waiting = 0;
  key_store strict(web, time, options);
  auto first = std::async(std::launch::async, [&] { return strict.get(where); });
  wait_until_asked(1);
  const auto second = strict.get(where);
  let_it_answer();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "AuthProviderBusy");
  EXPECT_EQ(second.error().who, blame::overload);
  EXPECT_TRUE(first.get());
}

TEST_F(key_store_test, a_fetcher_that_throws_stops_nothing) {
  bool broken = true;
  web.before_answer = [&](const std::string&) {
    if (broken) throw std::runtime_error("out of files");
  };
  EXPECT_THAT(refusal(where), HasSubstr("out of files"));
  broken = false;
  pass(2s);
  EXPECT_EQ(refusal(where), "none");
}

}  // namespace
}  // namespace hull::backend::auth
