// SPDX-License-Identifier: Apache-2.0
//
// The tables of events and blocks, against the same by the plainest means.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <random>

#include "client/instant_words.h"
#include "tests/collector/replay/random_session.h"
#include "tests/sql/asked.h"

namespace heaptap::sql {
namespace {

using Event = replay::Reference::Event;
using Row = std::vector<std::string>;

/// What the reference has of an event, and what only its allocation tells of a free.
struct KnownEvent {
  Event event;
  std::uint64_t address = 0;
  std::uint64_t bornNs = 0;
  std::uint32_t bornBy = 0;
  std::uint64_t size = 0;
};

class EventsOfSession : public testing::TestWithParam<unsigned> {
 protected:
  EventsOfSession() {
    const replay::Reference reference = session.reference();
    std::map<std::uint64_t, Event> births;
    for (const Event& event : reference.events()) {
      if (!event.isFree) births[event.number] = event;
      const Event& birth = births.at(event.number);
      known.push_back({.event = event,
                       .address = birth.address,
                       .bornNs = birth.atNs,
                       .bornBy = birth.thread,
                       .size = reference.sizeOf(event.pair)});
    }
  }

  static Row rowOf(const KnownEvent& one) {
    const Event& event = one.event;
    return {std::to_string(event.atNs),
            event.isFree ? "free" : "allocation",
            std::to_string(event.number),
            std::to_string(event.thread),
            std::to_string(one.address),
            std::to_string(one.size),
            std::to_string(event.pair),
            std::to_string(one.bornBy),
            event.isFree ? std::to_string(event.atNs - one.bornNs) : "NULL"};
  }
  static constexpr const char* kColumns =
      "SELECT at_ns, kind, number, thread, address, size, pair, allocated_by, lifetime_ns FROM events ";

  void expectSame(const std::string& condition, const std::function<bool(const KnownEvent&)>& isWanted) {
    std::vector<Row> expected;
    for (const KnownEvent& one : known)
      if (isWanted(one)) expected.push_back(rowOf(one));
    EXPECT_EQ(asked.rows(kColumns + condition), expected) << condition;
    // The same with only those columns that the condition needs.
    EXPECT_EQ(asked.value("SELECT count(*) FROM events " + condition), std::to_string(expected.size()))
        << condition;
  }

  replay::RandomSession session{GetParam()};
  std::vector<KnownEvent> known;
  Asked asked{session.file()};
};

TEST_P(EventsOfSession, AreAllThereInTheirOrder) {
  expectSame("", [](const KnownEvent&) { return true; });
  std::uint64_t bytes = 0;
  for (const KnownEvent& one : known) bytes += one.size;
  EXPECT_EQ(asked.rows("SELECT count(*), sum(size) FROM events"),
            (std::vector<Row>{{std::to_string(known.size()), std::to_string(bytes)}}));
}

TEST_P(EventsOfSession, AreFoundByEveryCondition) {
  const auto any = [this]() -> const KnownEvent& {
    return known[static_cast<std::size_t>(session.below(static_cast<int>(known.size())))];
  };
  const auto text = [](auto number) { return std::to_string(number); };
  for (int i = 0; i < 12; ++i) {
    const KnownEvent& a = any();
    const KnownEvent& b = any();
    const std::uint64_t from = std::min(a.event.atNs, b.event.atNs),
                        to = std::max(a.event.atNs, b.event.atNs);
    expectSame("WHERE at_ns BETWEEN " + text(from) + " AND " + text(to),
               [&](const KnownEvent& e) { return e.event.atNs >= from && e.event.atNs <= to; });
    expectSame("WHERE at_ns > " + text(from) + " AND at_ns < " + text(to) + ".5",
               [&](const KnownEvent& e) { return e.event.atNs > from && e.event.atNs <= to; });
    expectSame("WHERE address = " + text(a.address),
               [&](const KnownEvent& e) { return e.address == a.address; });
    expectSame("WHERE address <= " + text(a.address) + " AND address + size > " + text(a.address) +
                   " AND at_ns >= " + text(b.event.atNs),
               [&](const KnownEvent& e) {
                 return e.address <= a.address && e.address + e.size > a.address &&
                        e.event.atNs >= b.event.atNs;
               });
    expectSame("WHERE number = " + text(a.event.number),
               [&](const KnownEvent& e) { return e.event.number == a.event.number; });
    expectSame("WHERE number >= " + text(a.event.number) + " AND kind = 'free'",
               [&](const KnownEvent& e) { return e.event.number >= a.event.number && e.event.isFree; });
    expectSame("WHERE thread = 1 AND kind <> 'free'",
               [&](const KnownEvent& e) { return e.event.thread == 1 && !e.event.isFree; });
    expectSame("WHERE thread IN (0, 2, 7.5, NULL) AND pair IN (" + text(a.event.pair) + ", " +
                   text(b.event.pair) + ")",
               [&](const KnownEvent& e) {
                 return e.event.thread != 1 && (e.event.pair == a.event.pair || e.event.pair == b.event.pair);
               });
    expectSame("WHERE size < " + text(a.size) + " AND kind = 'allocation'",
               [&](const KnownEvent& e) { return e.size < a.size && !e.event.isFree; });
    expectSame("WHERE lifetime_ns > 1000000",
               [&](const KnownEvent& e) { return e.event.isFree && e.event.atNs - e.bornNs > 1'000'000; });
  }
  expectSame("WHERE at_ns > NULL", [](const KnownEvent&) { return false; });
  expectSame("WHERE thread = 1.5", [](const KnownEvent&) { return false; });
  expectSame("WHERE thread = '1'", [](const KnownEvent& e) { return e.event.thread == 1; });
  expectSame("WHERE kind = 'FREE' COLLATE NOCASE", [](const KnownEvent& e) { return e.event.isFree; });
}

TEST_P(EventsOfSession, HaveTheSitesAndStacksOfTheOtherTables) {
  // Each event's own site, against what the table of sites has counted.
  EXPECT_EQ(
      asked.rows(
          "SELECT site, count(*), sum(size) FROM events WHERE kind = 'allocation' GROUP BY 1 ORDER BY 1"),
      asked.rows("SELECT id, allocations, allocated_bytes FROM sites ORDER BY 1"));
  EXPECT_EQ(
      asked.rows(
          "SELECT s.function, count(*) FROM events e JOIN sites s ON s.id = e.site GROUP BY 1 ORDER BY 1"),
      asked.rows("SELECT function, sum(allocations + frees) FROM sites GROUP BY 1 ORDER BY 1"));
  EXPECT_EQ(asked.value("SELECT count(*) FROM events WHERE site = 1"),
            asked.value("SELECT allocations + frees FROM sites WHERE id = 1"));
  EXPECT_EQ(asked.value("SELECT count(*) FROM events WHERE stack = (SELECT stack FROM sites WHERE id = 2)"),
            asked.value("SELECT allocations + frees FROM sites WHERE id = 2"));
}

TEST_P(EventsOfSession, LeaveTheBlocksThatAreLiveAtEachInstant) {
  const replay::Reference reference = session.reference();
  for (int i = 0; i < 10; ++i) {
    const std::uint64_t ns =
        known[static_cast<std::size_t>(session.below(static_cast<int>(known.size())))].event.atNs;
    std::vector<Row> expected;
    for (const auto& [number, block] : reference.after(reference.countUntil(ns)).live)
      expected.push_back(
          {std::to_string(number), std::to_string(block.address), std::to_string(block.atNs),
           std::to_string(ns - block.atNs), std::to_string(model::index(*block.thread)),
           std::to_string(reference.sizeOf(static_cast<std::uint32_t>(model::index(block.pair))))});
    EXPECT_EQ(asked.rows("SELECT number, address, at_ns, age_ns, thread, size FROM blocks_at(" +
                         std::to_string(ns) + ")"),
              expected);
  }
  EXPECT_EQ(asked.rows("SELECT count(*), sum(size) FROM blocks_at('end')"),
            asked.rows("SELECT live_blocks, live_bytes FROM sessions"));
  EXPECT_EQ(asked.value("SELECT sum(size) FROM blocks_at('peak')"),
            asked.value("SELECT peak_bytes FROM sessions"));
  EXPECT_EQ(asked.rows("SELECT m.id, m.live_blocks FROM marks m WHERE m.live_blocks > 0 ORDER BY 1"),
            asked.rows("SELECT m.id, count(*) FROM marks m JOIN blocks_at(m.name) GROUP BY 1 ORDER BY 1"));
}

TEST_P(EventsOfSession, AreAskedAtTimesThatAreWrittenAsEverywhere) {
  v1::Summary summary;
  summary.mutable_info()->set_duration_ns(std::stoull(asked.value("SELECT duration_ns FROM sessions")));
  const auto blocksAt = [](const std::string& instant) {
    return "SELECT number, age_ns FROM blocks_at(" + instant + ")";
  };
  for (const std::string words :
       {"start", "end", "now", "0", "0s", "20us", "50%", "33.3%", "100%", "-0s", "-5us"}) {
    const auto instant = client::instantOf(words, summary);
    ASSERT_TRUE(instant) << words;
    EXPECT_EQ(asked.rows(blocksAt("'" + words + "'")),
              asked.rows(blocksAt(std::to_string(instant->time_ns()))))
        << words;
  }
  for (const std::string words : {"99999h", "-99999h", "100.1%"}) {
    const auto instant = client::instantOf(words, summary);
    ASSERT_FALSE(instant);
    EXPECT_THAT(asked.error(blocksAt("'" + words + "'")).line(), testing::HasSubstr(instant.error().what));
  }
  // A number is ns.
  const std::string end = std::to_string(summary.info().duration_ns());
  EXPECT_EQ(asked.value("SELECT count(*) FROM blocks_at(" + end + ")"),
            asked.value("SELECT count(*) FROM blocks_at"));
  for (const char* const outside : {"-1", "-0.5", "-9e99", "-9e999"})
    EXPECT_THAT(asked.error(blocksAt(outside)).line(), testing::HasSubstr("is before the start")) << outside;
  for (const std::string& outside :
       {end + " + 1", std::string("1 << 60"), std::string("9e18"), std::string("9e99"), std::string("9e999"),
        std::string("9223372036854775807")})
    EXPECT_THAT(asked.error(blocksAt(outside)).line(), testing::HasSubstr("is after the end")) << outside;
  for (const std::string& none : {std::string("NULL"), std::string("x'00'"), std::string("9e999 - 9e999")})
    EXPECT_THAT(asked.error(blocksAt(none)).line(), testing::HasSubstr("the instant is ")) << none;
}

TEST_P(EventsOfSession, AreNotComparedWithWhatTheyNeverAre) {
  for (const std::string condition :
       {"at_ns < 'text'", "at_ns BETWEEN '1s' AND '2s'", "at_ns >= x'00'", "address = '0x7f3a'",
        "thread IN (1, 'x')", "number > ''", "size = '4K'", "site = 'main'", "stack = x''", "kind = 'frees'",
        "kind = 1"}) {
    const Error error = asked.error("SELECT count(*) FROM events WHERE " + condition);
    EXPECT_EQ(error.code, Code::Usage) << condition;
    EXPECT_FALSE(error.remedy.empty()) << condition;
  }
  for (const std::string id : {"-1", "1.5", "9e99", "'main'", "x'00'"})
    EXPECT_EQ(asked.error("SELECT * FROM stacks(" + id + ")").code, Code::Usage) << id;
  EXPECT_TRUE(asked.rows("SELECT * FROM stacks(NULL)").empty()) << "of a join";
  EXPECT_TRUE(asked.rows("SELECT * FROM stacks(4000000)").empty());
}

INSTANTIATE_TEST_SUITE_P(Random, EventsOfSession, testing::Range(1U, 6U));

}  // namespace
}  // namespace heaptap::sql
