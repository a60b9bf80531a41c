// SPDX-License-Identifier: Apache-2.0
//
// Batches that the relay has counted: what its sums come to, and sums that no relay would send.
#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <string_view>

#include "blob/blob_codec.h"
#include "collector/ingest/limits.h"
#include "collector/ingest/session_ingest.h"
#include "tests/collector/counted_messages.h"
#include "tests/collector/recorded_program.h"

namespace heaptap::ingest {
namespace {

void expectSame(const model::SessionCounters& found, const model::SessionCounters& expected) {
  EXPECT_EQ(found.counts, expected.counts);
  EXPECT_EQ(found.lifetimes, expected.lifetimes);
  EXPECT_EQ(found.timeline, expected.timeline);
  EXPECT_EQ(found.rests, expected.rests);
  EXPECT_EQ(found.lastAllocations, expected.lastAllocations);
}

/// Three heaps, two threads, some thousand events in batches of very different size.
test::RecordedProgram& run(test::RecordedProgram& program, unsigned seed) {
  std::mt19937 random(seed);
  const std::uint32_t worker = program.thread("worker");
  const std::uint32_t arena = program.heap("arena");
  const std::uint32_t stacks[] = {program.stack({"parse", "main"}), program.stack({"main"})};
  std::vector<test::RecordedProgram::Block> live;
  std::uint64_t now = 0;
  for (int i = 0; i < 4000; ++i) {
    program.at(now += random() % 100'000).on(random() % 3 == 0 ? worker : 0);
    if (!live.empty() && random() % 100 < 48) {
      std::swap(live[random() % live.size()], live.back());
      program.free(live.back());
      live.pop_back();
    } else if (random() % 10 == 0) {
      live.push_back(program.allocateIn(random() % 2 == 0 ? 1 : arena, 4096 * (1 + random() % 3), stacks[0]));
    } else {
      live.push_back(program.allocate(random() % 100, stacks[random() % 2]));
    }
    if (random() % (1 + random() % 500) == 0) program.flush();
  }
  program.flush();
  return program;
}

SessionIngest ingested(const v1::Hello& hello, const std::vector<v1::RecordRequest>& messages) {
  auto session = SessionIngest::begin(hello);
  for (const auto& message : messages) {
    const auto applied = session->apply(message);
    EXPECT_TRUE(applied) << applied.error().line();
  }
  return std::move(*session);
}

TEST(CountedBatch, ComesToTheNumbersOfItsEvents) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    test::RecordedProgram program;
    const auto messages = run(program, seed).messages();
    const SessionIngest byEvent = ingested(program.hello(), messages);
    const SessionIngest bySums = ingested(program.hello(), test::counted(program.hello(), messages));
    expectSame(bySums.record().model.counters(), byEvent.record().model.counters());
  }
}

TEST(CountedBatch, MayComeAmongOthers) {
  test::RecordedProgram program;
  const auto messages = run(program, 3).messages();
  auto mixed = test::counted(program.hello(), messages);
  for (std::size_t i = 0; i < mixed.size(); i += 2) mixed[i] = messages[i];
  expectSame(ingested(program.hello(), mixed).record().model.counters(),
             ingested(program.hello(), messages).record().model.counters());
}

/// A session before its last batch: one of two allocations of 100 and 7 bytes, a free of each, and another
/// heap's allocation; before it there was one block of 100 bytes.
class CountedBatchTest : public testing::Test {
 protected:
  CountedBatchTest() {
    const auto stack = program.stack({"main"});
    program.at(500).allocate(100, stack);
    program.flush();
    const auto large = program.at(1000).allocate(100, stack);
    const auto small = program.allocate(7, stack);
    program.at(1010).free(small);
    program.free(large);
    program.allocateIn(1, 4096, stack);
    messages = test::counted(program.hello(), program.messages());
    batch = messages.back();
    messages.pop_back();
  }
  test::RecordedProgram program;
  std::vector<v1::RecordRequest> messages;
  v1::RecordRequest batch;
};

TEST_F(CountedBatchTest, SaysWhatItsEventsAddUpTo) {
  const v1::BatchSums& sums = batch.counted().sums();
  EXPECT_EQ(batch.counted().events(), 5U);
  EXPECT_EQ(batch.counted().first_allocation(), 1U);
  EXPECT_EQ(batch.counted().end_time_ns(), 1010U);
  EXPECT_EQ(std::vector(sums.pair().begin(), sums.pair().end()), (std::vector<std::uint32_t>{0, 1, 1}));
  EXPECT_EQ(std::vector(sums.pair_frees().begin(), sums.pair_frees().end()),
            (std::vector<std::uint32_t>{1, 1, 0}));
  EXPECT_EQ(std::vector(sums.pair_at_peak().begin(), sums.pair_at_peak().end()),
            (std::vector<std::int32_t>{1, 1, 1}));
  EXPECT_EQ(std::vector(sums.peak_at_ns().begin(), sums.peak_at_ns().end()),
            (std::vector<std::uint64_t>{1000, 1010}));
}

struct SumsDamage {
  const char* name;
  std::function<void(v1::CountedBatch&)> inflict;
};

class DamagedSums : public CountedBatchTest, public testing::WithParamInterface<SumsDamage> {};

TEST_P(DamagedSums, AreRefusedAndChangeNothing) {
  SessionIngest session = ingested(program.hello(), messages);
  const auto before = session.record().model.counters();
  v1::RecordRequest damaged = batch;
  GetParam().inflict(*damaged.mutable_counted());
  const auto applied = session.apply(damaged);
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().code, Code::Corrupt) << applied.error().line();
  expectSame(session.record().model.counters(), before);
  EXPECT_TRUE(session.apply(batch)) << "the sound batch still fits";
}

v1::BatchSums& sums(v1::CountedBatch& batch) { return *batch.mutable_sums(); }

const SumsDamage kSumsDamages[] = {
    {"noEvents", [](auto& b) { b.set_events(0); }},
    {"tooManyEvents", [](auto& b) { b.set_events(kMaxBatchEvents + 1); }},
    {"moreEventsThanThePairsHave", [](auto& b) { b.set_events(6); }},
    {"noSums", [](auto& b) { b.clear_sums(); }},
    {"allocationsSkipped", [](auto& b) { b.set_first_allocation(2); }},
    {"timeGoesBack", [](auto& b) { b.set_base_time_ns(1011); }},
    {"endBeyondTheCenturies", [](auto& b) { b.set_end_time_ns(kMaxTimeNs + 1); }},
    {"hugeColumns", [](auto& b) { b.mutable_columns()->resize(5000); }},
    {"columnsThatAreNoFrame", [](auto& b) { b.set_columns("columns"); }},
    {"columnsThatGrow",
     [](auto& b) { b.set_columns(BlobEncoder().encode(std::string_view(std::string(5000, '\0'))).value()); }},
    {"noColumns", [](auto& b) { b.clear_columns(); }},
    {"unknownPair", [](auto& b) { sums(b).set_pair(2, 100); }},
    {"pairTwice", [](auto& b) { sums(b).set_pair(1, 0); }},
    {"pairsThatWrapAround", [](auto& b) { sums(b).set_pair(1, 0xFFFF'FFFF), sums(b).set_pair(2, 3); }},
    {"allocationsMissing", [](auto& b) { sums(b).mutable_pair_allocations()->RemoveLast(); }},
    {"freesMissing", [](auto& b) { sums(b).mutable_pair_frees()->RemoveLast(); }},
    {"temporariesOfSome", [](auto& b) { sums(b).mutable_pair_temporaries()->RemoveLast(); }},
    {"moreTemporariesThanFrees", [](auto& b) { sums(b).set_pair_temporaries(0, 2); }},
    {"temporariesOfMappings", [](auto& b) { sums(b).set_pair_temporaries(2, 1); }},
    {"pairWithoutEvent",
     [](auto& b) {
       sums(b).set_pair_allocations(0, 3);
       sums(b).set_pair_allocations(1, 0);
       sums(b).set_pair_frees(1, 0);
     }},
    {"moreFreesThanBlocks",
     [](auto& b) {
       sums(b).set_pair_allocations(1, 0);
       sums(b).set_pair_frees(1, 2);
     }},
    {"hugeCounts", [](auto& b) { sums(b).set_pair_allocations(0, 0xFFFF'FFFF); }},
    {"peakMissing",
     [](auto& b) {
       sums(b).clear_peak_heap();
       sums(b).clear_peak_at_ns();
       sums(b).clear_pair_at_peak();
     }},
    {"peakOfAnUnknownHeap", [](auto& b) { sums(b).set_peak_heap(1, 9); }},
    {"peakBeforeTheBatch", [](auto& b) { sums(b).set_peak_at_ns(0, 499); }},
    {"peakAfterTheBatch", [](auto& b) { sums(b).set_peak_at_ns(0, 1011); }},
    {"peakThatIsNone", [](auto& b) { sums(b).set_pair_at_peak(0, 0), sums(b).set_pair_at_peak(1, 0); }},
    {"peakWithoutPairs", [](auto& b) { sums(b).mutable_pair_at_peak()->RemoveLast(); }},
    {"peakOfMorePairs", [](auto& b) { sums(b).add_pair_at_peak(0); }},
    {"peakWithMoreThanWasAllocated", [](auto& b) { sums(b).set_pair_at_peak(1, 2); }},
    {"peakWithLessThanNothing", [](auto& b) { sums(b).set_pair_at_peak(1, -1); }},
    {"peakOfTheLeastNumber",
     [](auto& b) { sums(b).set_pair_at_peak(1, std::numeric_limits<std::int32_t>::min()); }},
    {"lifetimeOf2To64", [](auto& b) { sums(b).set_lifetime_log2(0, 64); }},
    {"lifetimesOfMoreFrees", [](auto& b) { sums(b).set_lifetime_frees(0, 7); }},
    {"lifetimesThatWrapAround",
     [](auto& b) { sums(b).add_lifetime_log2(1), sums(b).add_lifetime_frees(~0ULL - 1); }},
    {"lifetimesMissing", [](auto& b) { sums(b).clear_lifetime_frees(); }},
    {"otherBuckets", [](auto& b) { sums(b).set_bucket_ns(1 << 15); }},
    {"noBuckets", [](auto& b) { sums(b).set_bucket_ns(0); }},
    {"bucketAfterTheEnd", [](auto& b) { sums(b).set_bucket(0, 1); }},
    {"bucketsOfMoreEvents", [](auto& b) { sums(b).set_bucket_allocations(0, 3); }},
    {"bucketsOfFewerFrees", [](auto& b) { sums(b).set_bucket_frees(0, 1); }},
    {"bucketsThatEndElsewhere", [](auto& b) { sums(b).set_bucket_live(0, 101); }},
    {"bucketsBeyondThePeak", [](auto& b) { sums(b).set_bucket_max_live(0, 1000); }},
    {"bucketColumnMissing", [](auto& b) { sums(b).clear_bucket_max_live(); }},
    {"varianceOfNoNumber", [](auto& b) { sums(b).add_bucket_variance(std::nan("")); }},
    {"unknownThread", [](auto& b) { sums(b).set_thread(0, 1); }},
    {"threadWithoutAllocation", [](auto& b) { sums(b).clear_thread_last_allocation(); }},
    {"lastAllocationOfTheFuture", [](auto& b) { sums(b).set_thread_last_allocation(0, 3); }},
    {"unknownAllocator", [](auto& b) { sums(b).set_allocator(0, 1); }},
    {"allocatorOfNoPair", [](auto& b) { sums(b).add_allocator(0); }},
    {"allocationsOfNoThread", [](auto& b) { sums(b).add_allocator_allocations(1); }},
    {"moreThreadsThanAllocations", [](auto& b) { sums(b).add_allocator_threads(100); }},
    {"pairsWithoutAThread",
     [](auto& b) {
       for (int i = 0; i < sums(b).pair_size(); ++i) sums(b).add_allocator_threads(0);
     }},
    {"allocatorsThatAreMissing",
     [](auto& b) {
       sums(b).clear_allocator();
       for (int i = 0; i < sums(b).pair_size(); ++i) sums(b).add_allocator_threads(1);
     }},
    {"freeSiteOfAnotherPair",
     [](auto& b) {
       sums(b).add_free_site_pair(50);
       sums(b).add_free_site_stack(1);
       sums(b).add_free_site_frees(1);
     }},
    {"freeSiteOfAnUnknownStack",
     [](auto& b) {
       sums(b).add_free_site_pair(0);
       sums(b).add_free_site_stack(2);
       sums(b).add_free_site_frees(1);
     }},
    {"moreFreeSitesThanFrees",
     [](auto& b) {
       sums(b).add_free_site_pair(0);
       sums(b).add_free_site_stack(1);
       sums(b).add_free_site_frees(2);
     }},
    {"estimateOfNoNumber",
     [](auto& b) { sums(b).mutable_estimate()->set_allocations(std::numeric_limits<double>::infinity()); }},
    {"estimateWithoutSamples", [](auto& b) { sums(b).mutable_estimate()->set_allocations(1000); }},
    {"restOfMoreThanOne", [](auto& b) { sums(b).mutable_estimate()->set_free_rest(1); }},
};
INSTANTIATE_TEST_SUITE_P(Of, DamagedSums, testing::ValuesIn(kSumsDamages),
                         [](const auto& damage) { return std::string(damage.param.name); });

TEST(CountedBatch, AllocatedBytesThatExceed64BitsAreRefused) {
  test::RecordedProgram program;
  const auto stack = program.stack({"main"});
  for (int i = 0; i < 127; ++i) program.free(program.allocate(kMaxBlockBytes, stack));
  program.flush();
  program.free(program.allocate(kMaxBlockBytes, stack));
  auto messages = test::counted(program.hello(), program.messages());
  const v1::RecordRequest last = messages.back();
  messages.pop_back();
  SessionIngest session = ingested(program.hello(), messages);
  EXPECT_EQ(session.record().model.totals().allocatedBytes, 127 * kMaxBlockBytes);
  EXPECT_FALSE(session.apply(last));
}

TEST_F(CountedBatchTest, DoesNotComeAfterTheGoodbye) {
  SessionIngest session = ingested(program.hello(), messages);
  v1::RecordRequest goodbye;
  goodbye.set_sequence(session.lastSequence() + 1);
  goodbye.mutable_goodbye()->set_end(v1::Goodbye::END_EXITED);
  ASSERT_TRUE(session.apply(goodbye));
  batch.set_sequence(session.lastSequence() + 1);
  EXPECT_FALSE(session.apply(batch));
}

}  // namespace
}  // namespace heaptap::ingest
