// The documents of a fake deployment: tables in memory, changed in transactions.
#pragma once

#include <hull/protocol/types.hpp>
#include <hull/value/value.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace hull::mock {

namespace detail {
class transaction;
}

/// Thrown by a function to fail with data, as `throw new ConvexError(data)` does. The client gets the data.
class convex_error : public std::runtime_error {
 public:
  /// Any value: text, or an object with a code.
  explicit convex_error(value data);
  const value& data() const noexcept { return data_; }  ///< What the client gets.

 private:
  value data_;
};

/// Keeps the documents of which it returns true.
using document_filter = std::function<bool(const value& document)>;

/// Reads one table inside a transaction; valid as long as the context it came from. A table that nobody wrote to is
/// empty. A document is an object with `_id` (text) and `_creationTime` (milliseconds); ids are "TABLE-NUMBER" with
/// numbers from 1 in the order of insertion.
class table_reader {
 public:
  /// Made by the contexts of functions, and by `tables`.
  table_reader(detail::transaction& transaction, std::string name);
  /// Nothing when there is no such document in this table.
  std::optional<value> get(std::string_view id) const;
  /// Oldest first.
  array scan(const document_filter& keep = {}) const;
  /// How many documents there are, in this transaction's eyes.
  std::size_t size() const;

 protected:
  detail::transaction* transaction_;  ///< What it reads and writes.
  std::string name_;                  ///< Of the table.
};

/// Writes, too. What is wrong (no such document, a field that begins with '_') throws std::invalid_argument.
class table_writer : public table_reader {
 public:
  /// Made by the contexts of functions, and by `tables`.
  using table_reader::table_reader;
  /// Returns the new document's `_id`.
  std::string insert(object fields);
  /// Sets these fields and erases those; the others stay.
  void patch(std::string_view id, const object& fields, const std::vector<std::string>& erased = {});
  /// All fields become these; `_id` and `_creationTime` stay.
  void replace(std::string_view id, object fields);
  /// Throws std::invalid_argument when there is no such document.
  void remove(std::string_view id);
  /// Removes all documents.
  void clear();
};

/// All tables inside one transaction.
class tables {
 public:
  /// Made by fake_deployment::change and the contexts of functions.
  explicit tables(detail::transaction& transaction) : transaction_(&transaction) {}
  /// One table, to read and to write; it comes to be with its first document.
  table_writer table(std::string name) const { return {*transaction_, std::move(name)}; }
  /// A document of any table.
  std::optional<value> get(std::string_view id) const;

 private:
  detail::transaction* transaction_;
};

}  // namespace hull::mock
