// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/pack/batch_packer.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "agent/relay/encode/batch_encoder.h"
#include "agent/relay/encode/pair_table.h"
#include "blob/blob_codec.h"
#include "columns/chunk_bytes.h"
#include "tests/support/whole_batch.h"

namespace heaptap::relay {
namespace {

/// What has come out, each in a word.
class Sent final : public MessageSink {
 public:
  void send(v1::RecordRequest& request) override {
    if (request.has_counted()) {
      story.push_back("batch of " + std::to_string(request.counted().events()));
      batches.push_back(request.counted());
    } else {
      story.push_back(request.has_mark() ? request.mark().name() : "pairs");
    }
  }
  [[nodiscard]] bool wantsEvents() const override { return wants; }
  std::vector<std::string> story;
  std::vector<v1::CountedBatch> batches;
  bool wants = true;
};

class BatchPackerTest : public testing::Test {
 protected:
  BatchPackerTest() {
    for (const std::uint64_t size : {100U, 7U}) m_pairs.indexOf({size, 0, {wire::Origin::Malloc}});
    m_pairs.flush(m_packer);
  }
  void mark(const std::string& name) {
    v1::RecordRequest request;
    request.mutable_mark()->set_name(name);
    m_packer.send(request);
  }
  void churn(std::size_t events) {
    for (std::size_t i = 0; i < events; i += 2) {
      const std::uint64_t number = m_encoder.allocation(m_nowNs += 100, 0, 0x1000, 0);
      m_encoder.free(m_nowNs += 100, 0, {.number = number, .pair = 0, .lifetimeNs = 100});
    }
    m_encoder.flush(m_packer);
  }
  Sent m_sent;
  BatchPacker m_packer{m_sent};
  PairTable m_pairs;
  BatchEncoder m_encoder;
  std::uint64_t m_nowNs = 0;
};

TEST_F(BatchPackerTest, WhatASmallBatchIsGoesOnAtOnce) {
  churn(10);
  mark("behind");
  EXPECT_EQ(m_sent.story, (std::vector<std::string>{"pairs", "batch of 10", "behind"}));
}

TEST_F(BatchPackerTest, MessagesKeepTheirOrder) {
  std::vector<std::string> expected{"pairs"};
  for (int i = 0; i < 30; ++i) {
    const std::size_t events = i % 3 == 0 ? BatchPacker::kEventsForThread : 20;
    churn(events);
    mark(std::to_string(i));
    expected.push_back("batch of " + std::to_string(events));
    expected.push_back(std::to_string(i));
  }
  m_packer.settle();
  EXPECT_EQ(m_sent.story, expected);
}

TEST_F(BatchPackerTest, TheColumnsAreTheBatch) {
  churn(BatchPacker::kEventsForThread);
  churn(20);
  m_packer.settle();
  ASSERT_EQ(m_sent.batches.size(), 2U);
  for (const v1::CountedBatch& counted : m_sent.batches) {
    v1::EventBatch batch;
    const auto decoded = BlobDecoder().decode(counted.columns(), batch);
    ASSERT_TRUE(decoded) << decoded.error().line();
    EXPECT_EQ(batch.events(), counted.events());
    EXPECT_EQ(batch.first_allocation(), counted.first_allocation());
    EXPECT_EQ(batch.base_time_ns(), counted.base_time_ns());
    const std::vector<std::uint32_t> chunkOfPairs{columns::chunkBytes(100, 0), columns::chunkBytes(7, 0)};
    heaptap::test::KnownChunks chunks(chunkOfPairs);
    const auto whole = heaptap::test::whole(batch, chunks, BatchEncoder::kTimeUnitNs);
    EXPECT_EQ(whole.address_size(), static_cast<int>(counted.events() / 2));
    EXPECT_EQ(whole.lifetime_log2(), std::string(counted.events() / 2, '\x06'));
  }
  EXPECT_EQ(m_sent.batches[1].first_allocation(), BatchPacker::kEventsForThread / 2);
}

TEST_F(BatchPackerTest, SumsAreThoseOfTheEvents) {
  const std::uint64_t kept = m_encoder.allocation(100, 0, 0x1000, 1);
  m_encoder.allocation(200, 1, 0x2000, 0);
  m_encoder.free(300, 0, {.number = kept, .pair = 1, .lifetimeNs = 200});
  m_encoder.flush(m_packer);
  ASSERT_EQ(m_sent.batches.size(), 1U);
  const v1::BatchSums& sums = m_sent.batches[0].sums();
  EXPECT_EQ(m_sent.batches[0].end_time_ns(), 300U);
  ASSERT_EQ(sums.pair_size(), 2);
  EXPECT_EQ(sums.pair_allocations(0), 1U);
  EXPECT_EQ(sums.pair_frees(1), 1U);
  EXPECT_EQ(sums.pair_temporaries(1), 1U) << "another thread's allocation is none between";
  EXPECT_EQ(sums.peak_at_ns(0), 200U);
  EXPECT_EQ(sums.pair_at_peak(1), 1);
  EXPECT_EQ(sums.bucket_max_live(0), 107U);
  EXPECT_EQ(sums.bucket_live(0), 100U);
  EXPECT_EQ(sums.thread_last_allocation(1), 1U);
}

TEST_F(BatchPackerTest, WithoutEventsOnlyTheSumsGoOn) {
  const auto makeBatches = [this] {
    for (int i = 0; i < 3; ++i) churn(BatchPacker::kEventsForThread + 10);
    m_packer.settle();
    return std::exchange(m_sent.batches, {});
  };
  auto whole = makeBatches();
  Sent sent;
  BatchPacker packer(sent);
  PairTable pairs;
  for (const std::uint64_t size : {100U, 7U}) pairs.indexOf({size, 0, {wire::Origin::Malloc}});
  pairs.flush(packer);
  BatchEncoder encoder;
  encoder.leaveOutColumns();
  std::uint64_t now = 0;
  for (int i = 0; i < 3; ++i) {
    for (std::size_t event = 0; event < BatchPacker::kEventsForThread + 10; event += 2) {
      const std::uint64_t number = encoder.allocation(now += 100, 0, 0x1000, 0);
      encoder.free(now += 100, 0, {.number = number, .pair = 0, .lifetimeNs = 100});
    }
    encoder.flush(packer);
  }
  packer.settle();
  ASSERT_EQ(sent.batches.size(), whole.size());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_FALSE(whole[i].columns().empty());
    EXPECT_TRUE(sent.batches[i].columns().empty());
    whole[i].clear_columns();
    EXPECT_EQ(sent.batches[i].SerializeAsString(), whole[i].SerializeAsString());
  }
}

TEST_F(BatchPackerTest, WhoWantsNoEventsGetsNone) {
  churn(10);
  m_sent.wants = false;
  churn(10);
  m_packer.sendKeyframe({});
  ASSERT_EQ(m_sent.batches.size(), 2U);
  EXPECT_FALSE(m_sent.batches[0].columns().empty());
  EXPECT_TRUE(m_sent.batches[1].columns().empty());
  EXPECT_EQ(m_sent.story, (std::vector<std::string>{"pairs", "batch of 10", "batch of 10"}));
}

TEST_F(BatchPackerTest, GivesUpWhatWaitsWhenItGoes) {
  // Nothing to expect but that it ends: the thread may be at any batch.
  for (int i = 0; i < 10; ++i) churn(BatchPacker::kEventsForThread);
}

}  // namespace
}  // namespace heaptap::relay
