// SPDX-License-Identifier: Apache-2.0
//
// Files with a limit that is small for what is recorded: however often the oldest events are evicted, and
// wherever the collector is killed, some instants and their blocks can be asked, and what is answered is
// right.
#include <gtest/gtest.h>

#include <set>

#include "collector/replay/counts_replay.h"
#include "collector/replay/live_blocks.h"
#include "collector/replay/stretch.h"
#include "collector/replay/thread_matrix.h"
#include "collector/store/event_eviction.h"
#include "tests/collector/replay/reference.h"
#include "tests/collector/store/session_under_test.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::replay {
namespace {

constexpr std::uint64_t kLimit = 400'000;
constexpr int kBatches = 160;
constexpr int kEventsInBatch = 600;
/// About an eighth of the limit, as a relay is told.
constexpr int kBatchesBetweenKeyframes = 16;

class EvictedSessions : public testing::TestWithParam<unsigned> {
 protected:
  std::size_t below(std::size_t limit) { return m_random() % limit; }

  /// `keyframeEvery`: batches.
  void play(int keyframeEvery) {
    const std::vector<std::uint32_t> threads{0, m_program.thread("worker")};
    std::vector<std::uint32_t> stacks;
    for (const char* name : {"parse", "draw", "cache"}) stacks.push_back(m_program.stack({name, "main"}));
    std::vector<test::RecordedProgram::Block> live;
    std::uint64_t now = 0;
    for (int batch = 1; batch <= kBatches; ++batch) {
      for (int i = 0; i < kEventsInBatch; ++i) {
        m_program.at(now += 1 + below(100'000)).on(threads[below(2)]);
        if (!live.empty() && below(100) < 49) {
          const std::size_t victim = below(live.size());
          m_program.free(live[victim]);
          live[victim] = live.back();
          live.pop_back();
        } else {
          live.push_back(m_program.allocate(8 * below(60), stacks[below(3)]));
        }
      }
      m_program.flush();
      if (batch % keyframeEvery == 0) m_program.keyframe(700);
    }
    m_program.exit(0);
    m_messages = m_program.messages();
    m_reference.emplace(m_messages);
  }

  /// Numbers of what is live after the first events.
  [[nodiscard]] std::set<std::uint64_t> liveAfter(std::size_t count) const {
    std::set<std::uint64_t> live;
    for (std::size_t i = 0; i < count; ++i) {
      const Reference::Event& event = m_reference->events()[i];
      event.isFree ? (void)live.erase(event.number) : (void)live.insert(event.number);
    }
    return live;
  }

  /// Asks a file that has been given so many events. Returns: from when on blocks can be asked.
  std::optional<std::uint64_t> ask(const std::filesystem::path& file, std::size_t count) {
    store::SessionReader reader = store::SessionReader::open(file).value();
    const store::StoredSession stored = store::load(file);
    StoredEvents events(reader, stored.builder.record().definitions.view(), 1, [] { return false; });
    const model::Totals& totals = stored.builder.record().model.totals();
    EXPECT_EQ(totals.allocations + totals.frees, count) << "the numbers have all";
    std::uint64_t kept = 0;
    const auto batches = reader.batches().value();
    for (const store::BatchPlace& batch : batches) kept += batch.events;
    m_hasEvents = kept != 0;
    EXPECT_EQ(kept + stored.progress.eventsNotStored, count) << "each event is stored, or counted as lost";

    const auto askable = reader.askableInstants().value();
    if (!askable) return std::nullopt;
    EXPECT_FALSE(askable->untilNs);
    const std::uint64_t lastNs = totals.lastEventNs;
    EXPECT_LE(askable->fromNs, lastNs);
    for (int i = 0; i < 4; ++i) {
      const std::uint64_t ns = i == 0   ? askable->fromNs
                               : i == 1 ? lastNs
                                        : askable->fromNs + below(lastNs - askable->fromNs + 1);
      expectLive(events, ns);
    }
    if (askable->fromNs != 0) expectRightOrRefused(events, below(askable->fromNs));
    expectStretch(events, askable->fromNs, lastNs);
    expectThreads(events, lastNs, count);
    return askable->fromNs;
  }

  void expectLive(StoredEvents& events, std::uint64_t ns) {
    const auto found = instantAt(events, AtTime{ns}, store::Asked::Blocks);
    ASSERT_TRUE(found) << found.error().line();
    const std::size_t count = m_reference->countUntil(ns);
    EXPECT_EQ(found->place.total, count);
    std::set<std::uint64_t> live;
    const auto walked = forEachLiveBlock(events, found->place, 0, [&](const model::LiveBlock& block) {
      live.insert(block.number);
      return Result<void>();
    });
    ASSERT_TRUE(walked) << walked.error().line();
    EXPECT_EQ(live, liveAfter(count)) << ns;
    EXPECT_EQ(found->counters.counts.totals.liveBlocks(), live.size());
  }
  void expectRightOrRefused(StoredEvents& events, std::uint64_t ns) {
    const auto found = instantAt(events, AtTime{ns}, store::Asked::Blocks);
    if (found) {
      EXPECT_EQ(found->place.total, m_reference->countUntil(ns));
      return;
    }
    EXPECT_EQ(found.error().code, Code::NotFound);
    EXPECT_NE(found.error().remedy.find(" or later"), std::string::npos) << found.error().line();
  }
  void expectStretch(StoredEvents& events, std::uint64_t fromNs, std::uint64_t toNs) {
    const auto from = instantAt(events, AtTime{fromNs});
    const auto to = instantAt(events, AtTime{toNs});
    ASSERT_TRUE(from && to);
    const auto grown = countsOfStretch(events, *from, *to, OfStretch::Grown);
    ASSERT_TRUE(grown) << grown.error().line();
    std::uint64_t expected = 0;
    for (const std::uint64_t number : liveAfter(m_reference->countUntil(toNs)))
      expected += number >= from->place.numbered ? 1 : 0;
    EXPECT_EQ(grown->totals.liveBlocks(), expected);
  }
  void expectThreads(StoredEvents& events, std::uint64_t lastNs, std::size_t count) {
    const auto matrix = threadMatrixOf(events, {.countsPairs = true}, lastNs);
    if (!m_hasEvents && count != 0) {  // A keyframe, and nothing since.
      EXPECT_FALSE(matrix);
      return;
    }
    ASSERT_TRUE(matrix) << matrix.error().line();
    std::uint64_t allocations = 0, frees = 0, ofPairs = 0;
    for (const model::ThreadCell& cell : matrix->cells) {
      allocations += cell.allocatedBy ? cell.blocks : 0;
      frees += cell.freedBy ? cell.blocks : 0;
    }
    for (const model::PairAllocations& pair : *matrix->pairs) ofPairs += pair.allocations;
    std::uint64_t expectedAllocations = 0, expectedFrees = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const Reference::Event& event = m_reference->events()[i];
      if (event.atNs >= matrix->knownFromNs) ++(event.isFree ? expectedFrees : expectedAllocations);
    }
    EXPECT_EQ(allocations, expectedAllocations);
    EXPECT_EQ(frees, expectedFrees);
    EXPECT_EQ(ofPairs, expectedAllocations);
  }

  std::mt19937 m_random{GetParam()};
  test::TemporaryFolder m_folder;
  test::RecordedProgram m_program;
  std::vector<v1::RecordRequest> m_messages;
  std::optional<Reference> m_reference;
  bool m_hasEvents = false;  ///< The file that was asked last has some.
};

TEST_P(EvictedSessions, CanBeAskedWhereverTheCollectorIsKilled) {
  play(kBatchesBetweenKeyframes);
  std::filesystem::path file = m_folder / "0.heaptap";
  const store::WriterOptions options{.maxFileBytes = kLimit};
  std::optional session(store::SessionUnderTest::create(file, m_program.hello(), options).value());
  std::size_t count = 0;
  int kills = 0, evictions = 0, asked = 0;
  std::uint64_t evicted = 0;
  for (std::size_t i = 0; i < m_messages.size(); ++i) {
    if (m_messages[i].has_batch()) count += m_messages[i].batch().events();
    const bool waits = below(3) == 0;  // More comes together at times.
    const auto taken = waits ? session->add(m_messages[i]) : session->take(m_messages[i]);
    ASSERT_TRUE(taken) << taken.error().line();
    if (session->writer().eventsNotStored() > evicted) ++evictions;
    evicted = session->writer().eventsNotStored();
    if (waits || below(12) != 0) continue;
    SCOPED_TRACE("after message " + std::to_string(i + 1));
    const std::filesystem::path killed = store::asIfKilled(file);
    const auto from = ask(killed, count);
    EXPECT_TRUE(from) << "nothing can be asked, with " << evicted << " events evicted";
    ++asked;
    if (HasFailure()) return;
    if (below(4) != 0) continue;
    session.reset();
    file = m_folder / (std::to_string(++kills) + ".heaptap");
    std::filesystem::rename(killed, file);
    for (const char* const suffix : {"-wal", "-shm"})
      if (std::filesystem::exists(killed.string() + suffix))
        std::filesystem::rename(killed.string() + suffix, file.string() + suffix);
    session.emplace(store::SessionUnderTest::resume(file, options).value());
  }
  ASSERT_TRUE(session->finish());
  const auto from = ask(file, count);
  ASSERT_TRUE(from) << "of a finished session";
  EXPECT_GT(*from, 0U);
  EXPECT_LT(*from, m_reference->events().back().atNs) << "not the end alone";
  EXPECT_GE(evictions, 3);
  EXPECT_GE(asked, 3);
  EXPECT_LE(std::filesystem::file_size(file), kLimit + kLimit / 4);
}

TEST_P(EvictedSessions, TheNewestKeyframeStaysUntilTheNextEvenBeyondTheLimit) {
  // A relay that makes them when it thinks fit: some of these stretches are larger than the limit.
  play(kBatches / 3);
  const std::filesystem::path file = m_folder / "late.heaptap";
  auto session = store::SessionUnderTest::create(file, m_program.hello(), {.maxFileBytes = kLimit}).value();
  std::size_t count = 0;
  bool hasKeyframe = false;
  for (const v1::RecordRequest& message : m_messages) {
    if (message.has_batch()) count += message.batch().events();
    ASSERT_TRUE(session.take(message));
    hasKeyframe |= message.has_keyframe() && message.keyframe().last();
    if (!hasKeyframe || below(25) != 0) continue;
    EXPECT_TRUE(ask(store::asIfKilled(file), count));
  }
  ASSERT_TRUE(session.finish());
  EXPECT_TRUE(ask(file, count));
  EXPECT_GT(session.writer().eventsNotStored(), 0U);
  EXPECT_LE(std::filesystem::file_size(file), kLimit + kLimit / 2 + kLimit / 8);
}

TEST_P(EvictedSessions, WithoutKeyframesTheLimitHolds) {
  play(10 * kBatches);
  const std::filesystem::path file = m_folder / "none.heaptap";
  auto session = store::SessionUnderTest::create(file, m_program.hello(), {.maxFileBytes = kLimit}).value();
  for (const v1::RecordRequest& message : m_messages) ASSERT_TRUE(session.take(message));
  ASSERT_TRUE(session.finish());
  EXPECT_FALSE(ask(file, std::size_t{kBatches} * kEventsInBatch));
  EXPECT_LE(std::filesystem::file_size(file), kLimit + kLimit / 8);
}

INSTANTIATE_TEST_SUITE_P(Random, EvictedSessions, testing::Range(1U, 5U));

}  // namespace
}  // namespace heaptap::replay
