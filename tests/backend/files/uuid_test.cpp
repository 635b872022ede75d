// UUIDs as texts.
#include "files/uuid.hpp"

#include "common/seeded_random.hpp"

#include <gtest/gtest.h>

#include <set>

namespace hull::backend::files {
namespace {

TEST(Uuid, AreRandomOnesOfVersionFour) {
  seeded_random random(3);
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    const std::string uuid = make_uuid(random);
    EXPECT_EQ(parse_uuid(uuid), uuid);
    EXPECT_EQ(uuid[14], '4');
    EXPECT_NE(std::string("89ab").find(uuid[19]), std::string::npos) << uuid;
    EXPECT_TRUE(seen.insert(uuid).second);
  }
}

TEST(Uuid, AreReadStrictly) {
  const std::string uuid = "0123abcd-4567-4def-8abc-0123456789ab";
  EXPECT_EQ(parse_uuid("0123ABCD-4567-4DEF-8ABC-0123456789AB"), uuid);
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    std::string changed = uuid;
    changed[i] = changed[i] == '-' ? '0' : '-';
    EXPECT_FALSE(parse_uuid(changed)) << changed;
    changed[i] = 'g';
    EXPECT_FALSE(parse_uuid(changed)) << changed;
    EXPECT_FALSE(parse_uuid(uuid.substr(0, i)));
  }
  EXPECT_FALSE(parse_uuid(uuid + "0"));
  EXPECT_FALSE(parse_uuid("../../../../../../etc/passwd........"));
}

}  // namespace
}  // namespace hull::backend::files
