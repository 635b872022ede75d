// The writes of a transaction that is not committed yet, as documents and as index entries laid over the snapshot.
#pragma once

#include "common/ids.hpp"
#include "database/catalog.hpp"

#include <hull/value/value.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hull::backend::database {

struct pending_document {
  std::optional<value> before;  ///< In the snapshot.
  std::optional<value> after;   ///< Now.
};

class overlay {
 public:
  using document_key = std::pair<internal_id, internal_id>;  ///< Table, document.
  /// Keys that hide or replace the snapshot's; nothing: the key leads nowhere now.
  using entries = std::map<std::string, std::optional<value>, std::less<>>;

  const pending_document* find(const table_info& table, const internal_id& id) const;
  /// `before` is what the transaction saw until now.
  void put(std::shared_ptr<const table_info> table, const internal_id& id, std::optional<value> before,
           std::optional<value> after);

  /// Null when nothing was written to that index.
  const entries* index(index_number number) const;
  const std::map<document_key, pending_document>& documents() const noexcept { return documents_; }

  /// A place to roll back to.
  std::size_t mark() const noexcept { return undo_.size(); }
  void roll_back(std::size_t mark);

 private:
  struct undo_step {
    std::shared_ptr<const table_info> table;
    internal_id id{};
    bool was_pending = false;
    std::optional<value> previous;
  };
  void change_entries(const table_info& table, const std::optional<value>& from, const std::optional<value>& to);
  void forget_entries(const table_info& table, const std::optional<value>& document);

  std::map<document_key, pending_document> documents_;
  std::map<index_number, entries> indexes_;
  std::vector<undo_step> undo_;
};

}  // namespace hull::backend::database
