// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/encode/batch_encoder.h"

#include <gmock/gmock.h>

#include <random>

#include "agent/relay/encode/pair_table.h"
#include "tests/agent/relay/decoded_session.h"

namespace heaptap::relay {
namespace {

using test::DecodedSession;

class BatchEncoderTest : public testing::Test {
 protected:
  BatchEncoderTest() {
    v1::RecordRequest request;
    for (int i = 0; i < 4; ++i) request.mutable_threads()->add_threads();
    m_session.send(request);
    PairTable pairs;
    for (std::uint64_t size = 0; size < 100; ++size) pairs.indexOf({size, 0, {wire::Origin::Malloc}});
    pairs.flush(m_session);
  }
  BatchEncoder m_encoder;
  DecodedSession m_session;
};

TEST_F(BatchEncoderTest, WhatGoesInComesOutAcrossBatches) {
  std::mt19937_64 random(3);
  std::vector<DecodedSession::Event> expected;
  std::uint64_t time = 12'345;
  std::uint64_t allocations = 0;
  for (int i = 0; i < 50'000; ++i) {
    if (m_encoder.full() || i % 9'000 == 0) m_encoder.flush(m_session);
    time += random() % 5'000;
    DecodedSession::Event event;
    event.isFree = allocations > 10 && random() % 2 == 0;
    event.timeNs = time / 100 * 100;
    event.thread = static_cast<std::uint32_t>(random() % 8 / 2);
    event.pair = static_cast<std::uint32_t>(random() % 100);
    if (event.isFree) {
      event.number = random() % allocations;
      event.lifetimeLog2 = static_cast<unsigned>(random() % 63);
      m_encoder.free(time, event.thread,
                     {.number = event.number, .pair = event.pair, .lifetimeNs = 1ULL << event.lifetimeLog2});
    } else {
      event.address = random() >> 16;
      event.number = m_encoder.allocation(time, event.thread, event.address, event.pair);
      EXPECT_EQ(event.number, allocations++);
    }
    expected.push_back(event);
  }
  m_encoder.flush(m_session);
  ASSERT_EQ(m_session.events.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto& a = m_session.events[i];
    const auto& b = expected[i];
    ASSERT_EQ(std::tie(a.isFree, a.number, a.timeNs, a.thread, a.address, a.pair, a.lifetimeLog2),
              std::tie(b.isFree, b.number, b.timeNs, b.thread, b.address, b.pair, b.lifetimeLog2))
        << i;
  }
}

TEST_F(BatchEncoderTest, LifetimesBelowTwoNanosecondsAreZero) {
  m_encoder.allocation(0, 0, 0x10, 0);
  for (const std::uint64_t lifetime : {0U, 1U, 2U, 3U, 4U}) m_encoder.free(0, 0, {.lifetimeNs = lifetime});
  m_encoder.flush(m_session);
  std::vector<unsigned> lifetimes;
  for (std::size_t i = 1; i < 6; ++i) lifetimes.push_back(m_session.events[i].lifetimeLog2);
  EXPECT_THAT(lifetimes, testing::ElementsAre(0U, 0U, 1U, 1U, 2U));
}

TEST_F(BatchEncoderTest, AnEmptyBatchIsNotSent) {
  m_encoder.flush(m_session);
  EXPECT_THAT(m_session.batchSizes, testing::IsEmpty());
}

TEST_F(BatchEncoderTest, IsFullBeforeItExceedsItsBound) {
  std::uint32_t events = 0;
  for (; !m_encoder.full(); ++events) m_encoder.allocation(events, 0, 0x10, 0);
  EXPECT_LE(events + BatchEncoder::kMaxFromOne, BatchEncoder::kMaxEvents + 1);
  m_encoder.flush(m_session);
  EXPECT_THAT(m_session.batchSizes, testing::ElementsAre(events));
}

TEST(PairTable, CombinationsGetOneIndexEach) {
  PairTable pairs;
  DecodedSession session;
  EXPECT_EQ(pairs.indexOf({16, 0, {wire::Origin::Malloc}}), 0U);
  EXPECT_EQ(pairs.indexOf({16, 0, {wire::Origin::Calloc}}), 1U);
  EXPECT_EQ(pairs.indexOf({16, 0, {wire::Origin::Malloc}}), 0U);
  pairs.flush(session);
  EXPECT_EQ(pairs.indexOf({32, 0, {wire::Origin::Malloc}}), 2U);
  pairs.flush(session);
  pairs.flush(session);
  EXPECT_THAT(session.pairs.size(), testing::ElementsAre(16U, 16U, 32U));
  EXPECT_THAT(session.pairs.origin(), testing::ElementsAre(1U, 2U, 1U));
}

TEST(BatchEncoder, SaysWhichBlocksWereTemporaryWhereNobodyElseCanTell) {
  struct Sent final : MessageSink {
    void send(v1::RecordRequest& request) override { batches.push_back(request.batch()); }
    std::vector<v1::EventBatch> batches;
  } sink;
  BatchEncoder encoder;
  encoder.tellTemporaries();
  for (int i = 0; i < 10; ++i) encoder.allocation(0, 0, 0x10, 0);
  for (std::uint64_t i = 0; i < 10; ++i) encoder.free(0, 0, {.number = i, .temporary = i == 1 || i == 9});
  encoder.flush(sink);
  encoder.allocation(0, 0, 0x10, 0);
  encoder.free(0, 0, {.number = 10, .temporary = true});
  encoder.flush(sink);
  ASSERT_EQ(sink.batches.size(), 2U);
  EXPECT_EQ(sink.batches[0].freed_temporary(), std::string("\x02\x02", 2));
  EXPECT_EQ(sink.batches[1].freed_temporary(), std::string("\x01", 1));
}

TEST(PairTable, SampledAllocationsSayFromWhichIntervalTheyWerePicked) {
  PairTable pairs;
  pairs.setSampleInterval(4096);
  DecodedSession session;
  pairs.indexOf({16, 0, {wire::Origin::Malloc}});
  pairs.flush(session);
  EXPECT_THAT(session.pairs.sample_interval(), testing::ElementsAre(4096U));
}

}  // namespace
}  // namespace heaptap::relay
