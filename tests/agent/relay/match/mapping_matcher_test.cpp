// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/match/mapping_matcher.h"

#include <gmock/gmock.h>

#include <map>
#include <random>

#include "tests/agent/relay/decoded_session.h"

namespace heaptap::relay {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using wire::MapChange;

constexpr std::uint64_t kPage = 4096;

/// Pages of a process, and what is told about them. Stacks need not exist for this.
class MappingMatcherTest : public testing::Test {
 protected:
  MappingMatcherTest() {
    v1::RecordRequest thread;
    thread.mutable_threads()->add_threads();
    m_session.apply(thread);
  }
  void change(MapChange change, std::uint64_t firstPage, std::uint64_t pages, unsigned level = 0) {
    m_now += 1000;
    m_matcher.change({m_now, 0}, m_limbo,
                     {.change = change,
                      .range = {firstPage * kPage, (firstPage + pages) * kPage},
                      .origin = wire::Origin::Mmap,
                      .stack = 0,
                      .level = level});
  }
  void map(std::uint64_t firstPage, std::uint64_t pages) { change(MapChange::Mapped, firstPage, pages); }
  void mapOver(std::uint64_t firstPage, std::uint64_t pages) {
    change(MapChange::MappedOver, firstPage, pages);
  }
  void unmap(std::uint64_t firstPage, std::uint64_t pages) { change(MapChange::Unmapping, firstPage, pages); }
  void flush() {
    m_pairs.flush(m_session);
    m_encoder.flush(m_session);
  }
  /// "first+pages" of everything that is mapped, in the order of addresses.
  std::vector<std::string> mapped() {
    std::vector<std::string> ranges;
    m_matcher.mappings().forEach([&](const Mapping& mapping) {
      ranges.push_back(std::to_string(mapping.range.start / kPage) + "+" +
                       std::to_string(mapping.range.bytes() / kPage));
    });
    return ranges;
  }
  std::vector<std::string> story() {
    flush();
    std::vector<std::string> lines;
    for (const auto& event : m_session.events)
      lines.push_back(event.isFree
                          ? "end " + std::to_string(event.number)
                          : "begin " + std::to_string(event.number) + ": " +
                                std::to_string(m_session.pairs.size(static_cast<int>(event.pair)) / kPage) +
                                " at " + std::to_string(event.address / kPage));
    return lines;
  }

  test::DecodedSession m_session;
  BatchEncoder m_encoder;
  PairTable m_pairs;
  MapLimbo m_limbo;
  MappingMatcher m_matcher{m_encoder, m_pairs, [this] {
                             if (m_encoder.full()) flush();
                           }};
  std::uint64_t m_now = 0;
};

TEST_F(MappingMatcherTest, APartialUnmapEndsTheMappingAndBeginsWhatRemainsOfIt) {
  map(10, 8);
  unmap(12, 2);
  EXPECT_THAT(mapped(), ElementsAre("10+2", "14+4"));
  EXPECT_THAT(story(), ElementsAre("begin 0: 8 at 10", "end 0", "begin 1: 2 at 10", "begin 2: 4 at 14"));
  EXPECT_EQ(m_session.peakBytes(), 8 * kPage) << "what remains is never counted beside the whole";
}

TEST_F(MappingMatcherTest, UnmapOfTheBeginningTheEndAndEverything) {
  map(10, 8);
  unmap(10, 1);
  unmap(17, 1);
  EXPECT_THAT(mapped(), ElementsAre("11+6"));
  unmap(11, 6);
  EXPECT_THAT(mapped(), IsEmpty());
  EXPECT_EQ((flush(), m_session.liveBytes()), 0U);
}

TEST_F(MappingMatcherTest, OneUnmapMayEndManyMappingsAndGaps) {
  map(10, 2);
  map(14, 2);
  map(18, 4);
  unmap(11, 9);
  EXPECT_THAT(mapped(), ElementsAre("10+1", "20+2"));
}

TEST_F(MappingMatcherTest, UnmapOfWhatIsUnknownIsNothing) {
  unmap(10, 4);
  EXPECT_THAT(story(), IsEmpty());
  EXPECT_EQ(m_matcher.lost(), 0U);
}

TEST_F(MappingMatcherTest, AFixedMappingReplacesWhatItCovers) {
  map(10, 8);
  mapOver(12, 2);
  EXPECT_THAT(mapped(), ElementsAre("10+2", "12+2", "14+4"));
  EXPECT_EQ(m_matcher.lost(), 0U);
}

TEST_F(MappingMatcherTest, AMappingWhereOneIsMeansThatAnUnmapWasMissed) {
  map(10, 4);
  map(10, 4);
  EXPECT_THAT(mapped(), ElementsAre("10+4"));
  EXPECT_EQ(m_matcher.lost(), 1U);
}

TEST_F(MappingMatcherTest, AMoveIsLiveAllTheTimeAndItsOldPlaceIsFreeAtOnce) {
  map(10, 4);
  change(MapChange::Moving, 10, 4);
  map(10, 1);  // Another thread gets the place before the move has reported.
  change(MapChange::Moved, 30, 8);
  EXPECT_THAT(mapped(), ElementsAre("10+1", "30+8"));
  EXPECT_THAT(story(), ElementsAre("begin 0: 4 at 10", "begin 1: 1 at 10", "end 0", "begin 2: 8 at 30"));
  EXPECT_EQ(m_matcher.lost(), 0U);
}

TEST_F(MappingMatcherTest, AMoveOfAPartLeavesTheRest) {
  map(10, 8);
  change(MapChange::Moving, 12, 2);
  change(MapChange::Moved, 40, 2);
  EXPECT_THAT(mapped(), ElementsAre("10+2", "14+4", "40+2"));
  EXPECT_EQ((flush(), m_session.liveBytes()), 8 * kPage);
  EXPECT_EQ(m_session.peakBytes(), 8 * kPage);
}

TEST_F(MappingMatcherTest, WhatFailedIsAsItWas) {
  map(10, 4);
  change(MapChange::Moving, 10, 4);
  change(MapChange::Failed, 10, 4);
  EXPECT_THAT(story(), ElementsAre("begin 0: 4 at 10"));
  unmap(11, 1);
  change(MapChange::Failed, 11, 1);
  EXPECT_THAT(mapped(), ElementsAre("10+1", "11+1", "12+2"));
  EXPECT_EQ((flush(), m_session.liveBytes()), 4 * kPage);
}

TEST_F(MappingMatcherTest, ASignalHandlerMapsInTheMiddleOfAMove) {
  map(10, 4);
  change(MapChange::Moving, 10, 4, 0);
  map(50, 2);
  change(MapChange::Moving, 50, 2, 1);
  change(MapChange::Failed, 50, 2, 1);
  change(MapChange::Moved, 30, 4, 0);
  EXPECT_THAT(mapped(), ElementsAre("30+4", "50+2"));
}

TEST_F(MappingMatcherTest, AStreamThatEndsInAMoveLeavesTheMappingWhereItWas) {
  map(10, 4);
  change(MapChange::Moving, 10, 4);
  m_matcher.streamEnd({m_now, 0}, m_limbo);
  EXPECT_THAT(mapped(), ElementsAre("10+4"));
}

TEST_F(MappingMatcherTest, OneCallMayEndMoreMappingsThanFitInABatch) {
  const std::uint64_t count = BatchEncoder::kMaxEvents + 100;
  for (std::uint64_t i = 0; i < count; ++i) map(2 * i, 1);
  unmap(0, 2 * count);
  flush();
  EXPECT_EQ(m_session.events.size(), 2 * count);
  EXPECT_EQ(m_session.liveBytes(), 0U);
}

TEST_F(MappingMatcherTest, InheritedMappingsAreNoEventsNeitherWholeNorInPart) {
  m_matcher.inherit({{10 * kPage, 4 * kPage}, {20 * kPage, kPage}});
  unmap(11, 1);
  unmap(20, 1);
  EXPECT_THAT(story(), IsEmpty());
  EXPECT_THAT(mapped(), ElementsAre("10+1", "12+2"));
  std::vector<InheritedHeap::Block> handedOn;
  m_matcher.handOn({}, handedOn);
  ASSERT_EQ(handedOn.size(), 2U);
  EXPECT_EQ(handedOn[1].bytes, 2 * kPage);
}

TEST_F(MappingMatcherTest, AgreesWithAMapOfSinglePagesOnAnyOrderOfCalls) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    MappingMatcherTest::m_limbo.entries.clear();
    std::mt19937 random(seed);
    std::map<std::uint64_t, int> pages;  // The reference: every page that is mapped.
    unmap(0, 200);
    const auto forPages = [&](std::uint64_t first, std::uint64_t count, auto&& act) {
      for (std::uint64_t page = first; page < first + count; ++page) act(page);
    };
    for (int step = 0; step < 200; ++step) {
      const std::uint64_t first = random() % 100;
      const std::uint64_t count = 1 + random() % 12;
      const std::uint64_t to = 100 + random() % 60;
      switch (random() % 4) {
        case 0:
        case 1:
          mapOver(first, count);
          forPages(first, count, [&](std::uint64_t page) { pages[page] = 1; });
          break;
        case 2:
          unmap(first, count);
          forPages(first, count, [&](std::uint64_t page) { pages.erase(page); });
          break;
        default:
          change(MapChange::Moving, first, count);
          forPages(first, count, [&](std::uint64_t page) { pages.erase(page); });
          change(MapChange::Moved, to, count);
          forPages(to, count, [&](std::uint64_t page) { pages[page] = 1; });
      }
      std::map<std::uint64_t, int> found;
      m_matcher.mappings().forEach([&](const Mapping& mapping) {
        forPages(mapping.range.start / kPage, mapping.range.bytes() / kPage,
                 [&](std::uint64_t page) { ASSERT_TRUE(found.emplace(page, 1).second); });
      });
      ASSERT_EQ(found, pages) << "seed " << seed << ", step " << step;
    }
    flush();
    ASSERT_EQ(m_session.liveBytes(), pages.size() * kPage) << "seed " << seed;
  }
}

}  // namespace
}  // namespace heaptap::relay
