// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/pack/column_writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <tuple>
#include <vector>

#include "agent/relay/base/whole_columns.h"
#include "columns/chunk_bytes.h"
#include "tests/support/whole_batch.h"

namespace heaptap::relay {
namespace {

constexpr std::uint32_t kPairs = 700;

/// Events of some threads that allocate and free at random, as a relay would have them.
class ColumnWriterTest : public testing::Test {
 protected:
  ColumnWriterTest() {
    for (std::uint32_t pair = 0; pair < kPairs; ++pair)
      m_chunks.push_back(columns::chunkBytes(pair * 3, pair % 2 * 9));
  }
  struct Block {
    std::uint64_t number;
    std::uint64_t address;
    std::uint64_t timeNs;
    std::uint32_t pair;
  };

  std::vector<RecordedEvent> events(std::size_t count, bool withStacks, bool withTemporaries) {
    std::vector<RecordedEvent> events;
    for (std::size_t i = 0; i < count; ++i) {
      m_nowNs += m_random() % 5 * 100 * (m_random() % 50 == 0 ? 100'000 : 1);
      RecordedEvent event{.timeNs = m_nowNs, .thread = static_cast<std::uint32_t>(m_random() % 3)};
      if (!m_live.empty() && m_random() % 2 == 0) {
        // The last ones more often than others.
        const std::size_t at = m_live.size() - 1 - std::min(m_random() % m_live.size(), m_random() % 20);
        const Block block = m_live[at];
        m_live.erase(m_live.begin() + static_cast<std::ptrdiff_t>(at));
        event.isFree = true;
        event.number = block.number;
        event.pair = block.pair;
        event.lifetimeLog2 = static_cast<std::uint8_t>(m_random() % 64);
        if (withStacks) event.stack = static_cast<std::uint32_t>(m_random() % 9);
        if (withTemporaries) event.temporary = m_random() % 3 == 0;
        m_unused.push_back(block.address);
      } else {
        event.pair = static_cast<std::uint32_t>(m_random() % kPairs);
        event.address = (m_random() % 0x1000'0000) << (m_random() % 2 * 4);
        if (!m_unused.empty() && m_random() % 4 != 0) {
          event.address = m_unused.back();
          m_unused.pop_back();
        }
        m_live.push_back({m_allocations++, event.address, m_nowNs, event.pair});
      }
      events.push_back(event);
    }
    return events;
  }

  /// Whether what is read says of each event what whole columns say.
  void expectReadAsWritten(const BatchHead& head, const std::vector<RecordedEvent>& events) {
    v1::EventBatch written;
    ASSERT_TRUE(m_writer.write(head, events, m_chunks, written));
    v1::EventBatch whole;
    writeWholeColumns(head, events, whole);
    heaptap::test::KnownChunks chunks(m_chunks);
    EXPECT_EQ(
        heaptap::test::packed(heaptap::test::whole(written, chunks, head.timeUnitNs)).SerializeAsString(),
        whole.SerializeAsString());
    EXPECT_LT(written.ByteSizeLong(), whole.ByteSizeLong() + 64);
  }

  std::mt19937_64 m_random{5};
  std::uint64_t m_nowNs = 1'000'000;
  std::uint64_t m_allocations = 0;
  std::vector<Block> m_live;
  std::vector<std::uint64_t> m_unused;
  std::vector<std::uint32_t> m_chunks;
  ColumnWriter m_writer;
};

TEST_F(ColumnWriterTest, saysOfEachEventWhatWholeColumnsSay) {
  for (const std::size_t count : {1U, 2U, 7U, 8U, 9U, 300U, 32'768U, 32'768U, 5U}) {
    SCOPED_TRACE(count);
    const BatchHead head{.firstAllocation = m_allocations, .baseTimeNs = m_nowNs};
    expectReadAsWritten(head, events(count, count % 2 == 1, count % 3 == 0));
  }
}

TEST_F(ColumnWriterTest, addressesAreExactWhateverTheyAre) {
  std::vector<RecordedEvent> events;
  for (const std::uint64_t address : {0ULL, 1ULL, (1ULL << 57) - 1, 0x10ULL, (1ULL << 56) + 3, 16ULL, 0ULL})
    events.push_back({.timeNs = 100, .address = address, .pair = 1});
  expectReadAsWritten({.baseTimeNs = 100}, events);
}

TEST_F(ColumnWriterTest, othersTimeUnitsAreKept) {
  std::vector<RecordedEvent> events{
      {.timeNs = 7, .address = 0x100, .pair = 1},
      {.timeNs = 12, .number = 0, .pair = 1, .lifetimeLog2 = 2, .isFree = true}};
  expectReadAsWritten({.baseTimeNs = 5, .timeUnitNs = 1}, events);
}

TEST_F(ColumnWriterTest, freesThatContradictTheirAllocationAreNotWritten) {
  v1::EventBatch batch;
  const RecordedEvent allocation{.timeNs = 100, .address = 0x100, .pair = 1};
  const RecordedEvent ofAnotherPair{.timeNs = 200, .number = 5, .pair = 2, .isFree = true};
  const RecordedEvent ofALaterOne{.timeNs = 200, .number = 6, .pair = 1, .isFree = true};
  for (const RecordedEvent& free : {ofAnotherPair, ofALaterOne})
    EXPECT_FALSE(m_writer.write({.firstAllocation = 5, .baseTimeNs = 100}, std::vector{allocation, free},
                                m_chunks, batch));
  EXPECT_FALSE(m_writer.write({.firstAllocation = 0, .baseTimeNs = 100},
                              std::vector{RecordedEvent{.timeNs = 100, .isFree = true}}, m_chunks, batch));
}

}  // namespace
}  // namespace heaptap::relay
