// The one answer behind all copies of a HullTokenReply.
#pragma once

#include "hulltokenreply.h"

#include <hull/error.hpp>

#include <atomic>
#include <functional>
#include <optional>
#include <string>

class HullTokenReplyPrivate {
 public:
  using Answer = hull::result<std::optional<std::string>>;

  explicit HullTokenReplyPrivate(std::function<void(Answer)> deliver) : m_deliver(std::move(deliver)) {}
  ~HullTokenReplyPrivate() { fail("the token source dropped its reply without an answer"); }
  HullTokenReplyPrivate(const HullTokenReplyPrivate&) = delete;
  HullTokenReplyPrivate& operator=(const HullTokenReplyPrivate&) = delete;

  void answer(Answer with) const {
    if (!m_answered.exchange(true)) m_deliver(std::move(with));
  }
  void fail(std::string why) const { answer(hull::error{hull::errc::unauthenticated, std::move(why), {}, {}}); }

 private:
  const std::function<void(Answer)> m_deliver;  // Of hull: safe from any thread, and when the client is gone.
  mutable std::atomic<bool> m_answered = false;
};
