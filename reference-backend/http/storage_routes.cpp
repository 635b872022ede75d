// Routes of file storage: uploads to URLs that functions hand out, and downloads.
#include "common/ascii.hpp"
#include "common/busy.hpp"
#include "files/byte_range.hpp"
#include "files/file_storage.hpp"
#include "files/uuid.hpp"
#include "http/routes.hpp"

#include <hull/value/base64.hpp>
#include <hull/value/json.hpp>

#include <algorithm>
#include <utility>

namespace hull::backend::http {
namespace {

constexpr std::string_view path_start = "/api/storage/";
constexpr std::size_t piece_bytes = 256 * 1024;

/// A type and a subtype.
bool is_media_type(std::string_view text) {
  const auto slash = text.find('/');
  return slash != 0 && slash != std::string_view::npos && slash + 1 < text.size() && files::is_content_type(text);
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The SHA-256 of a Digest header; nothing when it names other algorithms only.
outcome<std::optional<files::sha256_digest>> read_digest(std::string_view header) {
  constexpr std::string_view name = "sha-256=";
  while (!header.empty()) {
    const auto comma = header.find(',');
    const std::string_view one = trimmed(header.substr(0, comma));
    header = comma == std::string_view::npos ? std::string_view() : header.substr(comma + 1);
    if (!starts_with_any_case(one, name)) continue;
    const auto data = decode_base64(one.substr(name.size()));
    files::sha256_digest digest;
    if (!data || data->size() != digest.size())
      return bad_request("BadDigest", "The Digest header must be sha-256=<base64 of 32 bytes>.");
    std::copy(data->begin(), data->end(), digest.begin());
    return std::optional(digest);
  }
  return std::optional<files::sha256_digest>();
}

/// Takes a body piece by piece to the store; then answers with the id of the file.
class upload_request : public std::enable_shared_from_this<upload_request> {
 public:
  upload_request(const sync::services& s, std::shared_ptr<exchange> e) : services_(s), exchange_(std::move(e)) {}

  void start() {
    if (auto ready = prepare(); !ready) return refuse(ready.error());
    next();
  }

 private:
  outcome<void> prepare() {
    const request& r = exchange_->head();
    const auto token = r.parameter("token");
    if (!token) return bad_request("BadQueryArgs", "The upload URL needs token=<token>.");
    if (auto ok = services_.app.files().check_token(*token); !ok) return ok.error();
    if (const std::string* type = r.header("content-type")) {
      if (!is_media_type(*type))
        return bad_request("BadContentType", "The Content-Type header is no media type, such as image/png.");
      content_type_ = *type;
    }
    if (const std::string* text = r.header("digest")) {
      auto digest = read_digest(*text);
      if (!digest) return digest.error();
      expected_ = *digest;
    }
    auto begun = services_.app.files().begin_upload();
    if (!begun) return begun.error();
    upload_.emplace(*std::move(begun));
    return {};
  }

  void next() {
    exchange_->read([self = shared_from_this()](outcome<std::string> piece) { self->have(std::move(piece)); });
  }

  void have(outcome<std::string> piece) {
    if (!piece) return refuse(piece.error());
    if (piece->empty()) return finish();
    if (auto written = upload_->write(*piece); !written) return refuse(written.error());
    next();
  }

  void finish() {
    const bool taken = services_.calls.submit([self = shared_from_this()] {
      auto id =
          self->services_.app.files().finish_upload(std::move(*self->upload_), self->expected_, self->content_type_);
      if (!id) return self->refuse(id.error());
      self->exchange_->respond(value_response(value::make_object({{"storageId", *id}})));
    });
    if (!taken) refuse(busy());
  }

  void refuse(const failure& f) {
    upload_.reset();
    exchange_->respond(error_response(f, exchange_->head()));
  }

  const sync::services& services_;
  const std::shared_ptr<exchange> exchange_;
  std::optional<files::upload> upload_;
  std::optional<std::string> content_type_;
  std::optional<files::sha256_digest> expected_;
};

/// Part of a file, read as it is sent.
class file_source final : public byte_source {
 public:
  file_source(std::unique_ptr<files::blob_reader> content, files::byte_range part)
      : content_(std::move(content)), part_(part) {}

  void read(receiver have) override {
    std::string piece(static_cast<std::size_t>(std::min<std::uint64_t>(part_.length, piece_bytes)), '\0');
    auto n = content_->read(part_.first, piece);
    if (!n) return have(n.error());
    if (*n < piece.size()) return have(internal_failure("A stored file is shorter than its row says."));
    part_.first += piece.size();
    part_.length -= piece.size();
    have(std::move(piece));
  }

 private:
  const std::unique_ptr<files::blob_reader> content_;
  files::byte_range part_;
};

outcome<response> download(const request& r, const sync::services& s) {
  const auto name = percent_decode(std::string_view(r.path).substr(path_start.size()), false);
  const auto uuid = name ? files::parse_uuid(*name) : std::nullopt;
  if (!uuid)
    return bad_request("InvalidStoragePath",
                       "The path of a file is /api/storage/<UUID>, as storage.getUrl() gives it.");
  if (const auto component = r.parameter("component"); component && !component->empty())
    return failure{blame::not_found, "StorageFileNotFound", "File " + *uuid + " not found", std::nullopt};
  auto file = s.app.files().open(*uuid);
  if (!file) return file.error();

  const std::uint64_t size = file->row.size;
  std::optional<std::string_view> header;
  if (const std::string* range = r.header("range")) header = *range;
  const auto wanted = files::read_range(header, size);
  if (wanted.kind == files::range_kind::unsatisfiable) {
    auto refusal = error_response(416, "RangeNotSatisfiable",
                                  "The file has " + std::to_string(size) + " bytes, and one range can be asked for.");
    refusal.headers.emplace_back("Content-Range", "bytes */" + std::to_string(size));
    return refusal;
  }
  response answer;
  const std::string type = file->row.content_type.value_or("");
  answer.content_type = files::is_content_type(type) ? type : "application/octet-stream";
  answer.headers = {{"Accept-Ranges", "bytes"}, {"Cache-Control", "private, max-age=2592000"}};
  files::byte_range part{0, size};
  if (wanted.kind == files::range_kind::part) {
    part = wanted.part;
    answer.status = 206;
    answer.headers.emplace_back("Content-Range", "bytes " + std::to_string(part.first) + "-" +
                                                     std::to_string(part.first + part.length - 1) + "/" +
                                                     std::to_string(size));
  } else {
    answer.headers.emplace_back("Digest",
                                "sha-256=" + encode_base64(bytes(file->row.sha256.begin(), file->row.sha256.end())));
  }
  answer.stream_length = part.length;
  answer.stream = std::make_shared<file_source>(std::move(file->content), part);
  return answer;
}

}  // namespace

void add_storage_routes(router& r, const sync::services& s) {
  r.add(
      {"POST", std::string(path_start) + "upload", where_to_run::here, 0, {}, [&s](const std::shared_ptr<exchange>& e) {
         std::make_shared<upload_request>(s, e)->start();
       }});
  r.add({"GET", std::string(path_start) + "*", where_to_run::calls, small_body,
         answering([&s](const request& q) { return download(q, s); })});
}

}  // namespace hull::backend::http
