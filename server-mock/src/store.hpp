// Tables that never change: a commit makes new ones, of which those that it did not write are shared with the old.
#pragma once

#include <hull/mock/tables.hpp>
#include <hull/protocol/types.hpp>
#include <hull/value/value.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace hull::mock::detail {

struct table_data {
  std::map<std::uint64_t, value> rows;  ///< By the number in the id: oldest first.
  std::uint64_t next = 1;
};

struct store {
  std::map<std::string, std::shared_ptr<const table_data>, std::less<>> data;
  protocol::timestamp ts = 0;
};
using store_ptr = std::shared_ptr<const store>;

/// What a function saw, or what a commit changed: whole tables, and single documents. Functions count as tables
/// whose names begin with a blank.
struct touched {
  std::set<std::string, std::less<>> tables;
  std::set<std::string, std::less<>> documents;
};
/// `read` by a query; `written` names for each document its table, too.
bool meets(const touched& read, const touched& written);

/// "messages-17" -> {"messages", 17}; nothing when the text is no id.
std::optional<std::pair<std::string, std::uint64_t>> parse_id(std::string_view id);
std::string make_id(std::string_view table, std::uint64_t number);

/// Reads one store and collects writes beside it.
class transaction {
 public:
  /// `now_ms` becomes the creation time of new documents.
  transaction(store_ptr base, double now_ms) : base_(std::move(base)), now_ms_(now_ms) {}

  std::optional<value> get(std::string_view id);
  const table_data& read_table(const std::string& name);
  std::string insert(const std::string& table, object fields);
  /// Puts this in the place of the document with this id, which must exist. No fields: removes it.
  void write(std::string_view id, std::optional<object> fields);

  double now_ms() const noexcept { return now_ms_; }
  touched& reads() noexcept { return reads_; }
  const touched& writes() const noexcept { return writes_; }
  /// The store with the writes in it, at `ts`.
  store_ptr commit(protocol::timestamp ts) const;

 private:
  const table_data* find(std::string_view table) const;
  table_data& writable(const std::string& table);

  store_ptr base_;
  double now_ms_;
  std::map<std::string, std::shared_ptr<table_data>, std::less<>> changed_;
  touched reads_, writes_;
};

}  // namespace hull::mock::detail
