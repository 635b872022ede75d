// Bodies of virtual_tables.hpp.
#include "database/virtual_tables.hpp"

#include <hull/value/base64.hpp>
#include <hull/value/json.hpp>

namespace hull::backend::database {
namespace {

constexpr std::string_view storage_view = "_storage";
constexpr std::string_view storage_rows = "_file_storage";
constexpr std::string_view jobs_view = "_scheduled_functions";
constexpr std::string_view jobs_rows = "_scheduled_jobs";

void copy(const value& row, std::string_view from, std::string_view to, object& out) {
  if (const value* v = row.find(from); v && !v->is_null()) out.set(std::string(to), *v);
}

object with_system_fields(const value& row) {
  object out;
  copy(row, "_id", "_id", out);
  copy(row, "_creationTime", "_creationTime", out);
  return out;
}

value present_file(const value& row) {
  object out = with_system_fields(row);
  if (const value* hash = row.find("sha256"); hash && hash->if_bytes())
    out.set("sha256", encode_base64(hash->as_bytes()));
  else
    copy(row, "sha256", "sha256", out);
  if (const value* size = row.find("size"); size && size->if_int64())
    out.set("size", static_cast<double>(size->as_int64()));
  copy(row, "contentType", "contentType", out);
  return value(std::move(out));
}

void copy_time(const value& row, std::string_view from, std::string_view to, object& out) {
  if (const value* ns = row.find(from); ns && ns->if_int64())
    out.set(std::string(to),
            static_cast<double>(ns->as_int64() / 1'000'000) + static_cast<double>(ns->as_int64() % 1'000'000) * 1e-6);
}

value present_job(const value& row, const value& args) {
  object out = with_system_fields(row);
  copy(row, "udfPath", "name", out);
  if (const value* text = args.find("args"); text && text->if_bytes()) {
    const bytes& json = text->as_bytes();
    if (auto decoded = read_json({reinterpret_cast<const char*>(json.data()), json.size()}))
      out.set("args", *std::move(decoded));
  }
  copy_time(row, "originalScheduledTs", "scheduledTime", out);
  copy_time(row, "completedTs", "completedTime", out);
  if (const value* state = row.find("state"); state && state->is_object()) {
    object shown;
    copy(*state, "type", "kind", shown);
    for (const char* field : {"error", "request_id", "execution_id"}) copy(*state, field, field, shown);
    out.set("state", value(std::move(shown)));
  }
  return value(std::move(out));
}

}  // namespace

std::optional<std::string_view> physical_table(std::string_view virtual_name) {
  if (virtual_name == storage_view) return storage_rows;
  if (virtual_name == jobs_view) return jobs_rows;
  return std::nullopt;
}

std::optional<std::string_view> virtual_table(std::string_view physical_name) {
  if (physical_name == storage_rows) return storage_view;
  if (physical_name == jobs_rows) return jobs_view;
  return std::nullopt;
}

std::optional<std::string> companion(std::string_view virtual_name, const value& row) {
  if (virtual_name != jobs_view) return std::nullopt;
  const value* id = row.find("argsId");
  return id && id->is_string() ? std::optional(id->as_string()) : std::nullopt;
}

value present(std::string_view virtual_name, const value& row, const value& companion) {
  return virtual_name == storage_view ? present_file(row) : present_job(row, companion);
}

}  // namespace hull::backend::database
