// Faults, decided frame by frame.
#include <hull/mock/fault.hpp>
#include <hull/protocol/codec.hpp>

#include <algorithm>
#include <utility>

namespace hull::mock {

using std::chrono::milliseconds;

fault_plan& fault_plan::delay_between(milliseconds least, milliseconds most) {
  least_delay_ = std::max(least, milliseconds(0));
  most_delay_ = std::max(most, least_delay_);
  return *this;
}
fault_plan& fault_plan::delay_frame(std::size_t sent, milliseconds time) {
  delays_[sent] = time;
  return *this;
}
fault_plan& fault_plan::clog() {
  clogged_ = true;
  return *this;
}
fault_plan& fault_plan::drop_after_sent(std::size_t frames) {
  after_sent_[frames] = {};
  return *this;
}
fault_plan& fault_plan::drop_after_received(std::size_t frames) {
  after_received_[frames] = {};
  return *this;
}
fault_plan& fault_plan::drop_after_bytes(std::size_t bytes) {
  drop_after_bytes_ = bytes;
  return *this;
}
fault_plan& fault_plan::drop_at_random(double probability) {
  drop_probability_ = probability;
  return *this;
}
fault_plan& fault_plan::truncate(std::size_t sent, std::size_t keep_bytes) {
  truncated_[sent] = keep_bytes;
  return *this;
}
fault_plan& fault_plan::duplicate(std::size_t sent) {
  duplicated_[sent] = true;
  return *this;
}
fault_plan& fault_plan::close_after_sent(std::size_t frames, std::uint16_t code, std::string reason) {
  after_sent_[frames] = {code, std::move(reason)};
  return *this;
}
fault_plan& fault_plan::close_after_received(std::size_t frames, std::uint16_t code, std::string reason) {
  after_received_[frames] = {code, std::move(reason)};
  return *this;
}
fault_plan& fault_plan::close_before(std::size_t sent, std::uint16_t code, std::string reason) {
  before_sent_[sent] = {code, std::move(reason)};
  return *this;
}
fault_plan& fault_plan::wrong_start_version(std::size_t transition) {
  wrong_versions_[transition] = true;
  return *this;
}
fault_plan& fault_plan::refuse() {
  refused_ = true;
  return *this;
}
fault_plan& fault_plan::decline_upgrade(unsigned status, std::string body) {
  decline_status_ = status;
  decline_body_ = std::move(body);
  return *this;
}
fault_plan& fault_plan::seed(std::uint64_t seed) {
  seed_ = seed;
  return *this;
}

fault_schedule every_connection(fault_plan plan) {
  return [plan = std::move(plan)](std::size_t connection) mutable {
    fault_plan next = plan;
    plan.seed(std::mt19937_64(connection)());
    return next;
  };
}

fault_schedule first_connections(std::size_t count, fault_plan plan) {
  return [count, every = every_connection(std::move(plan))](std::size_t connection) {
    return connection <= count ? every(connection) : fault_plan();
  };
}

fault_line::fault_line(fault_plan plan) : plan_(std::move(plan)), random_(plan_.seed_) {}

// Not std::uniform_real_distribution, whose numbers differ between standard libraries.
double fault_line::chance() { return static_cast<double>(random_() >> 11) * 0x1p-53; }

fault_line::step fault_line::end(const fault_plan::ending& how) {
  step s;
  s.what = how.code == 0 ? step::kind::drop : step::kind::close;
  if (how.code != 0) s.code = how.code;
  s.reason = how.reason;
  return s;
}

std::string fault_line::with_wrong_start(std::string frame) {
  auto message = protocol::decode_server_message(frame);
  auto* transition = message ? std::get_if<protocol::transition>(&*message) : nullptr;
  if (!transition || plan_.wrong_versions_.count(++transitions_) == 0) return frame;
  ++transition->start.query_set;
  return protocol::encode(*message);
}

fault_line::steps fault_line::sending(std::string frame) {
  steps out;
  if (over_) return out;
  ++sent_;
  if (const auto at = plan_.before_sent_.find(sent_); at != plan_.before_sent_.end()) {
    over_ = true;
    out.push_back(end(at->second));
    out.back().overtakes = true;
    return out;
  }
  if (plan_.drop_probability_ > 0 && chance() < plan_.drop_probability_) {
    over_ = true;
    out.push_back(end({}));
    return out;
  }
  step s;
  if (!plan_.wrong_versions_.empty()) frame = with_wrong_start(std::move(frame));
  if (plan_.most_delay_ > milliseconds(0)) {
    const auto span = static_cast<double>((plan_.most_delay_ - plan_.least_delay_).count() + 1);
    s.delay = plan_.least_delay_ + milliseconds(static_cast<std::int64_t>(chance() * span));
  }
  if (const auto at = plan_.delays_.find(sent_); at != plan_.delays_.end()) s.delay += at->second;
  if (const auto at = plan_.truncated_.find(sent_); at != plan_.truncated_.end() && at->second < frame.size())
    frame.resize(at->second);
  if (frame.size() > plan_.drop_after_bytes_ - sent_bytes_) {
    over_ = true;
    frame.resize(plan_.drop_after_bytes_ - sent_bytes_);
    s.what = step::kind::begin;
    s.text = std::move(frame);
    out.push_back(std::move(s));
    out.push_back(end({}));
    return out;
  }
  sent_bytes_ += frame.size();
  s.text = std::move(frame);
  out.push_back(s);
  if (plan_.duplicated_.count(sent_) != 0) {
    s.delay = milliseconds(0);
    out.push_back(std::move(s));
  }
  if (const auto at = plan_.after_sent_.find(sent_); at != plan_.after_sent_.end()) {
    over_ = true;
    out.push_back(end(at->second));
  }
  return out;
}

fault_line::steps fault_line::receiving() {
  if (over_) return {};
  const auto at = plan_.after_received_.find(++received_);
  if (at == plan_.after_received_.end()) return {};
  over_ = true;
  return {end(at->second)};
}

}  // namespace hull::mock
