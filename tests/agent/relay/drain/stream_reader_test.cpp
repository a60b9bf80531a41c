// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/drain/stream_reader.h"

#include <gmock/gmock.h>

#include <random>

#include "tests/agent/relay/stream_writer.h"

namespace heaptap::relay {
namespace {

using test::StreamWriter;
using wire::EventKind;

/// One thread's stream, read as the drain does, and what the thread writes.
class StreamReaderTest : public testing::Test {
 protected:
  StreamReaderTest()
      : m_memory(SharedMemory::create(test::smallMemory()).value()),
        m_use(m_memory->geometry().chunkCount),
        m_reader(*m_memory, m_use),
        m_writer(*m_memory, 1) {}

  /// Takes all events that are there.
  std::vector<Event> takeAll() {
    m_reader.begin(m_writer.slot().firstChunk[0].load());
    std::vector<Event> events;
    m_reader.refresh();
    while (m_reader.ready()) events.push_back(m_reader.take());
    return events;
  }
  /// Whether the reader abandons the stream for these words, behind a good event.
  bool breaks(std::initializer_list<std::uint64_t> words) {
    m_writer.alloc(1, 0x100, 8);
    m_writer.raw(words);
    const auto events = takeAll();
    EXPECT_FALSE(events.empty());
    EXPECT_EQ(events.front().address(), 0x100U);
    if (m_reader.broken() && events.size() > 1) {
      EXPECT_EQ(events[1].kind(), EventKind::None);
    }
    return m_reader.broken();
  }

  std::unique_ptr<SharedMemory> m_memory;
  ChunkUse m_use;
  StreamReader m_reader;
  StreamWriter m_writer;
};

TEST_F(StreamReaderTest, TakesEventsInTheirOrderAcrossChunks) {
  const std::uint32_t before = test::freeChunks(*m_memory);
  constexpr std::uint64_t kEvents = 3 * wire::kChunkPayload / wire::kAllocBytes;
  for (std::uint64_t i = 1; i <= kEvents; ++i) m_writer.alloc(i, i << 4, i);
  const auto events = takeAll();
  ASSERT_EQ(events.size(), kEvents);
  for (std::uint64_t i = 0; i < kEvents; ++i) {
    EXPECT_EQ(events[i].stamp(), i + 1);
    EXPECT_EQ(events[i].size, i + 1);
  }
  EXPECT_FALSE(m_reader.broken());
  m_reader.end();
  EXPECT_EQ(test::freeChunks(*m_memory), before) << "all chunks are back in the pool";
}

TEST_F(StreamReaderTest, ReadsEveryKindByItsOwnRules) {
  m_writer.raw({wire::headWord(1, 0, EventKind::HeapAlloc),
                wire::addressWord(0x100, wire::Origin::CustomAllocate, 0), wire::stackWord(7, 0, 0),
                wire::heapWord(5, 1ULL << 40)});
  m_writer.raw({wire::headWord(2, 0, EventKind::HeapFree),
                wire::addressWord(0x100, wire::Origin::CustomFree, 0),
                wire::stackWord(8, wire::kGivenStack, 5)});
  m_writer.raw({wire::headWord(3, 2, EventKind::Map), wire::addressWord(0x1000, wire::Origin::Mmap, 0),
                wire::stackWord(9, static_cast<unsigned>(wire::MapChange::Mapped), 0), 8192});
  m_writer.raw({wire::headWord(4, 3, EventKind::Rare),
                wire::rareWord(wire::RareKind::ReallocFailed, 0x200, wire::Origin::Realloc)});
  m_writer.alloc(5, 0x300, 1ULL << 33);
  const auto events = takeAll();
  ASSERT_EQ(events.size(), 5U);
  EXPECT_EQ(events[0].heap, 5U);
  EXPECT_EQ(events[0].size, 1ULL << 40);
  EXPECT_EQ(events[1].heap, 5U);
  EXPECT_EQ(events[1].size, 0U);
  EXPECT_EQ(events[2].heap, wire::kMappingsHeap);
  EXPECT_EQ(events[2].size, 8192U);
  EXPECT_TRUE(events[3].is(wire::RareKind::ReallocFailed));
  EXPECT_FALSE(events[3].is(wire::RareKind::Fork));
  EXPECT_EQ(events[3].level(), 3U);
  EXPECT_EQ(events[4].kind(), EventKind::AllocLarge);
  EXPECT_EQ(events[4].size, 1ULL << 33);
}

TEST_F(StreamReaderTest, ShortEventsAreTheSameAtTheTimeOfTheOneBefore) {
  constexpr std::uint64_t kHighest = (1ULL << 48) - 16;
  m_writer.raw({wire::shortWord(EventKind::ShortFree, 0x100, wire::Origin::Free, 0)});
  m_writer.alloc(7, 0x300, 8);
  m_writer.raw({wire::shortWord(EventKind::ShortAlloc, kHighest, wire::Origin::AlignedAlloc, 12),
                wire::stackWord(0xAB'CDEF, 0x12, 0xFFFF'FFFF)});
  m_writer.raw({wire::shortWord(EventKind::ShortFree, 0x300, wire::Origin::DeleteSized, 0xFF)});
  m_writer.free(9, 0x400);
  m_writer.raw({wire::shortWord(EventKind::ShortFree, 0, wire::Origin::Free, 0)});
  const auto events = takeAll();
  ASSERT_EQ(events.size(), 6U);
  EXPECT_EQ(events[0].stamp(), 0U) << "there is none before";
  EXPECT_EQ(events[2].kind(), EventKind::Alloc);
  EXPECT_EQ(events[2].stamp(), 7U);
  EXPECT_EQ(events[2].address(), kHighest);
  EXPECT_EQ(events[2].origin(), wire::Origin::AlignedAlloc);
  EXPECT_EQ(events[2].extra(), 12U);
  EXPECT_EQ(events[2].stack, 0xAB'CDEFU);
  EXPECT_EQ(events[2].attribute, 0x12);
  EXPECT_EQ(events[2].size, 0xFFFF'FFFFU);
  EXPECT_EQ(events[3].kind(), EventKind::Free);
  EXPECT_EQ(events[3].stamp(), 7U);
  EXPECT_EQ(events[3].origin(), wire::Origin::DeleteSized);
  EXPECT_EQ(events[3].extra(), 0xFFU);
  EXPECT_EQ(events[3].level(), 0U);
  EXPECT_EQ(events[5].stamp(), 9U);
  EXPECT_FALSE(m_reader.broken());
}

TEST_F(StreamReaderTest, AShortEventHasTheStampOfTheChunkBefore) {
  m_writer.alloc(7, 0x300, 8);
  constexpr std::size_t kEvents = 3 * wire::kChunkPayload / wire::kShortFreeBytes;
  for (std::size_t i = 0; i < kEvents; ++i)
    m_writer.raw({wire::shortWord(EventKind::ShortFree, 0x300, wire::Origin::Free, 0)});
  const auto events = takeAll();
  ASSERT_EQ(events.size(), kEvents + 1);
  for (const Event& event : events) ASSERT_EQ(event.stamp(), 7U);
}

TEST_F(StreamReaderTest, AbandonsAStreamWithAnUnknownKind) {
  EXPECT_TRUE(breaks({wire::headWord(2, 0, static_cast<EventKind>(15)), 0, 0, 0}));
}
TEST_F(StreamReaderTest, AbandonsAStreamWithAnUnknownRareKind) {
  EXPECT_TRUE(breaks({wire::headWord(2, 0, EventKind::Rare),
                      wire::addressWord(0, wire::Origin::Unknown, wire::kRareKinds)}));
}
TEST_F(StreamReaderTest, AbandonsAStreamWithAnUnknownChangeOfMappings) {
  EXPECT_TRUE(breaks({wire::headWord(2, 0, EventKind::Map), 0, wire::stackWord(0, wire::kMapChanges, 0), 1}));
}
TEST_F(StreamReaderTest, AbandonsAStreamWithAnUnknownOrigin) {
  EXPECT_TRUE(breaks({wire::headWord(2, 0, EventKind::Free), std::uint64_t{wire::kOrigins} << 48}));
}
TEST_F(StreamReaderTest, AbandonsAStreamWithAnUnknownOriginInAShortEvent) {
  EXPECT_TRUE(
      breaks({wire::shortWord(EventKind::ShortFree, 0x100, static_cast<wire::Origin>(wire::kOrigins), 0)}));
}
TEST_F(StreamReaderTest, AbandonsAStreamWithAShortEventThatIsCutShort) {
  EXPECT_TRUE(breaks({wire::shortWord(EventKind::ShortAlloc, 0x100, wire::Origin::Malloc, 0)}));
}
TEST_F(StreamReaderTest, AbandonsAStreamWithASizeBeyondAllMemory) {
  EXPECT_TRUE(breaks({wire::headWord(2, 0, EventKind::AllocLarge), 0x300, 0, 1ULL << 48}));
}
TEST_F(StreamReaderTest, AbandonsAStreamWithAnEventThatIsCutShort) {
  EXPECT_TRUE(breaks({wire::headWord(2, 0, EventKind::Map), 0x300, 0}));
}

TEST_F(StreamReaderTest, GivesNothingAnyMoreOfAnAbandonedStream) {
  m_writer.alloc(1, 0x100, 8);
  takeAll();
  m_writer.chunk().published = 4;  // Runs back, and is no whole word.
  EXPECT_FALSE(m_reader.refresh());
  EXPECT_TRUE(m_reader.broken());
  m_writer.chunk().published = wire::kAllocBytes;
  EXPECT_FALSE(m_reader.refresh());
  EXPECT_FALSE(m_reader.lookAhead());
  m_reader.end();
}

TEST_F(StreamReaderTest, NeverLooksAheadOfWhatIsPublished) {
  for (std::uint64_t i = 1; i <= 3; ++i) m_writer.alloc(i, i << 8, 8);
  m_reader.begin(m_writer.slot().firstChunk[0].load());
  ASSERT_TRUE(m_reader.refresh());
  for (std::uint64_t i = 1; i <= 3; ++i) EXPECT_EQ(m_reader.lookAhead()->address, i << 8);
  EXPECT_FALSE(m_reader.lookAhead());
}

TEST_F(StreamReaderTest, LooksAheadInShortEventsToo) {
  m_writer.alloc(1, 0x100, 8);
  m_writer.raw({wire::shortWord(EventKind::ShortFree, 0x200, wire::Origin::Free, 0)});
  m_writer.raw({wire::shortWord(EventKind::ShortAlloc, 0x300, wire::Origin::Malloc, 0), 0});
  m_reader.begin(m_writer.slot().firstChunk[0].load());
  ASSERT_TRUE(m_reader.refresh());
  for (std::uint64_t i = 1; i <= 3; ++i) EXPECT_EQ(m_reader.lookAhead()->address, i << 8);
  EXPECT_FALSE(m_reader.lookAhead());
}

TEST_F(StreamReaderTest, SeesThePairsOfAllocationsAhead) {
  m_writer.alloc(1, 0x100, 8, 5);
  m_writer.free(2, 0x100);
  m_writer.alloc(3, 0x200, 1ULL << 33, 5);
  m_reader.begin(m_writer.slot().firstChunk[0].load());
  ASSERT_TRUE(m_reader.refresh());
  const auto allocation = m_reader.lookAhead();
  ASSERT_TRUE(allocation && allocation->pair);
  EXPECT_EQ(allocation->pair->word, wire::stackWord(5, wire::attributeOf(allocation->pair->word), 8));
  EXPECT_FALSE(m_reader.lookAhead()->pair) << "a free has none";
  EXPECT_FALSE(m_reader.lookAhead()->pair) << "its size is written elsewhere";
  const Event taken = m_reader.take();
  EXPECT_EQ(taken.pair()->word, allocation->pair->word);
  EXPECT_EQ(taken.pair()->rest, allocation->pair->rest);
}

TEST_F(StreamReaderTest, TakesAnEventAsItWasCheckedWhateverItBecomes) {
  m_writer.free(1, 0x100);
  m_reader.begin(m_writer.slot().firstChunk[0].load());
  ASSERT_TRUE(m_reader.refresh());
  // Now as long as four words, of which two are published.
  reinterpret_cast<std::uint64_t*>(&m_writer.chunk() + 1)[0] = wire::headWord(1, 0, EventKind::Map);
  const Event event = m_reader.take();
  EXPECT_EQ(event.kind(), EventKind::Free);
  EXPECT_EQ(event.address(), 0x100U);
  EXPECT_FALSE(m_reader.broken());
}

// Whatever is in the chunks: what is taken obeys the rules, and chunks are given back once.
TEST_F(StreamReaderTest, OfRandomChunksTakesOnlyWhatIsSound) {
  std::mt19937_64 random(11);
  const std::uint32_t chunks = m_memory->geometry().chunkCount;
  for (int round = 0; round < 300; ++round) {
    for (std::uint32_t reference = 1; reference <= chunks; ++reference) {
      wire::ChunkHeader& chunk = *m_memory->chunk(reference);
      chunk.published = static_cast<std::uint32_t>(
          random() % 8 == 0 ? random() : random() % (wire::kChunkPayload / 8 + 1) * 8);
      chunk.next = static_cast<std::uint32_t>(random() % 8 == 0 ? random() : random() % (chunks + 2));
      auto* const words = reinterpret_cast<std::uint64_t*>(&chunk + 1);
      for (std::size_t i = 0; i < wire::kChunkPayload / 8; ++i)
        words[i] = random() & (random() % 2 == 0 ? ~0ULL : 0x0007'FFFF'FFFF'FF0F);
    }
    ChunkUse use(chunks);
    StreamReader reader(*m_memory, use);
    reader.begin(static_cast<std::uint32_t>(random() % (chunks + 2)));
    reader.refresh();
    for (int taken = 0; taken < 20'000 && reader.ready(); ++taken) {
      static_cast<void>(reader.lookAhead());
      const Event event = reader.take();
      if (event.kind() == EventKind::None) break;
      ASSERT_NE(wire::eventBytes(event.kind()), 0U);
      ASSERT_LT(event.size, 1ULL << 48);
      ASSERT_LT(static_cast<std::size_t>(event.origin()), wire::kOrigins);
    }
    reader.end();
    for (std::uint32_t reference = 1; reference <= chunks && !reader.broken(); ++reference)
      ASSERT_TRUE(use.take(reference));
  }
}

}  // namespace
}  // namespace heaptap::relay
