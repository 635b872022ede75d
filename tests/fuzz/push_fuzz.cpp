// Bodies of pushes, and what a push finds in its modules: each line is a JSON text. Whatever is accepted has safe paths,
// and comes back the same when it is read again; whatever is refused says why.
#include "database/schema.hpp"
#include "database/validator.hpp"
#include "deploy/push_request.hpp"
#include "fuzz.hpp"
#include "http/message.hpp"
#include "scheduler/cron_expression.hpp"

#include <hull/value/json.hpp>

#include <set>
#include <string>

namespace {

using namespace hull;
using namespace hull::backend;
using hull::fuzz::require;

/// No id fits: there are no tables.
class no_tables final : public database::table_numbers {
 public:
  std::optional<std::uint32_t> number_of(std::string_view) const override { return std::nullopt; }
  std::optional<std::string> name_of(std::uint32_t) const override { return std::nullopt; }
  bool is_private(std::uint32_t) const override { return false; }
};

void safe(const std::string& path) {
  require(path.ends_with(".js"), "a module is a script");
  require(path.front() != '/' && ("/" + path).find("/../") == std::string::npos &&
              ("/" + path).find("/./") == std::string::npos && path.find('\0') == std::string::npos,
          "a module stays in its folder");
}

void push(const value& body) {
  const auto read = deploy::parse_push(body);
  if (!read) return require(!read.error().message.empty(), "a refusal says why");
  std::set<std::string> paths;
  for (const auto& module : read->changed) {
    safe(module.path);
    require(module.sha256.size() == 64, "a module is complete");
    paths.insert(module.path);
  }
  for (const auto& module : read->unchanged) safe(module.path);

  const auto modules = deploy::assemble_modules(*read, {});
  if (!modules) return require(!modules.error().message.empty(), "a refusal says why");
  require(modules->size() == read->changed.size() && modules->size() == paths.size(), "all modules, and no others");
  deploy::push_request again;
  for (const auto& [path, module] : *modules) again.unchanged.push_back({path, module.node, module.sha256});
  const auto same = deploy::assemble_modules(again, *modules);
  require(same && same->size() == modules->size(), "what was pushed need not be sent again");
}

void validators(const value& json) {
  const auto what = database::parse_validator(json);
  if (!what) return require(what.error().code == "InvalidValidator" && !what.error().message.empty(), "a refusal says why");
  require(!database::to_string(*what).empty(), "a validator can be printed");
  const no_tables tables;
  if (const auto wrong = database::check(*what, json, tables)) require(!wrong->empty(), "a misfit says where");
  database::validator any;
  require(database::is_subset(*what, any), "everything fits v.any()");
  std::vector<std::string> named;
  database::collect_tables(*what, named);
}

void schemas(const value& json) {
  const auto read = database::parse_schema(json);
  if (!read) return require(!read.error().message.empty(), "a refusal says why");
  const no_tables tables;
  for (const auto& [name, table] : read->tables) {
    if (!read->validation) require(!read->check_document(name, json, tables), "nothing is checked that need not be");
    require(database::admits_all_of(*read, &*read, name) || table.document != nullptr, "a table admits what it admits");
  }
}

void cron(std::string_view text) {
  const auto when = scheduler::cron_expression::parse(text);
  if (!when) return;
  const std::int64_t now = 1'700'000'000;
  if (const auto next = when->next(now)) require(*next > now && *next % 60 == 0, "the next time is a minute to come");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  hull::fuzz::reader in(data, size);
  while (!in.empty()) {
    const std::string_view line = in.line();
    cron(line);
    const auto json = http::parse_json(line, "BadJsonBody");
    if (!json) {
      require(!json.error().message.empty(), "a refusal says why");
      continue;
    }
    push(*json);
    validators(*json);
    schemas(*json);
  }
  return 0;
}
