// The board's functions; convex/board.ts says the same in TypeScript.
#include "functions.h"

#include <hull/mock/fake_deployment.hpp>

#include <algorithm>
#include <optional>
#include <string>

namespace {

using hull::array;
using hull::object;
using hull::value;

constexpr std::size_t keptStrokes = 120;  // Older ink fades.
constexpr std::size_t longestInk = 256;   // Numbers, two for a point: a longer stroke goes on as another.
constexpr std::size_t longestPiece = 128;

const value& argument(const value& args, const char* name) {
  const value* found = args.find(name);
  if (!found) throw hull::mock::convex_error(std::string("The argument is missing: ") + name);
  return *found;
}

std::optional<value> penOf(hull::mock::mutation_context& db, const value& drawer) {
  array found = db.table("pens").scan([&](const value& pen) { return *pen.find("drawer") == drawer; });
  if (found.empty()) return std::nullopt;
  return found.front();
}

void keep(hull::mock::mutation_context& db, const value& pen, array ink) {
  auto strokes = db.table("strokes");
  strokes.insert({{"color", *pen.find("color")}, {"drawer", *pen.find("drawer")}, {"ink", std::move(ink)}});
  const array all = strokes.scan();
  for (std::size_t i = 0; i + keptStrokes < all.size(); ++i) strokes.remove(all[i].find("_id")->as_string());
}

value draw(hull::mock::mutation_context& db, const value& args) {
  const array& piece = argument(args, "ink").as_array();
  if (piece.size() > longestPiece || piece.size() % 2 != 0)
    throw hull::mock::convex_error("Ink is pairs of numbers, 64 of them at most.");
  object fields{{"drawer", argument(args, "drawer")}, {"name", argument(args, "name")},
                {"color", argument(args, "color")},   {"x", argument(args, "x")},
                {"y", argument(args, "y")},           {"ink", array{}}};
  const auto pen = penOf(db, argument(args, "drawer"));
  const std::string id = pen ? pen->find("_id")->as_string() : db.table("pens").insert(fields);

  array ink = pen ? pen->find("ink")->as_array() : array{};
  ink.insert(ink.end(), piece.begin(), piece.end());
  const bool isDown = argument(args, "down").as_bool();
  if ((!isDown && !ink.empty()) || ink.size() > longestInk) {
    array rest;
    if (isDown) rest.assign(ink.end() - 2, ink.end());
    keep(db, value(fields), std::move(ink));
    ink = std::move(rest);
  }
  fields.set("ink", std::move(ink));
  db.table("pens").patch(id, fields);
  return {};
}

value leave(hull::mock::mutation_context& db, const value& args) {
  if (const auto pen = penOf(db, argument(args, "drawer"))) db.table("pens").remove(pen->find("_id")->as_string());
  return {};
}

value clear(hull::mock::mutation_context& db, const value&) {
  db.table("strokes").clear();
  return {};
}

}  // namespace

void addWhiteboardFunctions(hull::mock::fake_deployment& deployment) {
  deployment.query("board:strokes",
                   [](hull::mock::query_context& db, const value&) { return db.table("strokes").scan(); });
  deployment.query("board:pens", [](hull::mock::query_context& db, const value&) { return db.table("pens").scan(); });
  deployment.mutation("board:draw", draw);
  deployment.mutation("board:leave", leave);
  deployment.mutation("board:clear", clear);
}
