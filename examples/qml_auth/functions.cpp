// The notes' functions; convex/notes.ts says the same in TypeScript.
#include "functions.h"

#include "token.h"

#include <hull/mock/fake_deployment.hpp>

#include <algorithm>
#include <optional>
#include <string>

namespace {

using hull::array;
using hull::value;

const value& argument(const value& args, const char* name) {
  const value* found = args.find(name);
  if (!found) throw hull::mock::convex_error(std::string("The argument is missing: ") + name);
  return *found;
}

// Who asks; nobody's notes are shown to nobody.
const std::string& caller(const hull::mock::function_context& context) {
  if (!context.user()) throw hull::mock::convex_error("Sign in first.");
  return context.user()->find("subject")->as_string();
}

// What the deployment knows of the owner of a token; nothing for a token that is not good.
std::optional<value> whose(const std::string& token) {
  const auto claims = claimsOf(QByteArray::fromStdString(token));
  if (!claims) return std::nullopt;
  const auto text = [&](const char* claim) { return claims->value(QLatin1String(claim)).toString().toStdString(); };
  return value::make_object({{"subject", text("sub")},
                             {"issuer", text("iss")},
                             {"tokenIdentifier", text("iss") + "|" + text("sub")},
                             {"name", text("name")},
                             {"email", text("email")}});
}

value mine(hull::mock::query_context& db, const value&) {
  const std::string& owner = caller(db);
  array notes = db.table("notes").scan([&](const value& note) { return note.find("owner")->as_string() == owner; });
  std::reverse(notes.begin(), notes.end());
  return notes;
}

value add(hull::mock::mutation_context& db, const value& args) {
  const std::string& text = argument(args, "text").as_string();
  if (text.empty()) throw hull::mock::convex_error("A note needs a text.");
  return value(db.table("notes").insert({{"owner", caller(db)}, {"text", text}}));
}

value discard(hull::mock::mutation_context& db, const value& args) {
  const std::string& id = argument(args, "id").as_string();
  const auto note = db.table("notes").get(id);
  if (!note || note->find("owner")->as_string() != caller(db)) throw hull::mock::convex_error("That is not your note.");
  db.table("notes").remove(id);
  return {};
}

}  // namespace

void addNoteFunctions(hull::mock::fake_deployment& deployment) {
  deployment.authenticate(whose);
  deployment.change([](hull::mock::tables& db) {
    const auto note = [&](const char* owner, const char* text) {
      db.table("notes").insert({{"owner", owner}, {"text", text}});
    };
    note("ada", "Spare key of the boat house is with the harbour master.");
    note("grace", "The radio on the pilot boat drops out on channel 12. Ask Ken.");
    note("ada", "Birthday present for Grace: the big tide table, framed.");
    note("grace", "Moorings are paid until October.");
    note("ada", "Try the bearings again with the new compass before the autumn crossing.");
    note("linus", "Nothing to note.");
  });
  deployment.query("notes:mine", mine);
  deployment.mutation("notes:add", add);
  deployment.mutation("notes:remove", discard);
}
