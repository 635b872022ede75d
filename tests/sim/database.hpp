// A database that remembers every version of itself, with the few functions that simulated programs call.
//
// Queries: c:get {name}, c:sum, c:odd {name} (throws at odd counts), r:all, r:page {paginationOpts}, me:who, big:text.
// Mutations, each with a `tag` that names the call: c:add {name, by}, c:move {from, to, by}, r:insert {at},
// r:remove {nth}, c:refuse {}. Actions are in the server: they call these.
#pragma once

#include <hull/protocol/types.hpp>
#include <hull/serve/effect.hpp>
#include <hull/value/value.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hull::sim {

using protocol::timestamp;

constexpr std::array<const char*, 4> counter_names{"a", "b", "c", "d"};
/// Which parts of the database something touches: a bit for each counter, and one for the rows.
using parts = std::uint32_t;
constexpr parts row_part = 1u << 4;

struct row {
  double at = 0;  ///< Its place; unique.
  value shown;
};

struct tables {
  std::array<double, 4> counters{};
  std::vector<row> rows;  ///< Ordered by place.
};

struct answer {
  std::optional<value> result;  ///< Nothing: it threw `failure`.
  std::optional<protocol::call_failure> failure;
  std::vector<std::string> log_lines;
  std::optional<std::string> journal;
  parts reads = 0;
};

class database {
 public:
  database();

  timestamp latest() const noexcept { return versions_.back().ts; }
  const tables& at(timestamp ts) const;
  /// True when a commit in (after, up_to] wrote one of these parts.
  bool changed(parts what, timestamp after, timestamp up_to) const;
  answer query(std::string_view path, const value& args, const std::optional<std::string>& journal,
               const std::string& user, timestamp ts) const;

  /// Runs a mutation now, or returns what it returned before when this request of this session ran already.
  serve::call_result mutate(const std::optional<std::string>& session, protocol::request_id request,
                            std::string_view path, const value& args, const std::string& user);

  struct write {
    timestamp ts = 0;
    std::string user;
    int times = 0;
  };
  /// What happened for a call, by its tag; nothing when it had no effect.
  const write* written(const std::string& tag) const;
  /// Called after each commit that had an effect, with the tag of the call and as whom it ran.
  std::function<void(const std::string& tag, const std::string& user)> on_commit;

 private:
  struct version {
    timestamp ts = 0;
    parts wrote = 0;
    std::shared_ptr<const tables> all;
  };
  std::size_t index_of(timestamp ts) const;

  std::vector<version> versions_;
  std::map<std::pair<std::string, protocol::request_id>, serve::call_result> memory_;
  std::map<std::string, write> written_;
};

}  // namespace hull::sim
