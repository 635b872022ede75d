// Bodies of function_context.hpp.
#include <hull/function/path.hpp>
#include <hull/mock/function_context.hpp>
#include <hull/value/json.hpp>

#include "deployment.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace hull::mock {

const std::optional<value>& function_context::user() const noexcept { return call_->who->attributes; }
bool function_context::is_admin() const noexcept { return call_->who->admin; }
void function_context::log(std::string_view text, std::string_view level) {
  call_->log_lines.push_back("[" + std::string(level) + "] " + std::string(text));
}

namespace {

std::string upload_url(detail::deployment& home) {
  return home.server().url() + "/api/storage/upload?token=" + home.new_upload_token();
}

/// A place between two documents: behind the one with this number, in the direction of the page.
struct place {
  bool at_end = false;
  std::uint64_t number = 0;  ///< 0: before the first document.
};

[[noreturn]] void bad_cursor(const std::string& text) {
  throw convex_error(value::make_object({{"isConvexSystemError", true},
                                         {"paginationError", "InvalidCursor"},
                                         {"message", "InvalidCursor: \"" + text + "\" is no cursor of this query."}}));
}

/// Cursors hold for one function, its arguments and a direction.
class cursors {
 public:
  explicit cursors(const std::string& what) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : what) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    mark_ = std::to_string(hash);
  }
  std::string write(const place& p) const { return mark_ + (p.at_end ? ".end" : "." + std::to_string(p.number)); }
  place read(const std::string& text) const {
    if (!text.starts_with(mark_ + ".")) bad_cursor(text);
    const std::string_view rest = std::string_view(text).substr(mark_.size() + 1);
    if (rest == "end") return {true, 0};
    place p;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), p.number);
    if (error != std::errc() || end != rest.data() + rest.size()) bad_cursor(text);
    return p;
  }

 private:
  std::string mark_;
};

std::optional<std::string> optional_text(const value& options, const char* name) {
  const value* field = options.find(name);
  if (!field || field->is_null()) return std::nullopt;
  if (!field->is_string())
    throw std::invalid_argument(std::string("paginationOpts.") + name + " must be a string or null.");
  return field->as_string();
}

std::optional<std::size_t> optional_count(const value& options, const char* name) {
  const value* field = options.find(name);
  if (!field || field->is_null()) return std::nullopt;
  const double* n = field->if_double();
  if (!n || !(*n >= 1) || *n != std::floor(*n))
    throw std::invalid_argument(std::string("paginationOpts.") + name + " must be a whole number of at least 1.");
  return static_cast<std::size_t>(std::min(*n, 1e9));
}

/// The arguments without the part that differs from page to page.
std::string fingerprint(const detail::function_call& call, const std::string& table, bool newest_first) {
  object args = call.args.is_object() ? call.args.as_object() : object();
  args.erase("paginationOpts");
  return call.path + " " + write_json(value(std::move(args))) + " " + table + (newest_first ? " newest" : " oldest");
}

}  // namespace

value query_context::paginate(const std::string& table, const value& options, const page_request& request) {
  if (std::exchange(call_->has_paginated, true)) throw std::logic_error("A function may paginate once.");
  if (!options.is_object())
    throw std::invalid_argument("paginationOpts must be an object {numItems, cursor}, as watch_pages sends it.");
  const auto wanted = optional_count(options, "numItems");
  if (!wanted) throw std::invalid_argument("paginationOpts.numItems is missing.");
  const auto most_read = optional_count(options, "maximumRowsRead");
  const cursors texts(fingerprint(*call_, table, request.newest_first));
  const auto cursor = optional_text(options, "cursor");
  const place from = cursor ? texts.read(*cursor) : place();
  auto end_text = optional_text(options, "endCursor");
  if (!end_text) end_text = call_->journal;
  const std::optional<place> until = end_text ? std::optional(texts.read(*end_text)) : std::nullopt;

  const auto is_behind = [&](std::uint64_t number, const place& p) {
    if (p.at_end) return false;
    return p.number == 0 || (request.newest_first ? number < p.number : number > p.number);
  };
  array page;
  std::vector<std::uint64_t> numbers;  // of the page
  std::size_t read = 0;
  bool stopped_early = false;
  place reached{true, 0};
  table_reader(*transaction_, table);  // checks the name
  const auto& rows = transaction_->read_table(table).rows;
  // Returns false when the page is complete.
  const auto take = [&](std::uint64_t number, const value& document) {
    if (!is_behind(number, from)) return true;
    if (until ? is_behind(number, *until) : page.size() >= *wanted) return false;
    if (most_read && read >= *most_read) {
      stopped_early = true;
      return false;
    }
    ++read;
    if (!request.where || request.where(document)) {
      page.push_back(document);
      numbers.push_back(number);
    }
    reached = {false, number};
    return true;
  };
  bool complete = false;
  if (request.newest_first) {
    for (auto at = rows.rbegin(); at != rows.rend() && !complete; ++at) complete = !take(at->first, at->second);
  } else {
    for (auto at = rows.begin(); at != rows.end() && !complete; ++at) complete = !take(at->first, at->second);
  }
  // Without a pinned end the page ends behind its last document, or with the table.
  place end = until ? *until : reached;
  if (!until && !complete && page.size() < *wanted) end = {true, 0};

  object out;
  out.set("isDone", end.at_end);
  const std::string end_cursor = texts.write(end);
  call_->new_journal = end_cursor;
  out.set("continueCursor", end_cursor);
  out.set("splitCursor", page.size() < 2 ? value() : value(texts.write({false, numbers[page.size() / 2 - 1]})));
  out.set("pageStatus", stopped_early                                 ? value("SplitRequired")
                        : page.size() >= request.split_recommended_at ? value("SplitRecommended")
                                                                      : value());
  out.set("page", std::move(page));
  return value(std::move(out));
}

std::optional<std::string> query_context::storage_url(std::string_view storage_id) const {
  if (!get(storage_id)) return std::nullopt;
  return call_->home.server().url() + "/api/storage/" + std::string(storage_id);
}

std::string mutation_context::generate_upload_url() { return upload_url(call_->home); }
std::string action_context::generate_upload_url() { return upload_url(call_->home); }

namespace {

/// As if the called function had thrown here.
value outcome_or_throw(detail::run_outcome out, detail::function_call& caller) {
  caller.log_lines.insert(caller.log_lines.end(), out.log_lines.begin(), out.log_lines.end());
  if (!out.failure) return std::move(out.result);
  if (out.failure->data) throw convex_error(*out.failure->data);
  throw std::runtime_error(out.failure->message);
}

detail::call_request nested(detail::function_call& caller, std::string_view path, value args) {
  if (!args.is_object()) throw std::invalid_argument("The arguments of a function must be an object.");
  return {std::string(path), std::move(args), caller.who, caller.home.next_request_id()};
}

}  // namespace

value action_context::run_query(std::string_view path, value args) {
  detail::deployment& home = call_->home;
  return outcome_or_throw(home.run_query(nested(*call_, path, std::move(args)), home.latest()), *call_);
}
value action_context::run_mutation(std::string_view path, value args) {
  return outcome_or_throw(call_->home.run_mutation(nested(*call_, path, std::move(args))), *call_);
}
value action_context::run_action(std::string_view path, value args) {
  return outcome_or_throw(call_->home.run_action(nested(*call_, path, std::move(args))), *call_);
}

}  // namespace hull::mock
