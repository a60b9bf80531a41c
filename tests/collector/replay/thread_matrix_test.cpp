// SPDX-License-Identifier: Apache-2.0
//
// Who has freed what whom has allocated, against the same by the plainest means.
#include "collector/replay/thread_matrix.h"

#include <gtest/gtest.h>

#include <bit>
#include <map>
#include <tuple>

#include "collector/replay/allocating_threads.h"
#include "tests/collector/replay/random_session.h"

namespace heaptap::replay {
namespace {

class Matrix : public testing::TestWithParam<unsigned> {
 protected:
  using Groups = std::vector<std::vector<model::PairId>>;

  std::uint64_t anyTime() { return static_cast<std::uint64_t>(session.below(static_cast<int>(end + 1))); }
  Result<model::ThreadMatrix> ask(const model::ThreadMatrixQuery& query) {
    return threadMatrixOf(events, query, end);
  }
  /// Two groups, and some pairs in neither.
  Groups someGroups() const {
    Groups groups(2);
    const std::size_t pairs = session.stored().builder.record().definitions.view().pairs.size();
    for (std::size_t pair = 0; pair < pairs; ++pair)
      if (pair % 3 != 2) groups[pair % 3].push_back(static_cast<model::PairId>(pair));
    return groups;
  }
  static std::uint32_t groupOf(const Groups& groups, std::uint32_t pair) {
    return groups.empty() ? 0 : pair % 3;
  }
  void expectOfEvents(const model::ThreadMatrix& found, const Groups& groups, std::uint64_t fromNs,
                      std::uint64_t untilNs) {
    using Sides =
        std::tuple<std::uint32_t, std::optional<model::ThreadIndex>, std::optional<model::ThreadIndex>>;
    std::map<Sides, std::pair<std::uint64_t, std::uint64_t>> cells;
    std::vector<std::array<std::uint64_t, 64>> lifetimes(groups.empty() ? 1 : groups.size());
    std::map<std::uint64_t, model::ThreadIndex> owners;
    std::map<std::uint64_t, std::uint64_t> bornNs;
    for (const Reference::Event& event : reference.events()) {
      if (!event.isFree) bornNs[event.number] = event.atNs;
      const std::uint32_t group = groupOf(groups, event.pair);
      if (event.atNs < fromNs || event.atNs > untilNs || group == 2) continue;
      const auto thread = static_cast<model::ThreadIndex>(event.thread);
      const std::uint64_t size = reference.sizeOf(event.pair);
      std::optional<model::ThreadIndex> allocatedBy = thread, freedBy;
      if (event.isFree) {
        freedBy = thread;
        allocatedBy = std::nullopt;
        if (const auto owner = owners.find(event.number); owner != owners.end()) {
          allocatedBy = owner->second;
          auto& still = cells[{group, allocatedBy, std::nullopt}];
          --still.first;
          still.second -= size;
        }
        ++lifetimes[group][std::bit_width(std::max<std::uint64_t>(event.atNs - bornNs[event.number], 1)) - 1];
      } else {
        owners[event.number] = thread;
      }
      auto& cell = cells[{group, allocatedBy, freedBy}];
      ++cell.first;
      cell.second += size;
    }
    std::vector<model::ThreadCell> expected;
    for (const auto& [sides, counted] : cells)
      if (counted.first != 0)
        expected.push_back({.group = std::get<0>(sides),
                            .allocatedBy = std::get<1>(sides),
                            .freedBy = std::get<2>(sides),
                            .blocks = counted.first,
                            .bytes = counted.second});
    EXPECT_EQ(found.cells, expected);
    EXPECT_EQ(found.lifetimes, lifetimes);
    if (!found.pairs) return;
    std::map<std::uint32_t, std::uint64_t> allocations;
    for (const Reference::Event& event : reference.events())
      if (!event.isFree && event.atNs >= fromNs && event.atNs <= untilNs && groupOf(groups, event.pair) != 2)
        ++allocations[event.pair];
    std::vector<model::PairAllocations> pairs;
    for (const auto& [pair, count] : allocations)
      pairs.push_back({.pair = static_cast<model::PairId>(pair), .allocations = count});
    EXPECT_EQ(*found.pairs, pairs);
  }

  RandomSession session{GetParam()};
  Reference reference = session.reference();
  std::uint64_t end = reference.events().back().atNs;
  store::SessionReader reader = store::SessionReader::open(session.file()).value();
  StoredEvents events{reader, session.stored().builder.record().definitions.view(), 1, [] { return false; }};
};

TEST_P(Matrix, EachBlockIsWhereItsThreadsAre) {
  for (int i = 0; i < 40; ++i) {
    const auto [after, until] = std::minmax({anyTime(), anyTime()});
    model::ThreadMatrixQuery query{.countsPairs = i % 3 != 0};
    if (i % 4 != 0) query.afterNs = after;
    if (i % 4 != 1) query.untilNs = until;
    if (i % 2 == 0) query.groups = someGroups();
    const auto found = ask(query);
    ASSERT_TRUE(found) << found.error().line();
    const std::uint64_t from = query.afterNs ? after + 1 : 0;
    EXPECT_EQ(found->knownFromNs, from);
    EXPECT_EQ(found->knownUntilNs, query.untilNs.value_or(end));
    expectOfEvents(*found, query.groups, from, query.untilNs.value_or(end));
  }
}

TEST_P(Matrix, OfSomeThreadsIsWhatTheyHaveAllocated) {
  for (int i = 0; i < 10; ++i) {
    const auto [after, until] = std::minmax({anyTime(), anyTime()});
    model::ThreadMatrixQuery query;
    if (i % 2 != 0) query.afterNs = after;
    query.untilNs = until;
    const auto all = ask(query).value();
    query.threads = {model::ThreadIndex{1}, model::ThreadIndex{999'999}};
    const auto some = ask(query).value();
    std::vector<model::ThreadCell> expected = all.cells;
    std::erase_if(expected,
                  [](const model::ThreadCell& cell) { return cell.allocatedBy != model::ThreadIndex{1}; });
    EXPECT_EQ(some.cells, expected);
    std::uint64_t frees = 0, lived = 0;
    for (const model::ThreadCell& cell : some.cells) frees += cell.freedBy ? cell.blocks : 0;
    for (const std::uint64_t each : some.lifetimes.at(0)) lived += each;
    EXPECT_EQ(lived, frees) << "lifetimes are of the same blocks";
  }
}

TEST_P(Matrix, WhatIsEvictedMakesItBeginLater) {
  session.change(
      "DELETE FROM event_blob WHERE sequence < (SELECT sequence FROM event_blob ORDER BY sequence LIMIT 1 "
      "OFFSET 5)");
  const auto found = ask({}).value();
  EXPECT_GT(found.knownFromNs, 0U);
  expectOfEvents(found, {}, found.knownFromNs, end);
}

TEST_P(Matrix, BehindAHoleItBeginsAnew) {
  session.change(
      "DELETE FROM event_blob WHERE sequence = (SELECT sequence FROM event_blob ORDER BY sequence LIMIT 1 "
      "OFFSET 9)");
  const Groups groups = someGroups();
  const auto found = ask({.groups = groups, .countsPairs = true}).value();
  EXPECT_GT(found.knownFromNs, reference.events()[reference.events().size() / 4].atNs);
  expectOfEvents(found, groups, found.knownFromNs, end);
}

TEST_P(Matrix, BeforeAMissingEndItEnds) {
  session.change("DELETE FROM event_blob WHERE sequence = (SELECT max(sequence) FROM event_blob)");
  const auto found = ask({}).value();
  EXPECT_LT(found.knownUntilNs, end);
  const auto none = ask({.afterNs = found.knownUntilNs});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Code::NotFound);
  EXPECT_NE(none.error().remedy.find("those of 0.000 s to "), std::string::npos) << none.error().line();
}

TEST_P(Matrix, WhereAllIsMissingTheRestIsOffered) {
  session.change(
      "DELETE FROM event_blob WHERE sequence < (SELECT sequence FROM event_blob ORDER BY sequence LIMIT 1 "
      "OFFSET 5)");
  const std::uint64_t known = ask({}).value().knownFromNs;
  const auto none = ask({.untilNs = known / 2});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Code::NotFound);
  EXPECT_NE(none.error().remedy.find(" or later are"), std::string::npos) << none.error().line();
}

TEST_P(Matrix, QuestionsThatMakeNoSenseAreRefused) {
  EXPECT_EQ(ask({.afterNs = 9, .untilNs = 8}).error().code, Code::Usage);
  EXPECT_EQ(ask({.groups = {{model::PairId{0}}, {model::PairId{0}}}}).error().code, Code::Usage);
  EXPECT_EQ(ask({.groups = {{model::PairId{1U << 30}}}}).error().code, Code::Usage);
  EXPECT_EQ(ask({.groups = Groups(model::ThreadMatrixQuery::kMostGroups + 1)}).error().code, Code::Usage);
  EXPECT_TRUE(ask({.afterNs = end + 5}).value().cells.empty()) << "nothing happens behind the end";
  EXPECT_TRUE(ask({.afterNs = end, .untilNs = end}).value().cells.empty());
}

INSTANTIATE_TEST_SUITE_P(Random, Matrix, testing::Range(30U, 34U));

TEST(AllocatingThreadsTest, KnowsTheThreadOfEachLiveAllocation) {
  std::mt19937 random(7);
  const auto below = [&](unsigned limit) { return static_cast<unsigned>(random() % limit); };
  for (const unsigned threads : {1U, 3U, 200U, 1000U}) {
    AllocatingThreads owners;
    std::map<std::uint64_t, model::ThreadIndex> expected;
    std::uint64_t number = 1'000'000'000'000;
    std::size_t largest = 0;
    for (int i = 0; i < 100'000; ++i) {
      number += 1 + (below(50) == 0 ? below(3000) : 0);
      const auto thread = static_cast<model::ThreadIndex>(below(threads));
      owners.add(number, thread);
      expected[number] = thread;
      // Most live shortly; some to the end.
      while (expected.size() > 5000 && below(40) != 0) {
        const auto victim = below(8) == 0 ? expected.begin() : std::prev(expected.end());
        EXPECT_EQ(owners.take(victim->first), victim->second);
        EXPECT_EQ(owners.take(victim->first), std::nullopt) << "it is gone";
        expected.erase(victim);
      }
      largest = std::max(largest, owners.bytes());
    }
    EXPECT_EQ(owners.take(3), std::nullopt);
    for (const auto& [own, thread] : expected) EXPECT_EQ(owners.take(own), thread);
    EXPECT_LT(owners.bytes(), largest / 4);
  }
}

TEST(AllocatingThreadsTest, FewThatAreLeftOfVeryManyTakeLittle) {
  AllocatingThreads owners;
  for (std::uint64_t number = 0; number < 4'000'000; ++number) {
    owners.add(number, model::ThreadIndex{static_cast<std::uint32_t>(number % 3)});
    if (number % 1000 != 0) owners.take(number);
  }
  EXPECT_LT(owners.bytes(), 400'000U);
  for (std::uint64_t number = 0; number < 4'000'000; number += 1000)
    EXPECT_EQ(owners.take(number), model::ThreadIndex{static_cast<std::uint32_t>(number % 3)});
}

}  // namespace
}  // namespace heaptap::replay
