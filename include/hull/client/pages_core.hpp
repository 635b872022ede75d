// A paginated list behind its handle: the machine, the watches of its pages, and who wants to hear of it.
#pragma once

#include <hull/client/client_core.hpp>
#include <hull/client/paginated_watch.hpp>
#include <hull/config.hpp>
#include <hull/sync/paging.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace hull::detail {

class pages_core : public std::enable_shared_from_this<pages_core> {
 public:
  pages_core(std::weak_ptr<client_core> client, std::string path, const pages_options& options);

  void set_args(std::optional<value> args);
  bool load_more(double items);
  void reset();
  paginated_state_ptr current() const { return refused_ ? refused_ : machine_.state(); }
  subscription on_change(std::function<void(const paginated_state_ptr&)> callback);

 private:
  void listen();
  void on_commit(const commit_info& commit);
  /// Brings watches and machine into line; watching a page may show a value that is known already.
  void settle();
  void tell();

  std::weak_ptr<client_core> client_;
  std::string path_;
  pages_options options_;
  sync::paging machine_;
  std::map<std::string, subscription> watched_;  ///< Page queries, by token.
  subscription commits_;
  paginated_state_ptr refused_;                  ///< Why these arguments can never be listed.
  paginated_state_ptr told_;
  callback_list<const paginated_state_ptr&> callbacks_;
};

}  // namespace hull::detail

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/client/pages_core.ipp>
#endif
