// Bodies of deployment_file.hpp.
#include <hull/function/path.hpp>
#include <hull/mock/deployment_file.hpp>

#include "json_file.hpp"

#include <functional>
#include <map>
#include <utility>
#include <vector>

namespace hull::mock {

namespace {

using namespace detail;

/// The field of the arguments that names a document.
std::string id_argument(const value& args) {
  const value* id = args.find("id");
  if (!id || !id->is_string()) throw convex_error("The argument \"id\" must be the _id of a document.");
  return id->as_string();
}

object fields_of(const value& args, std::string_view without = {}) {
  object out;
  for (const auto& [name, v] : args.as_object())
    if (name != without) out.set(name, v);
  return out;
}

/// Those whose fields equal the arguments of the same names.
document_filter equal_to(const value& args) {
  return [wanted = fields_of(args, "paginationOpts")](const value& document) {
    for (const auto& [name, v] : wanted) {
      const value* field = document.find(name);
      if (!field || *field != v) return false;
    }
    return true;
  };
}

using installer = std::function<void(fake_deployment&, const std::string& path, const std::string& table)>;

const std::map<std::string, installer, std::less<>>& built_in_functions() {
  static const std::map<std::string, installer, std::less<>> all = {
      {"list",
       [](fake_deployment& d, const std::string& path, const std::string& table) {
         d.query(path,
                 [table](query_context& db, const value& args) { return value(db.table(table).scan(equal_to(args))); });
       }},
      {"get",
       [](fake_deployment& d, const std::string& path, const std::string& table) {
         d.query(path, [table](query_context& db, const value& args) {
           return db.table(table).get(id_argument(args)).value_or(value());
         });
       }},
      {"page",
       [](fake_deployment& d, const std::string& path, const std::string& table) {
         d.query(path, [table](query_context& db, const value& args) {
           const value* options = args.find("paginationOpts");
           page_request request;
           request.where = equal_to(args);
           return db.paginate(table, options ? *options : value(), request);
         });
       }},
      {"newest_page",
       [](fake_deployment& d, const std::string& path, const std::string& table) {
         d.query(path, [table](query_context& db, const value& args) {
           const value* options = args.find("paginationOpts");
           page_request request;
           request.newest_first = true;
           request.where = equal_to(args);
           return db.paginate(table, options ? *options : value(), request);
         });
       }},
      {"insert",
       [](fake_deployment& d, const std::string& path, const std::string& table) {
         d.mutation(path, [table](mutation_context& db, const value& args) {
           return value(db.table(table).insert(fields_of(args)));
         });
       }},
      {"patch",
       [](fake_deployment& d, const std::string& path, const std::string& table) {
         d.mutation(path, [table](mutation_context& db, const value& args) {
           db.table(table).patch(id_argument(args), fields_of(args, "id"));
           return value();
         });
       }},
      {"replace",
       [](fake_deployment& d, const std::string& path, const std::string& table) {
         d.mutation(path, [table](mutation_context& db, const value& args) {
           db.table(table).replace(id_argument(args), fields_of(args, "id"));
           return value();
         });
       }},
      {"remove",
       [](fake_deployment& d, const std::string& path, const std::string& table) {
         d.mutation(path, [table](mutation_context& db, const value& args) {
           db.table(table).remove(id_argument(args));
           return value();
         });
       }},
  };
  return all;
}

/// What the file says, before any of it is put in.
struct contents {
  std::vector<std::function<void(fake_deployment&)>> functions;
  std::vector<std::pair<std::string, object>> documents;
  std::map<std::string, value> users;
};

void take_function(const std::string& path, const value& what, contents& out, const std::string& place) {
  if (auto ok = check_path(path); !ok) fail_at(place, ok.error().message);
  const object& fields = need_object(what, place);
  const auto answer = [&](auto add) {
    const value* returns = fields.find("returns");
    const value* fails = fields.find("fails");
    if (!returns == !fails) fail_at(place, "needs either \"returns\" or \"fails\"");
    only_fields(fields, {"query", "mutation", "action", "returns", "fails"}, place);
    add(returns ? std::optional(*returns) : std::nullopt, fails ? *fails : value());
  };
  const auto outcome = [](const std::optional<value>& returns, const value& fails) {
    if (!returns) throw convex_error(fails);
    return *returns;
  };
  const value yes(true);
  if (const value* kind = fields.find("query"); kind && *kind == yes)
    return answer([&](std::optional<value> returns, value fails) {
      out.functions.emplace_back([=](fake_deployment& d) {
        d.query(path, [=](query_context&, const value&) { return outcome(returns, fails); });
      });
    });
  if (const value* kind = fields.find("mutation"); kind && *kind == yes)
    return answer([&](std::optional<value> returns, value fails) {
      out.functions.emplace_back([=](fake_deployment& d) {
        d.mutation(path, [=](mutation_context&, const value&) { return outcome(returns, fails); });
      });
    });
  if (const value* kind = fields.find("action"); kind && *kind == yes)
    return answer([&](std::optional<value> returns, value fails) {
      out.functions.emplace_back([=](fake_deployment& d) {
        d.action(path, [=](action_context&, const value&) { return outcome(returns, fails); });
      });
    });
  const value* does = fields.find("does");
  const value* table = fields.find("table");
  if (!does || !table)
    fail_at(place,
            R"(needs {"does": ..., "table": ...}, or {"query": true, "returns": ...} with query, mutation or action)");
  only_fields(fields, {"does", "table"}, place);
  const std::string name = need_text(*table, place + ".table");
  const auto known = built_in_functions().find(need_text(*does, place + ".does"));
  if (known == built_in_functions().end()) {
    std::string text = "there is no \"" + does->as_string() + "\"; there are";
    std::string separator = " ";
    for (const auto& [one, unused] : built_in_functions()) text += std::exchange(separator, ", ") + one;
    fail_at(place + ".does", text);
  }
  out.functions.emplace_back([path, name, install = known->second](fake_deployment& d) { install(d, path, name); });
}

contents take(const value& file) {
  contents out;
  const object& top = need_object(file, "");
  only_fields(top, {"tables", "functions", "users"}, "");
  if (const value* tables = top.find("tables")) {
    for (const auto& [table, rows] : need_object(*tables, ".tables")) {
      const std::string place = ".tables." + table;
      const array& list = need_array(rows, place);
      for (std::size_t i = 0; i < list.size(); ++i)
        out.documents.emplace_back(table, need_object(list[i], place + "[" + std::to_string(i) + "]"));
      // What everybody wants of a table, unless the file says otherwise.
      for (const auto& [name, install] : built_in_functions())
        out.functions.emplace_back(
            [path = table + ":" + name, table, install](fake_deployment& d) { install(d, path, table); });
    }
  }
  if (const value* functions = top.find("functions"))
    for (const auto& [path, what] : need_object(*functions, ".functions"))
      take_function(path, what, out, ".functions[\"" + path + "\"]");
  if (const value* users = top.find("users"))
    for (const auto& [token, user] : need_object(*users, ".users")) {
      need_object(user, ".users[\"" + token + "\"]");
      out.users.emplace(token, user);
    }
  return out;
}

}  // namespace

result<void> add_deployment_text(fake_deployment& deployment, std::string_view text) {
  auto file = read_written_json(text);
  if (!file) return file.error();
  try {
    contents what = take(*file);
    // Documents first: a table or field with a bad name stops everything.
    deployment.change([&](tables& all) {
      for (auto& [table, fields] : what.documents) {
        try {
          all.table(table).insert(std::move(fields));
        } catch (const std::invalid_argument& e) {
          fail_at(".tables." + table, e.what());
        }
      }
    });
    for (const auto& add : what.functions) add(deployment);
    if (!what.users.empty())
      deployment.authenticate([users = std::move(what.users)](const std::string& token) -> std::optional<value> {
        const auto at = users.find(token);
        if (at == users.end()) return std::nullopt;
        return at->second;
      });
  } catch (const bad_file& e) {
    return error{errc::bad_value, e.text, {}, {}};
  }
  return {};
}

result<void> add_deployment_file(fake_deployment& deployment, const std::string& file) {
  const auto text = read_file(file);
  if (!text) return text.error();
  auto done = add_deployment_text(deployment, *text);
  if (done) return done;
  error e = done.error();
  e.message = file + ": " + e.message;
  return e;
}

}  // namespace hull::mock
