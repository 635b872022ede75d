// The harbour's functions; convex/boats.ts says the same in TypeScript.
#include "functions.h"

#include <hull/mock/fake_deployment.hpp>

#include <cmath>
#include <string>

namespace {

using hull::value;

struct Boat {
  const char* name;
  const char* owner;
  int berth;
  double length;
  bool paid;
  const char* note;
};

constexpr Boat moored[] = {{"Albatross", "Ada Lovelace", 12, 9.4, true, ""},
                           {"Kittiwake", "Grace Hopper", 3, 7.2, true, "engine out until May"},
                           {"Fulmar", "Linus", 21, 11.8, false, ""},
                           {"Sandpiper", "Barbara Liskov", 7, 6.5, true, ""},
                           {"Gannet", "Alan Turing", 1, 14.1, true, "shore power"},
                           {"Turnstone", "Margaret Hamilton", 16, 8.8, false, "new mooring lines"},
                           {"Guillemot", "Ken Thompson", 9, 10.3, true, ""},
                           {"Avocet", "Radia Perlman", 18, 7.9, true, ""},
                           {"Storm Petrel", "Edsger Dijkstra", 5, 5.6, false, "for sale"},
                           {"Curlew", "Frances Allen", 14, 12.6, true, ""},
                           {"Oystercatcher", "Donald Knuth", 2, 9.9, true, ""},
                           {"Redshank", "Hedy Lamarr", 11, 8.1, true, "radio 72"},
                           {"Shearwater", "Dennis Ritchie", 20, 13.3, false, ""},
                           {"Puffin", "Joan Clarke", 6, 4.9, true, "dinghy on deck"}};

const value& argument(const value& args, const char* name) {
  const value* found = args.find(name);
  if (!found) throw hull::mock::convex_error(std::string("The argument is missing: ") + name);
  return *found;
}

value update(hull::mock::mutation_context& db, const value& args) {
  const std::string& id = argument(args, "id").as_string();
  hull::object fields;
  for (const auto& [name, given] : argument(args, "fields").as_object()) {
    if (name != "name" && name != "owner" && name != "berth" && name != "length" && name != "paid" && name != "note")
      throw hull::mock::convex_error("A boat has no " + name + ".");
    fields.set(name, given);
  }
  if (const value* name = fields.find("name"); name && name->as_string().empty())
    throw hull::mock::convex_error("A boat needs a name.");
  if (const value* length = fields.find("length"); length && !(length->as_double() > 0 && length->as_double() < 40))
    throw hull::mock::convex_error("No boat of this length fits into the harbour.");
  if (const value* berth = fields.find("berth")) {
    const auto taken = db.table("boats").scan(
        [&](const value& boat) { return *boat.find("berth") == *berth && boat.find("_id")->as_string() != id; });
    if (!taken.empty())
      throw hull::mock::convex_error("Berth " + std::to_string(std::lround(berth->as_double())) + " is taken by " +
                                     taken.front().find("name")->as_string() + ".");
  }
  db.table("boats").patch(id, fields);
  return {};
}

}  // namespace

void addBoatFunctions(hull::mock::fake_deployment& deployment) {
  deployment.change([](hull::mock::tables& db) {
    for (const Boat& boat : moored)
      db.table("boats").insert({{"name", boat.name},
                                {"owner", boat.owner},
                                {"berth", boat.berth},
                                {"length", boat.length},
                                {"paid", boat.paid},
                                {"note", boat.note}});
  });
  deployment.query("boats:list", [](hull::mock::query_context& db, const value&) { return db.table("boats").scan(); });
  deployment.mutation("boats:update", update);
}
