// Bodies of storage_calls.hpp.
#include "functions/storage_calls.hpp"

#include "common/encoding.hpp"

#include <hull/value/json.hpp>

#include <utility>

namespace hull::backend::functions {
namespace {

outcome<std::optional<files::file_row>> find_argument(database::transaction& tx, const syscall_args& args) {
  auto id = args.text("storageId");
  if (!id) return id.error();
  return files::find_file(tx, *id, args.method());
}

}  // namespace

outcome<std::string> storage_url(const services& shared, database::transaction& tx, const syscall_args& args) {
  auto file = find_argument(tx, args);
  if (!file) return file.error();
  return *file ? write_json(value(shared.files.url_of(**file))) : std::string("null");
}

outcome<std::string> storage_metadata(database::transaction& tx, const syscall_args& args) {
  auto file = find_argument(tx, args);
  if (!file) return file.error();
  if (!*file) return std::string("null");
  return write_json(
      value::make_object({{"storageId", *args.find("storageId")},
                          {"sha256", encode_hex((*file)->sha256)},
                          {"size", static_cast<double>((*file)->size)},
                          {"contentType", (*file)->content_type ? value(*(*file)->content_type) : value()}}));
}

outcome<std::string> storage_upload_url(const services& shared) {
  auto url = shared.files.make_upload_url();
  if (!url) return url.error();
  return write_json(value(*url));
}

outcome<std::string> storage_delete(database::transaction& tx, const syscall_args& args,
                                    std::vector<files::file_row>& removed) {
  auto file = find_argument(tx, args);
  if (!file) return file.error();
  if (!*file) {
    auto id = args.text("storageId");
    return bad_request("StorageIdNotFound", "storage id " + *id + " not found");
  }
  if (auto gone = files::remove_file(tx, **file); !gone) return gone.error();
  removed.push_back(**std::move(file));
  return std::string("null");
}

}  // namespace hull::backend::functions
