// The parts of a world by themselves: what the checks rely on.
#include "database.hpp"
#include "stage.hpp"
#include "wire.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace hull::sim {
namespace {

value add(const char* tag, double by) { return value::make_object({{"name", "a"}, {"by", by}, {"tag", tag}}); }
const value counter_a = value::make_object({{"name", "a"}});

double count(const database& db, timestamp ts) {
  return db.query("c:get", counter_a, {}, "", ts).result->find("n")->as_double();
}

TEST(sim_chance, is_the_same_everywhere) {
  chance c(1);
  EXPECT_EQ(c.next(), 12966619160104079557u);
  EXPECT_EQ(c.next(), 9600361134598540522u);
}

TEST(sim_schedule, things_happen_in_their_order) {
  schedule time;
  std::string happened;
  time.at(20, [&] { happened += 'c'; });
  time.at(10, [&] {
    happened += 'a';
    time.after(0, [&] { happened += 'B'; });
  });
  time.at(10, [&] { happened += 'b'; });
  time.run(15);
  EXPECT_EQ(happened, "abB");
  EXPECT_EQ(time.now(), 15);
  time.run(20);
  EXPECT_EQ(happened, "abBc");
}

TEST(sim_database, every_version_can_be_read) {
  database db;
  const timestamp before = db.latest();
  const serve::call_result done = db.mutate("s", 1, "c:add", add("t", 2), "");
  EXPECT_EQ(done.ts, db.latest());
  EXPECT_EQ(count(db, before), 0);
  EXPECT_EQ(count(db, done.ts), 2);
  EXPECT_TRUE(db.changed(1, before, done.ts));
  EXPECT_FALSE(db.changed(2, before, done.ts));
  EXPECT_FALSE(db.changed(1, done.ts, done.ts));
}

TEST(sim_database, a_request_of_a_session_happens_once) {
  database db;
  const serve::call_result first = db.mutate("s", 1, "c:add", add("t", 2), "");
  const serve::call_result again = db.mutate("s", 1, "c:add", add("t", 2), "");
  EXPECT_EQ(again.ts, first.ts);
  EXPECT_EQ(db.written("t")->times, 1);
  db.mutate("another", 1, "c:add", add("t", 2), "");
  EXPECT_EQ(db.written("t")->times, 2);
}

TEST(sim_database, what_is_refused_leaves_no_trace) {
  database db;
  const timestamp before = db.latest();
  EXPECT_TRUE(db.mutate("s", 1, "c:refuse", add("t", 0), "").error);
  EXPECT_EQ(db.latest(), before);
  EXPECT_EQ(db.written("t"), nullptr);
}

TEST(sim_database, a_page_ends_where_its_journal_says) {
  database db;
  const auto page = [&](const std::optional<std::string>& journal) {
    const value args = value::make_object({{"paginationOpts", value::make_object({{"numItems", 2}, {"cursor", nullptr}})}});
    return db.query("r:page", args, journal, "", db.latest());
  };
  const answer first = page({});
  EXPECT_EQ(first.result->find("page")->as_array().size(), 2u);
  EXPECT_EQ(first.journal, "2000");
  db.mutate("s", 1, "r:insert", value::make_object({{"at", 1500}, {"tag", "t"}}), "");
  EXPECT_EQ(page(first.journal).result->find("page")->as_array().size(), 3u);
  EXPECT_EQ(page({}).journal, "1500");
}

struct sim_wire : testing::Test {
  stage s{7};
  std::shared_ptr<wire> socket = std::make_shared<wire>(s);
  std::vector<std::string> events;
  sim_wire() {
    socket->at_server = [&](const std::string& frame) { events.push_back("up " + frame); };
    socket->at_client = [&](const std::string& frame) { events.push_back("down " + frame); };
    socket->gone_at_server = [&] { events.push_back("gone"); };
    socket->closed_at_client = [&](std::uint16_t code, const std::string&) { events.push_back("closed " + std::to_string(code)); };
  }
};

TEST_F(sim_wire, frames_keep_their_order) {
  s.now.latency = 500;
  for (const char* frame : {"1", "2", "3"}) socket->from_client(frame);
  s.time.run(10'000);
  EXPECT_EQ(events, (std::vector<std::string>{"up 1", "up 2", "up 3"}));
}

TEST_F(sim_wire, a_clogged_link_delivers_later) {
  socket->clog(1000);
  socket->from_server("1");
  s.time.run(999);
  EXPECT_TRUE(events.empty());
  EXPECT_TRUE(socket->is_whole());
  EXPECT_FALSE(socket->is_clear());
  s.time.run(1010);
  EXPECT_EQ(events, std::vector<std::string>{"down 1"});
  EXPECT_TRUE(socket->is_clear());
}

TEST_F(sim_wire, a_clogged_link_is_not_clear_even_with_nothing_on_its_way) {
  EXPECT_TRUE(socket->is_clear());
  socket->clog(1000);
  s.time.run(999);
  EXPECT_FALSE(socket->is_clear());
  s.time.run(1000);
  EXPECT_TRUE(socket->is_clear());
}

TEST_F(sim_wire, what_was_sent_before_a_close_arrives_before_it) {
  socket->from_server("1");
  socket->close_from_server(1001, "");
  socket->from_server("2");
  s.time.run(100);
  EXPECT_EQ(events, (std::vector<std::string>{"gone", "down 1", "closed 1001"}));
}

TEST_F(sim_wire, a_silent_link_tells_nobody) {
  socket->from_server("1");
  socket->fall_silent();
  socket->from_client("2");
  socket->drop();
  s.time.run(10'000);
  EXPECT_EQ(events, std::vector<std::string>{"gone"});
}

TEST_F(sim_wire, a_client_that_lets_go_hears_nothing_more) {
  socket->from_server("1");
  socket->close_from_client();
  s.time.run(100);
  EXPECT_EQ(events, std::vector<std::string>{"gone"});
}

}  // namespace
}  // namespace hull::sim
