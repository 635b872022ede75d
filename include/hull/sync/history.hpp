// What an engine remembers for those who look at it: when queries changed, and the last calls. Made when asked for.
#pragma once

#include <hull/config.hpp>
#include <hull/sync/commit.hpp>
#include <hull/sync/inspection.hpp>
#include <hull/sync/requests.hpp>

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hull::sync {

class history {
 public:
  void set_capacity(std::size_t calls);

  void committed(const commit& batch, moment now);
  void finished(const settled_call& done, moment now);

  std::optional<moment> changed_at(std::string_view token) const;
  /// value_size of what the state shows, measured once for each state.
  std::size_t size_of(std::string_view token, const query_state_ptr& state);
  /// Forgets queries that `is_known` does not know.
  template <class Known>
  void forget_queries(Known is_known) {
    erase_if(queries_, [&](const auto& entry) { return !is_known(entry.first); });
  }
  std::vector<finished_call> finished(moment now) const;

 private:
  struct query {
    std::optional<moment> changed;
    query_state_ptr measured;
    std::size_t bytes = 0;
  };
  struct call {
    finished_call what;
    moment ended{0};
  };

  std::size_t capacity_ = 0;
  std::deque<call> calls_;
  boost::unordered_flat_map<std::string, query> queries_;
};

}  // namespace hull::sync

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/sync/history.ipp>
#endif
