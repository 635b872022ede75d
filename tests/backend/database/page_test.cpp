// Pagination: pages, cursors, journals.
#include "database/cursor.hpp"
#include "fixture.hpp"

namespace hull::backend::database {
namespace {

class Pages : public DatabaseTest {
 protected:
  void SetUp() override {
    for (int i = 1; i <= 9; ++i) ids.push_back(insert("t", R"({"n":)" + std::to_string(i) + "}"));
  }
  static std::string text(const page_result& page) {
    std::string out;
    for (const value& document : page.page) out += write_clean_json(*document.find("n"));
    return out + (page.is_done ? "." : "");
  }
  page_result page(std::string_view query, std::uint32_t size, std::optional<std::string> cursor = std::nullopt,
                   std::optional<std::string> journal = std::nullopt, std::optional<std::string> end = std::nullopt) {
    transaction tx = db->begin();
    page_result out =
        tx.paginate(access::user, json(query), {std::move(cursor), std::move(end), size, {}, {}}, journal).value();
    last_journal = tx.journal_out();
    return out;
  }
  std::string walk(std::string_view query, std::uint32_t size) {
    std::string out;
    std::optional<std::string> cursor;
    for (int i = 0; i < 20; ++i) {
      const page_result p = page(query, size, cursor);
      out += (i ? "|" : "") + text(p);
      if (p.is_done) break;
      cursor = p.continue_cursor;
    }
    return out;
  }
  std::vector<std::string> ids;
  std::optional<std::string> last_journal;
};

TEST_F(Pages, WalkTheWholeQuery) {
  EXPECT_EQ(walk(scan("t"), 4), "1234|5678|9.");
  EXPECT_EQ(walk(scan("t"), 3), "123|456|789|.");
  EXPECT_EQ(walk(scan("t", "[]", "\"desc\""), 4), "9876|5432|1.");
  EXPECT_EQ(walk(scan("t"), 100), "123456789.");
  EXPECT_EQ(walk(scan("nowhere"), 4), ".");
  EXPECT_EQ(walk(scan("t", R"([{"filter":{"$gt":[{"$field":"n"},{"$literal":5}]}}])"), 2), "67|89|.");
}

TEST_F(Pages, KeepTheirEndWhenRunAgain) {
  const page_result first = page(scan("t"), 3);
  ASSERT_EQ(text(first), "123");
  const auto journal = last_journal;
  EXPECT_EQ(journal, first.continue_cursor);
  transaction tx = db->begin();
  ASSERT_TRUE(tx.remove(access::user, ids[1], std::nullopt));
  ASSERT_TRUE(db->commit(std::move(tx), "m"));
  EXPECT_EQ(text(page(scan("t"), 3)), "134") << "without the journal the page slides";
  const page_result again = page(scan("t"), 3, std::nullopt, journal);
  EXPECT_EQ(text(again), "13");
  EXPECT_EQ(again.continue_cursor, first.continue_cursor);
  EXPECT_EQ(last_journal, journal);
}

TEST_F(Pages, LastPageGrowsWithItsJournal) {
  const page_result last = page(scan("t"), 100);
  ASSERT_TRUE(last.is_done);
  const auto journal = last_journal;
  insert("t", R"({"n":0})");
  EXPECT_EQ(text(page(scan("t"), 2, std::nullopt, journal)), "1234567890.");
}

TEST_F(Pages, SplitAtTheirMiddle) {
  const page_result whole = page(scan("t"), 9);
  ASSERT_TRUE(whole.split_cursor);
  EXPECT_EQ(text(page(scan("t"), 1, std::nullopt, std::nullopt, whole.split_cursor)), "12345");
  EXPECT_EQ(text(page(scan("t"), 1, whole.split_cursor, std::nullopt, whole.continue_cursor)), "6789");
  EXPECT_FALSE(page(scan("t"), 2).split_cursor);
  const page_result down = page(scan("t", "[]", "\"desc\""), 9);
  EXPECT_EQ(text(page(scan("t", "[]", "\"desc\""), 1, std::nullopt, std::nullopt, down.split_cursor)), "98765");
}

TEST_F(Pages, ReadOnlyTheirPart) {
  transaction tx = db->begin();
  ASSERT_TRUE(tx.paginate(access::user, json(scan("t")), {{}, {}, 3, {}, {}}, std::nullopt));
  const auto reads = tx.take_reads();
  const timestamp then = db->latest_ts();
  insert("t", "{}");
  EXPECT_TRUE(db->unchanged(*reads, then, db->latest_ts()));
  transaction change = db->begin();
  ASSERT_TRUE(change.remove(access::user, ids[2], std::nullopt));
  ASSERT_TRUE(db->commit(std::move(change), "m"));
  EXPECT_FALSE(db->unchanged(*reads, then, db->latest_ts()));
}

TEST_F(Pages, StopAtRowLimits) {
  const std::string none = scan("t", R"([{"filter":{"$literal":false}}])");
  transaction tx = db->begin();
  page_result p = tx.paginate(access::user, json(none), {{}, {}, 10, 4, {}}, std::nullopt).value();
  EXPECT_EQ(text(p), "");
  EXPECT_FALSE(p.is_done);
  EXPECT_EQ(p.page_status, "SplitRequired");
  std::string cursor = p.continue_cursor;
  int pages = 1;
  for (; !p.is_done && pages < 10; ++pages) {
    transaction next = db->begin();
    p = next.paginate(access::user, json(none), {cursor, {}, 10, 4, {}}, std::nullopt).value();
    cursor = p.continue_cursor;
  }
  EXPECT_EQ(pages, 3);
  transaction recommended = db->begin();
  p = recommended.paginate(access::user, json(scan("t")), {{}, {}, 9, 10, {}}, std::nullopt).value();
  EXPECT_EQ(p.page_status, "SplitRecommended");
}

TEST_F(Pages, RefuseWrongRequests) {
  const auto refused = [&](page_request request, std::optional<std::string> journal = {}) {
    transaction tx = db->begin();
    const auto out = tx.paginate(access::user, json(scan("t")), request, journal);
    return out ? std::string() : out.error().code + ": " + out.error().message;
  };
  EXPECT_EQ(refused({{}, {}, 0, {}, {}}),
            "NoDocumentsForPagination: Must request at least 1 document while paginating");
  EXPECT_EQ(refused({{}, {}, 32001, {}, {}}), "PageSizeTooLarge: Requested too many items: 32001");
  EXPECT_EQ(refused({{}, {}, 1, 0, {}}).substr(0, 22), "InvalidPaginationLimit");
  EXPECT_EQ(refused({"junk", {}, 1, {}, {}}).substr(0, 13), "InvalidCursor");

  const std::string foreign = page(scan("t", R"([{"limit":5}])"), 2).continue_cursor;
  transaction tx = db->begin();
  const auto out = tx.paginate(access::user, json(scan("t")), {foreign, {}, 1, {}, {}}, std::nullopt);
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().message,
            "InvalidCursor: Tried to run a query starting from a cursor, but it looks like this cursor is from a "
            "different query.");
  EXPECT_EQ(*out.error().data, json(R"({"isConvexSystemError":true,"paginationError":"InvalidCursor"})"));

  transaction twice = db->begin();
  ASSERT_TRUE(twice.paginate(access::user, json(scan("t")), {{}, {}, 1, {}, {}}, std::nullopt));
  EXPECT_EQ(code_of(twice.paginate(access::user, json(scan("t")), {{}, {}, 1, {}, {}}, std::nullopt)),
            "MultiplePaginatedDatabaseQueries");
  twice.begin_nested();
  EXPECT_TRUE(twice.paginate(access::user, json(scan("t")), {{}, {}, 1, {}, {}}, std::nullopt))
      << "a nested function may page for itself";
}

TEST(Cursor, CannotBeForged) {
  cursor_sealer::secret secret{};
  const cursor_sealer sealer(secret);
  const cursor_position position{std::string(16, 'f'), "key"};
  const std::string text = sealer.seal(position);
  EXPECT_EQ(sealer.seal(position), text) << "equal positions give equal text";
  EXPECT_EQ(sealer.open(text), position);
  EXPECT_EQ(sealer.open(sealer.seal({std::string(16, 'f'), std::nullopt})),
            (cursor_position{std::string(16, 'f'), std::nullopt}));
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(sealer.open(changed)) << i;
  }
  secret[0] = 1;
  EXPECT_FALSE(cursor_sealer(secret).open(text));
  EXPECT_FALSE(sealer.open(""));
  EXPECT_FALSE(sealer.open("AAAA"));
}

}  // namespace
}  // namespace hull::backend::database
