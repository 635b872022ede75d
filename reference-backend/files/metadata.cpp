// Bodies of metadata.hpp.
#include "files/metadata.hpp"

#include "common/ids.hpp"
#include "database/validator.hpp"
#include "files/uuid.hpp"

#include <algorithm>
#include <utility>

namespace hull::backend::files {
namespace {

using database::access;
using database::transaction;

constexpr std::string_view table = "_file_storage";
constexpr std::string_view view = "_storage";
constexpr std::string_view index = "by_storage_id";

outcome<file_row> read_row(const value& row) {
  const auto text = [&](std::string_view name) {
    const value* field = row.find(name);
    return field != nullptr && field->is_string() ? field->as_string() : std::string();
  };
  file_row file{text("_id"), text("storageId"), text("storageKey"), {}, 0, std::nullopt};
  const value* hash = row.find("sha256");
  const value* size = row.find("size");
  const bool whole = !file.storage_id.empty() && !file.storage_key.empty() && hash != nullptr &&
                     hash->if_bytes() != nullptr && hash->as_bytes().size() == file.sha256.size() && size != nullptr &&
                     size->if_int64() != nullptr && size->as_int64() >= 0;
  if (!whole) return internal_failure("The row " + file.id + " of _file_storage is damaged.");
  std::copy(hash->as_bytes().begin(), hash->as_bytes().end(), file.sha256.begin());
  file.size = static_cast<std::uint64_t>(size->as_int64());
  if (const value* type = row.find("contentType"); type != nullptr && type->is_string())
    file.content_type = type->as_string();
  return file;
}

outcome<std::optional<file_row>> read_row(const std::optional<value>& row) {
  if (!row) return std::optional<file_row>();
  auto file = read_row(*row);
  if (!file) return file.error();
  return std::optional(*std::move(file));
}

failure wrong_id(const char* code, std::string_view method, const std::string& cause) {
  return bad_request(code, "Invalid argument `storageId` for `" + std::string(method) + "`: " + cause);
}

}  // namespace

outcome<std::optional<file_row>> find_file(transaction& tx, std::string_view storage_id, std::string_view method) {
  if (const auto uuid = parse_uuid(storage_id)) return find_file_by_uuid(tx, *uuid);
  const auto id = document_id::parse(storage_id);
  if (!id)
    return wrong_id("InvalidStorageId", method,
                    "Unable to decode ID: \"" + std::string(storage_id) + "\" is not a valid storage ID");
  if (tx.tables().number_of(view) != id->table) {
    const auto other = tx.tables().name_of(id->table);
    const std::string got = other ? "got Id<\"" + *other + "\"> instead." : "got the id of an unknown table instead.";
    return wrong_id("InvalidArgument", method, "expected to be an Id<\"_storage\">, " + got);
  }
  auto row = tx.get(access::backend, storage_id, table);
  if (!row) return row.error();
  return read_row(*row);
}

outcome<std::optional<file_row>> find_file_by_uuid(transaction& tx, const std::string& uuid) {
  auto rows = tx.lookup(table, index, {value(uuid)}, 1);
  if (!rows) return rows.error();
  return read_row(rows->empty() ? std::nullopt : std::optional(std::move(rows->front())));
}

outcome<std::vector<file_row>> all_files(transaction& tx) {
  auto rows = tx.lookup(table, index, {});
  if (!rows) return rows.error();
  std::vector<file_row> files;
  for (const value& row : *rows) {
    auto file = read_row(row);
    if (!file) return file.error();
    files.push_back(*std::move(file));
  }
  return files;
}

outcome<std::string> insert_file(transaction& tx, const std::string& uuid, const stored_blob& blob,
                                 const std::optional<std::string>& content_type) {
  return tx.insert(access::backend, table,
                   value::make_object({{"storageId", uuid},
                                       {"storageKey", blob.key},
                                       {"sha256", bytes(blob.sha256.begin(), blob.sha256.end())},
                                       {"size", value::int64(static_cast<std::int64_t>(blob.size))},
                                       {"contentType", content_type ? value(*content_type) : value()}}));
}

outcome<void> remove_file(transaction& tx, const file_row& file) {
  auto removed = tx.remove(access::backend, file.id, table);
  if (!removed) return removed.error();
  return {};
}

}  // namespace hull::backend::files
