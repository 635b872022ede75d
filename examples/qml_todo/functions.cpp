// The to-do list's functions; convex/tasks.ts says the same in TypeScript.
#include "functions.h"

#include <hull/mock/fake_deployment.hpp>

#include <algorithm>
#include <cmath>
#include <string>

namespace {

using hull::array;
using hull::object;
using hull::value;

constexpr std::size_t longestText = 200;

const value& argument(const value& args, const char* name) {
  const value* found = args.find(name);
  if (!found) throw hull::mock::convex_error(std::string("The argument is missing: ") + name);
  return *found;
}

double rankOf(const value& task) { return task.find("rank")->as_double(); }
bool isDone(const value& task) { return task.find("done")->as_bool(); }

value list(hull::mock::query_context& db, const value& args) {
  const std::string& filter = argument(args, "filter").as_string();
  array rows =
      db.table("tasks").scan([&](const value& task) { return filter == "all" || isDone(task) == (filter == "done"); });
  std::sort(rows.begin(), rows.end(), [](const value& a, const value& b) { return rankOf(a) < rankOf(b); });
  return rows;
}

value summary(hull::mock::query_context& db, const value&) {
  const array tasks = db.table("tasks").scan();
  const auto done = std::count_if(tasks.begin(), tasks.end(), isDone);
  return value::make_object(
      {{"open", static_cast<double>(static_cast<long>(tasks.size()) - done)}, {"done", static_cast<double>(done)}});
}

value add(hull::mock::mutation_context& db, const value& args) {
  const std::string& text = argument(args, "text").as_string();
  if (text.find_first_not_of(" \t\n") == std::string::npos) throw hull::mock::convex_error("A task needs a text.");
  if (text.size() > longestText) throw hull::mock::convex_error("A task has at most 200 characters.");
  double last = 0;
  for (const value& task : db.table("tasks").scan()) last = std::max(last, rankOf(task));
  return value(db.table("tasks").insert({{"text", text}, {"done", false}, {"rank", last + 1}}));
}

value setDone(hull::mock::mutation_context& db, const value& args) {
  db.table("tasks").patch(argument(args, "id").as_string(), {{"done", argument(args, "done")}});
  return {};
}

value move(hull::mock::mutation_context& db, const value& args) {
  if (!std::isfinite(argument(args, "rank").as_double())) throw hull::mock::convex_error("A rank is a finite number.");
  db.table("tasks").patch(argument(args, "id").as_string(), {{"rank", argument(args, "rank")}});
  return {};
}

value discard(hull::mock::mutation_context& db, const value& args) {
  db.table("tasks").remove(argument(args, "id").as_string());
  return {};
}

}  // namespace

void addTodoFunctions(hull::mock::fake_deployment& deployment) {
  deployment.change([](hull::mock::tables& db) {
    double rank = 0;
    for (const char* text :
         {"Order rope for the long mooring", "Paint the north buoy", "Ask Grace about the tide table",
          "Renew the radio licence", "Write down who has the keys", "Plan the autumn crossing"})
      db.table("tasks").insert({{"text", text}, {"done", false}, {"rank", ++rank}});
    db.table("tasks").patch("tasks-2", {{"done", true}});
    db.table("tasks").patch("tasks-4", {{"done", true}});
  });
  deployment.query("tasks:list", list);
  deployment.query("tasks:summary", summary);
  deployment.mutation("tasks:add", add);
  deployment.mutation("tasks:setDone", setDone);
  deployment.mutation("tasks:move", move);
  deployment.mutation("tasks:remove", discard);
}
