// The log's functions; convex/feed.ts says the same in TypeScript.
#include "functions.h"

#include <hull/mock/fake_deployment.hpp>

#include <array>
#include <chrono>
#include <string>

namespace {

using hull::value;

constexpr std::array authors{"Ada Lovelace", "Grace Hopper", "Linus", "Barbara", "Alan", "Margaret Hamilton", "Ken"};
constexpr std::array words{
    "Wind south-west five, gusts of seven. Two boats came in early.",
    "North buoy answers again. It was the battery.",
    "The ferry leaves ten minutes late: fog on the bar.",
    "Diesel pump is back in order. Please write down what you take, the book hangs beside the door.",
    "Seal on the slipway. Let it sleep.",
    "Tide table for the coming month is on the board. The spring tide on the ninth is higher than it has been for "
    "three "
    "years, so please check your lines before the evening, and give each other a hand.",
    "Found: one blue glove, left.",
    "Light on the east mole is out, the lamp is ordered. Come in by the west side after dark.",
    "Crane booked for Thursday, nine to twelve.",
    "Quiet day. Eleven in, nine out."};

const value& argument(const value& args, const char* name) {
  const value* found = args.find(name);
  if (!found) throw hull::mock::convex_error(std::string("The argument is missing: ") + name);
  return *found;
}

double now() {
  return static_cast<double>(
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count());
}

value page(hull::mock::query_context& db, const value& args) {
  hull::mock::page_request newest;
  newest.newest_first = true;
  return db.paginate("entries", argument(args, "paginationOpts"), newest);
}

value post(hull::mock::mutation_context& db, const value& args) {
  if (argument(args, "text").as_string().empty()) throw hull::mock::convex_error("An entry needs a text.");
  return value(db.table("entries").insert(
      {{"author", argument(args, "author")}, {"text", argument(args, "text")}, {"at", now()}, {"likes", 0}}));
}

value like(hull::mock::mutation_context& db, const value& args) {
  const std::string& id = argument(args, "id").as_string();
  const auto entry = db.table("entries").get(id);
  if (!entry) throw hull::mock::convex_error("There is no such entry.");
  db.table("entries").patch(id, {{"likes", entry->find("likes")->as_double() + 1}});
  return {};
}

}  // namespace

void addFeedFunctions(hull::mock::fake_deployment& deployment) {
  deployment.change([](hull::mock::tables& db) {
    constexpr double minutes = 60'000;
    const double today = now();
    auto entries = db.table("entries");
    for (int i = 0; i < feedEntries; ++i) {
      const auto at = static_cast<std::size_t>(i);
      entries.insert({{"author", authors[at * 5 % 7]},
                      {"text", words[at * 7 % words.size()]},
                      {"at", today - (feedEntries - i) * 23 * minutes},
                      {"likes", (i * 37) % 11}});
    }
  });
  deployment.query("feed:page", page);
  deployment.mutation("feed:post", post);
  deployment.mutation("feed:like", like);
}
