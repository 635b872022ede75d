// Ids of documents that know their table.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <utility>

namespace hull {

/// The id of a document in one table: text that only the deployment understands, kept apart at compile time from
/// the ids of other tables. The tag is any type and need not be complete:
///
///   using user_id = hull::id<struct users>;
///
/// Travels as a string. A default-made id is empty and belongs to no document.
template <class Table>
class id {
 public:
  id() = default;
  /// Takes the text as it is; whether there is such a document only the deployment knows.
  explicit id(std::string text) noexcept : text_(std::move(text)) {}

  const std::string& text() const noexcept { return text_; }  ///< As the deployment wrote it.
  bool empty() const noexcept { return text_.empty(); }       ///< Belongs to no document.

  friend bool operator==(const id&, const id&) = default;  ///< By text.
  /// By the bytes of the text, for sorted containers; it says nothing about the documents.
  friend std::strong_ordering operator<=>(const id& a, const id& b) noexcept { return a.text_ <=> b.text_; }

 private:
  std::string text_;
};

}  // namespace hull

/// For unordered containers with ids as keys.
template <class Table>
struct std::hash<hull::id<Table>> {
  /// The hash of the text.
  std::size_t operator()(const hull::id<Table>& i) const noexcept { return std::hash<std::string>()(i.text()); }
};
