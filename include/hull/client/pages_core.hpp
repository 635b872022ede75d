// A paginated list behind its handle: the machine, the watches of its pages, and who wants to hear of it.
#pragma once

#include <hull/client/client_core.hpp>
#include <hull/client/paginated_watch.hpp>
#include <hull/client/view.hpp>
#include <hull/config.hpp>
#include <hull/sync/paging.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace hull::detail {

class pages_core final : public view, public std::enable_shared_from_this<pages_core> {
 public:
  pages_core(std::weak_ptr<client_core> client, std::string path, const pages_options& options);

  void set_args(std::optional<value> args);
  bool load_more(double items);
  void reset();
  paginated_state_ptr current() const;
  subscription on_change(std::function<void(const paginated_state_ptr&)> callback);

  void touch(const sync::query_key&) override {}
  /// Brings watches and machine into line; watching a page may show a value that is known already.
  void settle() override;
  void tell() override;

 private:
  /// `current` as observers tell a change by it: the same object until something but staleness changed.
  const paginated_state_ptr& told_state() const { return refused_ ? refused_ : machine_.state(); }
  void watch_pages_of(client_core& client);
  bool is_known() const {
    return told_state()->state != paginated_state::status::loading_first_page || told_state()->is_previous;
  }

  std::weak_ptr<client_core> client_;
  std::string path_;
  pages_options options_;
  sync::paging machine_;
  std::unordered_map<std::string, subscription> watched_;  ///< Page queries, by token.
  paginated_state_ptr refused_;                            ///< Why these arguments can never be listed.
  paginated_state_ptr told_ = machine_.state();
  callback_list<const paginated_state_ptr&> callbacks_;
  bool is_settling_ = false;
  bool is_telling_ = false;
};

}  // namespace hull::detail

#ifndef HULL_SEPARATE_COMPILATION
#include <hull/client/pages_core.ipp>
#endif
