// SPDX-License-Identifier: Apache-2.0
#include "collector/ingest/batch_decoder.h"

#include <gtest/gtest.h>

#include <functional>

#include "collector/ingest/limits.h"
#include "collector/ingest/session_ingest.h"
#include "tests/collector/recorded_program.h"
#include "tests/support/event_batch.h"

namespace heaptap::ingest {
namespace {

using test::packed;

constexpr std::size_t kStacks = 3;

/// A batch of allocate, allocate, free, free by two threads, and a model that knows what it needs.
class BatchDecoderTest : public testing::Test {
 protected:
  BatchDecoderTest() {
    model.addPair({.size = 100, .stack = model::StackId{1}});
    model.addPair({.size = 7, .stack = model::StackId{1}});
    model.addThread();
    model.addThread();
    batch.set_events(4);
    batch.set_base_time_ns(1000);
    batch.set_kinds(std::string(1, '\x0C'));
    for (const unsigned time : {0U, 1U, 2U, 3U}) batch.add_time(time);
    for (const unsigned thread : {0U, 1U}) {
      batch.add_run_thread(thread);
      batch.add_run_length(2);
    }
    batch.add_address(0x10000);
    batch.add_address(-0x100);
    batch.add_pair(0);
    batch.add_pair(1);
    batch.add_freed(1);   // Allocation 1, …
    batch.add_freed(-1);  // … then 0.
    batch.add_freed_pair(1);
    batch.add_freed_pair(0);
    batch.set_lifetime_log2(std::string("\x05\x06", 2));
  }
  model::SessionModel model;
  BatchDecoder decoder{10};
  v1::UnpackedEventBatch batch;
};

TEST_F(BatchDecoderTest, countsEveryEvent) {
  ASSERT_TRUE(decoder.apply(packed(batch), kStacks, model));
  EXPECT_EQ(model.totals().allocations, 2U);
  EXPECT_EQ(model.totals().frees, 2U);
  EXPECT_EQ(model.totals().peakBytes, 107U);
  EXPECT_EQ(model.totals().peakAtNs, 1010U) << "time units are 10 ns";
  EXPECT_EQ(model.totals().lastEventNs, 1060U);
  EXPECT_EQ(model.totals().temporaries, 0U) << "the other thread freed them";
  EXPECT_EQ(model.lifetimes()[5], 1U);
}

TEST_F(BatchDecoderTest, countsTheStacksOfFreesWhereThereAreSome) {
  batch.add_freed_stack(2);
  batch.add_freed_stack(0);
  ASSERT_TRUE(decoder.apply(packed(batch), kStacks, model));
  const model::FreeSites::Entry only{.pair = model::PairId{1}, .stack = model::StackId{2}, .frees = 1};
  EXPECT_EQ(model.counts().freeSites, std::vector{only});
}

struct Damage {
  const char* name;
  std::function<void(v1::UnpackedEventBatch&)> inflict;
};

class DamagedBatch : public BatchDecoderTest, public testing::WithParamInterface<Damage> {};

TEST_P(DamagedBatch, isRefusedAndChangesNothing) {
  const auto before = model.counters();
  v1::UnpackedEventBatch damaged = batch;
  GetParam().inflict(damaged);
  const auto applied = decoder.apply(packed(damaged), kStacks, model);
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().code, Code::Corrupt) << applied.error().line();
  EXPECT_EQ(model.totals(), before.counts.totals);
  EXPECT_EQ(model.counts(), before.counts);
  EXPECT_TRUE(decoder.apply(packed(batch), kStacks, model)) << "the sound batch still fits";
}

const Damage kDamages[] = {
    {"tooManyEvents", [](auto& b) { b.set_events(kMaxBatchEvents + 1); }},
    {"aStackOfAFreeThatIsNotDefined",
     [](auto& b) {
       b.add_freed_stack(3);
       b.add_freed_stack(0);
     }},
    {"stacksOfSomeFreesOnly", [](auto& b) { b.add_freed_stack(1); }},
    {"moreEventsThanColumns", [](auto& b) { b.set_events(5); }},
    {"kindsTooShort", [](auto& b) { b.clear_kinds(); }},
    {"kindsTooLong", [](auto& b) { b.mutable_kinds()->push_back('\0'); }},
    {"kindsBeyondTheEnd", [](auto& b) { b.set_kinds("\x1C"); }},
    {"otherKinds", [](auto& b) { b.set_kinds("\x0D"); }},
    {"timeTooShort", [](auto& b) { b.mutable_time()->RemoveLast(); }},
    {"timeBeyondTheCenturies", [](auto& b) { b.set_time(2, ~0ULL); }},
    {"timesThatWrapAround", [](auto& b) { b.set_time(1, 1ULL << 63), b.set_time(2, 1ULL << 63); }},
    {"baseTimeBeyondTheCenturies", [](auto& b) { b.set_base_time_ns(kMaxTimeNs + 1); }},
    {"unknownThread", [](auto& b) { b.set_run_thread(1, 2); }},
    {"runsTooShort", [](auto& b) { b.set_run_length(1, 1); }},
    {"runsTooLong", [](auto& b) { b.set_run_length(1, 0xFFFF'FFFF); }},
    {"runsThatWrapAround", [](auto& b) { b.set_run_length(0, 0xFFFF'FFFF), b.set_run_length(1, 5); }},
    {"runWithoutThread", [](auto& b) { b.add_run_length(0); }},
    {"addressMissing", [](auto& b) { b.mutable_address()->RemoveLast(); }},
    {"addressInTheKernel", [](auto& b) { b.set_address(0, -1); }},
    {"unknownPair", [](auto& b) { b.set_pair(0, 2); }},
    {"pairMissing", [](auto& b) { b.mutable_pair()->RemoveLast(); }},
    {"unknownFreedPair", [](auto& b) { b.set_freed_pair(0, 2); }},
    {"freedPairMissing", [](auto& b) { b.mutable_freed_pair()->RemoveLast(); }},
    {"freedMissing", [](auto& b) { b.mutable_freed()->RemoveLast(); }},
    {"freeOfTheFuture", [](auto& b) { b.set_freed(0, 2); }},
    {"freeOfANegativeNumber", [](auto& b) { b.set_freed(0, -1); }},
    {"freeOfAPairThatHasNothingLive", [](auto& b) { b.set_freed_pair(1, 1); }},
    {"freeBeforeItsAllocation", [](auto& b) { b.set_kinds("\x09"), b.set_freed(0, 0); }},
    {"lifetimeOf2To64", [](auto& b) { b.mutable_lifetime_log2()->at(0) = 64; }},
    {"lifetimeMissing", [](auto& b) { b.mutable_lifetime_log2()->pop_back(); }},
    {"allocationsSkipped", [](auto& b) { b.set_first_allocation(1); }},
};
INSTANTIATE_TEST_SUITE_P(Of, DamagedBatch, testing::ValuesIn(kDamages),
                         [](const auto& damage) { return std::string(damage.param.name); });

struct WireDamage {
  const char* name;
  std::function<void(v1::EventBatch&)> inflict;
};

class BatchDamagedOnTheWire : public BatchDecoderTest, public testing::WithParamInterface<WireDamage> {};

TEST_P(BatchDamagedOnTheWire, isRefusedAndChangesNothing) {
  const auto before = model.counters();
  v1::EventBatch damaged = packed(batch);
  GetParam().inflict(damaged);
  const auto applied = decoder.apply(damaged, kStacks, model);
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().code, Code::Corrupt) << applied.error().line();
  EXPECT_EQ(model.totals(), before.counts.totals);
  EXPECT_TRUE(decoder.apply(packed(batch), kStacks, model)) << "the sound batch still fits";
}

const std::string kIndexBeyond32Bits("\x80\x80\x80\x80\x10\x01", 6);  // 2^32, which is 0 in 32 bits; then 1.
const WireDamage kWireDamages[] = {
    {"timeCutOff", [](auto& b) { b.mutable_time()->back() = '\x83'; }},
    {"numberBeyond64Bits",
     [](auto& b) { b.set_time(std::string(9, '\xFF') + std::string("\x02\1\2\3", 4)); }},
    {"pairBeyond32Bits", [](auto& b) { b.set_pair(kIndexBeyond32Bits); }},
    {"freedPairBeyond32Bits", [](auto& b) { b.set_freed_pair(kIndexBeyond32Bits); }},
    {"threadBeyond32Bits", [](auto& b) { b.set_run_thread(kIndexBeyond32Bits); }},
    {"bytesAfterTheLastTime", [](auto& b) { b.mutable_time()->push_back('\0'); }},
    {"bytesAfterTheLastRun", [](auto& b) { b.mutable_run_length()->push_back('\x80'); }},
};
INSTANTIATE_TEST_SUITE_P(Of, BatchDamagedOnTheWire, testing::ValuesIn(kWireDamages),
                         [](const auto& damage) { return std::string(damage.param.name); });

TEST_F(BatchDecoderTest, timeNeverGoesBack) {
  ASSERT_TRUE(decoder.apply(packed(batch), kStacks, model));
  batch.set_first_allocation(2);
  batch.set_base_time_ns(1059);
  EXPECT_FALSE(decoder.apply(packed(batch), kStacks, model));
  batch.set_base_time_ns(1060);
  EXPECT_TRUE(decoder.apply(packed(batch), kStacks, model));
}

TEST_F(BatchDecoderTest, aBlockOfAnEarlierBatchMayBeFreedOnce) {
  v1::UnpackedEventBatch allocation;
  allocation.set_events(1);
  allocation.set_kinds(std::string(1, '\0'));
  allocation.add_time(0);
  allocation.add_run_thread(0);
  allocation.add_run_length(1);
  allocation.add_address(1);
  allocation.add_pair(0);
  v1::UnpackedEventBatch free;
  free.set_first_allocation(1);
  free.set_events(1);
  free.set_kinds("\x01");
  free.add_time(0);
  free.add_run_thread(0);
  free.add_run_length(1);
  free.add_freed(-1);
  free.add_freed_pair(0);
  free.set_lifetime_log2("\x01");
  ASSERT_TRUE(decoder.apply(packed(allocation), kStacks, model));
  ASSERT_TRUE(decoder.apply(packed(free), kStacks, model));
  EXPECT_FALSE(decoder.apply(packed(free), kStacks, model));
  EXPECT_EQ(model.totals().liveBlocks(), 0U);
}

TEST_F(BatchDecoderTest, anEmptyBatchIsNothing) {
  EXPECT_TRUE(decoder.apply(v1::EventBatch{}, kStacks, model));
  EXPECT_EQ(model.totals(), model::Totals{});
}

TEST_F(BatchDecoderTest, allocatedBytesThatExceed64BitsAreRefused) {
  test::RecordedProgram program;
  const auto stack = program.stack({"main"});
  for (int i = 0; i < 127; ++i) program.free(program.allocate(kMaxBlockBytes, stack));
  program.flush();
  program.free(program.allocate(kMaxBlockBytes, stack));
  auto ingest = SessionIngest::begin(program.hello());
  ASSERT_TRUE(ingest);
  const auto messages = program.messages();
  for (std::size_t i = 0; i + 1 < messages.size(); ++i) ASSERT_TRUE(ingest->apply(messages[i])) << i;
  EXPECT_EQ(ingest->record().model.totals().allocatedBytes, 127 * kMaxBlockBytes);
  EXPECT_FALSE(ingest->apply(messages.back()));
}

TEST_F(BatchDecoderTest, whereTheTargetSaysWhatWasTemporaryItIsBelieved) {
  batch.set_freed_temporary(std::string(1, '\x02'));
  ASSERT_TRUE(decoder.apply(packed(batch), kStacks, model));
  EXPECT_EQ(model.totals().temporaries, 1U);
  EXPECT_EQ(model.counters(model::PairId{0}).temporaries, 1U);
}

TEST_F(BatchDecoderTest, whatWasTemporaryMustFitTheFrees) {
  for (const std::string& bits : {std::string(2, '\0'), std::string(1, '\x04')}) {
    batch.set_freed_temporary(bits);
    EXPECT_FALSE(decoder.apply(packed(batch), kStacks, model));
  }
  EXPECT_EQ(model.totals().allocations, 0U) << "nothing of a refused batch is applied";
}

}  // namespace
}  // namespace heaptap::ingest
