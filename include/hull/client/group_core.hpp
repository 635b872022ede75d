// A group of queries behind its handle.
#pragma once

#include <hull/client/client_core.hpp>
#include <hull/client/view.hpp>
#include <hull/client/watch_group.hpp>
#include <hull/config.hpp>
#include <hull/sync/query_key.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace hull::detail {

class group_core final : public view, public std::enable_shared_from_this<group_core> {
 public:
  explicit group_core(std::weak_ptr<client_core> client) : client_(std::move(client)) {}

  void set_queries(group_queries queries);
  /// The queries go on at another client, which is given the journals that belong to the same deployment.
  void move_to(const std::shared_ptr<client_core>& client);
  group_result current(std::string_view name) const;
  std::map<std::string, group_result, std::less<>> results() const;
  subscription on_change(std::function<void(const std::vector<std::string>&)> callback);

  void touch(const sync::query_key& query) override;
  void settle() override;
  void tell() override;

 private:
  struct entry {
    std::optional<sync::query_key> query;  ///< Nothing when it is skipped or refused.
    query_state_ptr refused;               ///< Why this query can never run.
    query_state_ptr previous;              ///< Shown while `query` loads.
    subscription watching;
  };

  static entry make_entry(group_query query);
  static bool is_same(const entry& a, const entry& b);
  group_result current(const entry& e) const;
  void remember(const std::string& name, const entry& e);
  void watch_entry(client_core& client, const std::string& name, std::optional<std::optional<std::string>> journal);
  void forget(const std::string& name, const entry& e);

  std::weak_ptr<client_core> client_;
  std::map<std::string, entry, std::less<>> entries_;
  std::multimap<std::string, std::string, std::less<>> names_;  ///< By token.
  std::set<std::string> changed_;                            ///< Names, since observers were last told.
  callback_list<const std::vector<std::string>&> callbacks_;
  bool is_changing_ = false;
  bool is_telling_ = false;
};

}  // namespace hull::detail

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/client/group_core.ipp>
#endif
