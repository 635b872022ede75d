// Syscalls that read and write documents.
#include "common/fields.hpp"
#include "functions/transaction_host.hpp"

#include <hull/value/json.hpp>

#include <utility>

namespace hull::backend::functions {
namespace {

using database::access;

access access_to(std::string_view table) {
  return !table.empty() && table.front() == '_' ? access::user_system : access::user;
}

/// The table that a query expression reads; empty when it names none.
std::string table_of(const value& query) {
  const value* source = query.find("source");
  if (source == nullptr) return {};
  if (const value* table = source->find("tableName"); table != nullptr && table->is_string()) return table->as_string();
  const value* index = source->find("indexName");
  if (index == nullptr || !index->is_string()) return {};
  return index->as_string().substr(0, index->as_string().find('.'));
}

std::optional<std::string_view> view_of(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  return std::string_view(*text);
}

/// The id and the table that a call on one document names.
struct document_reference {
  std::string id;
  std::optional<std::string> table;
};

outcome<document_reference> read_reference(const syscall_args& args) {
  auto id = args.text("id");
  if (!id) return id.error();
  auto table = args.optional_text("table");
  if (!table) return table.error();
  return document_reference{*std::move(id), *std::move(table)};
}

}  // namespace

outcome<std::string> transaction_host::query_stream(const syscall_args& args) {
  auto query = args.required("query");
  if (!query) return query.error();
  auto id = tx_.open_query(access_to(table_of(*query)), *query);
  if (!id) return id.error();
  return "{\"queryId\":" + std::to_string(*id) + "}";
}

outcome<std::string> transaction_host::query_stream_next(const syscall_args& args) {
  auto id = args.count("queryId");
  if (!id) return id.error();
  auto row = tx_.next(*id);
  if (!row) return row.error();
  std::string out = "{\"value\":";
  if (*row)
    append_json(out, **row);
  else
    out += "null";
  out += *row ? ",\"done\":false}" : ",\"done\":true}";
  return out;
}

outcome<std::string> transaction_host::query_cleanup(const syscall_args& args) {
  auto id = args.count("queryId");
  if (!id) return id.error();
  return std::string(tx_.close_query(*id) ? "true" : "false");
}

outcome<std::string> transaction_host::query_page(const syscall_args& args) {
  database::page_request page;
  auto query = args.required("query");
  if (!query) return query.error();
  auto cursor = args.optional_text("cursor");
  if (!cursor) return cursor.error();
  page.cursor = *std::move(cursor);
  auto end_cursor = args.optional_text("endCursor");
  if (!end_cursor) return end_cursor.error();
  page.end_cursor = *std::move(end_cursor);
  auto size = args.count("pageSize");
  if (!size) return size.error();
  page.page_size = *size;
  auto rows = args.optional_count("maximumRowsRead");
  if (!rows) return rows.error();
  page.maximum_rows_read = *rows;
  auto bytes_read = args.optional_count("maximumBytesRead");
  if (!bytes_read) return bytes_read.error();
  page.maximum_bytes_read = *bytes_read;

  auto result = tx_.paginate(access_to(table_of(*query)), *query, page, journal_in_);
  if (!result) return result.error();
  journal_ = tx_.journal_out();
  return write_json(value::make_object({{"page", array(std::move(result->page))},
                                        {"isDone", result->is_done},
                                        {"continueCursor", result->continue_cursor},
                                        {"splitCursor", text_or_null(result->split_cursor)},
                                        {"pageStatus", text_or_null(result->page_status)}}));
}

outcome<std::string> transaction_host::normalize_id(const syscall_args& args) {
  auto table = args.text("table");
  if (!table) return table.error();
  auto id = args.text("idString");
  if (!id) return id.error();
  auto normal = tx_.normalize_id(*table, *id);
  if (!normal) return normal.error();
  return write_json(value::make_object({{"id", text_or_null(*normal)}}));
}

outcome<std::string> transaction_host::snapshot_ts(const syscall_args&) {
  session_.observed_time = true;
  return write_json(value::int64(static_cast<std::int64_t>(tx_.begin_ts())));
}

outcome<std::string> transaction_host::get(const syscall_args& args) {
  auto reference = read_reference(args);
  if (!reference) return reference.error();
  const access who = args.flag("isSystem") ? access::user_system : access::user;
  auto document = tx_.get(who, reference->id, view_of(reference->table));
  if (!document) return document.error();
  return *document ? write_json(**document) : std::string("null");
}

outcome<std::string> transaction_host::count(const syscall_args& args) {
  auto table = args.text("table");
  if (!table) return table.error();
  auto rows = tx_.count(access_to(*table), *table);
  if (!rows) return rows.error();
  return write_json(static_cast<double>(*rows));
}

outcome<void> transaction_host::must_be_mutation(const syscall_args& args) const {
  if (function_.kind == runtime::function_kind::mutation) return {};
  return bad_request("WriteInQuery", "`" + args.method() + "` is not available in queries: only mutations can write.");
}

outcome<std::string> transaction_host::insert(const syscall_args& args) {
  if (auto allowed = must_be_mutation(args); !allowed) return allowed.error();
  auto table = args.text("table");
  if (!table) return table.error();
  auto fields = args.document("value");
  if (!fields) return fields.error();
  auto id = tx_.insert(access::user, *table, *fields);
  if (!id) return id.error();
  return write_json(value::make_object({{"_id", *id}}));
}

outcome<std::string> transaction_host::patch(const syscall_args& args) {
  if (auto allowed = must_be_mutation(args); !allowed) return allowed.error();
  auto reference = read_reference(args);
  if (!reference) return reference.error();
  auto fields = args.document("value");
  if (!fields) return fields.error();
  auto document = tx_.patch(access::user, reference->id, view_of(reference->table), *fields);
  if (!document) return document.error();
  return write_json(*document);
}

outcome<std::string> transaction_host::replace(const syscall_args& args) {
  if (auto allowed = must_be_mutation(args); !allowed) return allowed.error();
  auto reference = read_reference(args);
  if (!reference) return reference.error();
  auto fields = args.document("value");
  if (!fields) return fields.error();
  auto document = tx_.replace(access::user, reference->id, view_of(reference->table), *fields);
  if (!document) return document.error();
  return write_json(*document);
}

outcome<std::string> transaction_host::remove(const syscall_args& args) {
  if (auto allowed = must_be_mutation(args); !allowed) return allowed.error();
  auto reference = read_reference(args);
  if (!reference) return reference.error();
  auto document = tx_.remove(access::user, reference->id, view_of(reference->table));
  if (!document) return document.error();
  return write_json(*document);
}

}  // namespace hull::backend::functions
