// One SQLite connection with its prepared statements. Used by one thread at a time.
#pragma once

#include "common/failure.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace hull::backend::storage::sqlite {

enum class step_result { row, done, failed };

/// A prepared statement that is being run; gives itself back, reset, when it goes.
class statement {
 public:
  statement(sqlite3_stmt* s) noexcept : stmt_(s) {}
  statement(statement&& other) noexcept : stmt_(std::exchange(other.stmt_, nullptr)) {}
  statement& operator=(statement&&) = delete;
  ~statement() { reset(); }

  // Parameters count from 1. Text and blobs must stay alive until the statement is reset.
  statement& bind(int at, std::uint64_t number);
  statement& bind(int at, std::string_view text);
  statement& bind_blob(int at, std::span<const std::uint8_t> data);
  statement& bind_blob(int at, std::string_view data);
  statement& bind_null(int at);

  step_result step();
  void reset();

  // Columns count from 0; views live until the next step.
  bool is_null(int column) const;
  std::uint64_t number(int column) const;
  std::string_view text(int column) const;
  std::string_view blob(int column) const;

 private:
  sqlite3_stmt* stmt_;
};

class connection {
 public:
  static outcome<std::unique_ptr<connection>> open(const std::filesystem::path& file);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Runs statements that return nothing of interest.
  outcome<void> execute(const char* sql);
  /// Prepares `sql`, a literal, on its first use. What cannot be prepared fails in its first step.
  statement prepare(const char* sql);
  /// What went wrong last.
  failure last_failure(std::string_view doing) const;

 private:
  explicit connection(sqlite3* db) noexcept : db_(db) {}
  sqlite3* db_;
  std::map<const char*, sqlite3_stmt*> prepared_;  ///< By the address of the literal.
};

}  // namespace hull::backend::storage::sqlite
