// Bodies of storage_calls.hpp.
#include "functions/storage_calls.hpp"

#include "common/encoding.hpp"

#include <hull/value/base64.hpp>
#include <hull/value/json.hpp>

#include <algorithm>
#include <utility>

namespace hull::backend::functions {
namespace {

outcome<std::optional<files::file_row>> find_argument(database::transaction& tx, const syscall_args& args) {
  auto id = args.text("storageId");
  if (!id) return id.error();
  return files::find_file(tx, *id, args.method());
}

/// Hexadecimal as getMetadata() has it, or base64 as `_storage` has it.
outcome<std::optional<files::sha256_digest>> read_digest(const std::optional<std::string>& text) {
  if (!text) return std::optional<files::sha256_digest>();
  const auto data = text->size() == 64 ? decode_hex(*text) : decode_base64(*text);
  files::sha256_digest digest;
  if (!data || data->size() != digest.size())
    return bad_request("InvalidArgument",
                       "Invalid argument `sha256` for `storage.store`: expected 64 hexadecimal digits, or base64 of 32 "
                       "bytes");
  std::copy(data->begin(), data->end(), digest.begin());
  return std::optional(digest);
}

class stored_file_writer final : public runtime::file_writer {
 public:
  stored_file_writer(files::file_storage& storage, files::upload to, std::optional<files::sha256_digest> expected,
                     std::optional<std::string> content_type)
      : storage_(storage), to_(std::move(to)), expected_(expected), content_type_(std::move(content_type)) {}
  outcome<void> write(std::string_view bytes) override { return to_.write(bytes); }
  outcome<std::string> finish() override { return storage_.finish_upload(std::move(to_), expected_, content_type_); }

 private:
  files::file_storage& storage_;
  files::upload to_;
  const std::optional<files::sha256_digest> expected_;
  const std::optional<std::string> content_type_;
};

class stored_file_reader final : public runtime::file_reader {
 public:
  explicit stored_file_reader(files::open_file file) : file_(std::move(file)) {}
  std::uint64_t size() const override { return file_.row.size; }
  std::optional<std::string> content_type() const override { return file_.row.content_type; }
  outcome<std::string> read(std::uint64_t offset, std::size_t at_most) override {
    const std::uint64_t left = offset < size() ? size() - offset : 0;
    std::string piece(static_cast<std::size_t>(std::min<std::uint64_t>(left, at_most)), '\0');
    auto n = file_.content->read(offset, piece);
    if (!n) return n.error();
    if (*n != piece.size()) return internal_failure("A stored file is shorter than its row says.");
    return piece;
  }

 private:
  const files::open_file file_;
};

}  // namespace

outcome<std::unique_ptr<runtime::file_writer>> store_file(const services& shared, const runtime::file_to_store& what) {
  auto digest = read_digest(what.sha256);
  if (!digest) return digest.error();
  auto begun = shared.files.begin_upload();
  if (!begun) return begun.error();
  return std::unique_ptr<runtime::file_writer>(
      std::make_unique<stored_file_writer>(shared.files, *std::move(begun), *digest, what.content_type));
}

outcome<std::unique_ptr<runtime::file_reader>> open_file(const services& shared, std::string_view storage_id) {
  auto file = shared.files.open_for_function(storage_id, "storage.get");
  if (!file) return file.error();
  if (!*file) return std::unique_ptr<runtime::file_reader>();
  return std::unique_ptr<runtime::file_reader>(std::make_unique<stored_file_reader>(**std::move(file)));
}

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
