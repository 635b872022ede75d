// What a restarted backend reads from the store.
#include "deployed_app.hpp"

#include "functions/deployment.hpp"
#include "functions/stored_text.hpp"

#include <gtest/gtest.h>

namespace hull::backend::functions::test {
namespace {

TEST(stored_text, is_cut_between_characters) {
  std::string text(512 * 1024 - 1, 'a');
  text += "\xc3\xa4" + std::string(600 * 1024, 'b');
  const auto parts = parts_of(text);
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[0].size(), 512u * 1024 - 1);
  array rows;
  for (double number : {2.0, 0.0, 1.0})
    rows.push_back(
        value::make_object({{"part", number}, {"text", std::string(parts[static_cast<std::size_t>(number)])}}));
  EXPECT_EQ(join_parts(rows), text);
  rows.pop_back();
  EXPECT_EQ(join_parts(rows), std::nullopt);
  EXPECT_EQ(parts_of("").size(), 1u);
}

TEST(stored_deployment, comes_back_as_it_was_pushed) {
  const std::string big = "export const x = '" + std::string(3u << 20, 'x') + "'.length;";
  deployed_app d({{"big.js", big},
                  {"m.js",
                   "import { query, object } from './_deps/kit.js';\n"
                   "export const f = query({ args: object({ a: { type: 'string' } }), handler: () => 1 });"}});
  auto tx = d.app().db().begin();
  const auto loaded = load_deployment(tx).value();
  EXPECT_EQ(loaded->generation, read_generation(tx).value());
  EXPECT_FALSE(loaded->empty());
  EXPECT_EQ(loaded->config.server_version, "1.48.0");
  ASSERT_NE(loaded->modules->find("big.js"), nullptr);
  EXPECT_EQ(loaded->modules->find("big.js")->source, big);
  EXPECT_EQ(loaded->modules->all().size(), 3u);
  ASSERT_EQ(loaded->functions.count("m.js:f"), 1u);
  EXPECT_EQ(loaded->functions.at("m.js:f").args.fields.count("a"), 1u);

  d.push({{"m.js", "export {};"}});
  auto later = d.app().db().begin();
  const auto changed = load_deployment(later).value();
  EXPECT_NE(changed->generation, loaded->generation);
  EXPECT_EQ(changed->modules->all().size(), 2u);
  EXPECT_TRUE(changed->functions.empty());
  EXPECT_EQ(changed->config.import_seed, loaded->config.import_seed);
}

}  // namespace
}  // namespace hull::backend::functions::test
