// SPDX-License-Identifier: Apache-2.0
//
// A session whose events were not stored for a while, as there was no room: what can be asked of the time
// before, in and after that, against the same by the plainest means.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>

#include "client/files/file_source.h"
#include "tests/collector/replay/reference.h"
#include "tests/collector/store/session_under_test.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::client {
namespace {

using replay::Reference;
using testing::HasSubstr;

class ASessionWithAHole : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0 || !mount(1, 0)) GTEST_SKIP() << "needs root, to mount a small file system";
    m_isMounted = true;
    messages = store::busyProgram(program, 160, 2000, 10);
    auto session =
        store::SessionUnderTest::create(file, program.hello(), {.maxFileBytes = 1ULL << 40}).value();
    std::size_t next = 0;
    const auto take = [&](std::size_t count) {
      for (; count > 0 && next < messages.size(); --count) ASSERT_TRUE(session.take(messages[next++]));
    };
    while (!session.writer().reducedBy() && next < messages.size() / 2) take(1);
    ASSERT_TRUE(session.writer().reducedBy()) << "the disk is full before the half";
    take(20);
    ASSERT_TRUE(mount(64, MS_REMOUNT));
    take(messages.size());
    ASSERT_FALSE(session.writer().reducedBy());
    ASSERT_TRUE(session.finish());
    id = files.addFile(file).value();
    reference.emplace(messages);
    findHole();
  }

  /// The last event before the hole, and the first behind it.
  void findHole() {
    const auto batches = store::SessionReader::open(file).value().batches().value();
    for (std::size_t i = 1; i < batches.size(); ++i) {
      const store::BatchPlace& before = batches[i - 1];
      if (batches[i].firstEvent == before.firstEvent + before.events) continue;
      ASSERT_EQ(toNs, 0U) << "one hole";
      fromNs = before.toNs;
      toNs = batches[i].fromNs;
      missing = batches[i].firstEvent - before.firstEvent - before.events;
    }
    ASSERT_GT(toNs, fromNs);
    ASSERT_GT(missing, 2000U);
    endNs = reference->events().back().atNs;
    ASSERT_GT(endNs, toNs);
  }

  void TearDown() override {
    if (m_isMounted) ::umount2(folder.path().c_str(), MNT_DETACH);
  }
  bool mount(int megabytes, unsigned long flags) {
    const std::string size = "size=" + std::to_string(megabytes) + "m";
    return ::mount("heaptap-test", folder.path().c_str(), "tmpfs", flags, size.c_str()) == 0;
  }

  Result<Profile> at(std::uint64_t ns) { return source.profile(id, {.at = When::time(ns)}); }
  void expectCountsAt(std::uint64_t ns) {
    const auto profile = at(ns);
    ASSERT_TRUE(profile) << ns << ": " << profile.error().line();
    const Reference::State expected = reference->after(reference->countUntil(ns));
    EXPECT_EQ(profile->counts->totals.liveBytes, expected.liveBytes) << ns;
    for (std::size_t pair = 0; pair < expected.pairs.size(); ++pair)
      EXPECT_EQ(profile->countersOf(static_cast<model::PairId>(pair)).live, expected.pairs[pair].live) << ns;
  }
  void expectBlocksAt(std::uint64_t ns) {
    const auto found = source.blocks(id, When::time(ns), {.limit = 1});
    ASSERT_TRUE(found) << ns << ": " << found.error().line();
    EXPECT_EQ(found->blocks.blocks, reference->after(reference->countUntil(ns)).live.size()) << ns;
  }

  bool m_isMounted = false;
  test::TemporaryFolder folder;
  std::filesystem::path file = folder / "hole.heaptap";
  test::RecordedProgram program;
  std::vector<v1::RecordRequest> messages;
  FileSource files;
  ProfileSource& source = files;
  std::string id;
  std::optional<Reference> reference;
  std::uint64_t fromNs = 0, toNs = 0, endNs = 0, missing = 0;
};

TEST_F(ASessionWithAHole, AnswersForTheTimeBeforeIt) {
  // At the time of the last stored event itself, others that are missing may have happened.
  for (const std::uint64_t ns : {std::uint64_t{0}, fromNs / 3, fromNs / 2, fromNs - 1}) {
    expectCountsAt(ns);
    expectBlocksAt(ns);
  }
}

TEST_F(ASessionWithAHole, RefusesTheTimeInIt) {
  for (int part = 1; part < 10; ++part) {
    const std::uint64_t ns = fromNs + (toNs - fromNs) / 10 * static_cast<std::uint64_t>(part);
    const auto profile = at(ns);
    ASSERT_FALSE(profile) << ns;
    EXPECT_EQ(profile.error().code, Code::NotFound);
    EXPECT_FALSE(source.blocks(id, When::time(ns), {}));
  }
}

TEST_F(ASessionWithAHole, AnswersForTheTimeBehindIt) {
  for (int part = 0; part <= 8; ++part)
    expectCountsAt(toNs + (endNs - toNs) / 8 * static_cast<std::uint64_t>(part));
  // Which blocks are live is known from the next keyframe on.
  bool isKnown = false;
  for (int part = 0; part <= 16; ++part) {
    const std::uint64_t ns = toNs + (endNs - toNs) / 16 * static_cast<std::uint64_t>(part);
    if (!isKnown && !source.blocks(id, When::time(ns), {.limit = 1})) continue;
    isKnown = true;
    expectBlocksAt(ns);
  }
  EXPECT_TRUE(isKnown);
  expectBlocksAt(endNs);
}

TEST_F(ASessionWithAHole, IsNotComparedAcrossIt) {
  // Counts of both sides are known, and so is their difference; single blocks of a stretch are not.
  const auto grown =
      source.profile(id, {.at = When::time(endNs), .from = When::time(toNs + (endNs - toNs) / 2)});
  ASSERT_TRUE(grown) << grown.error().line();
  const auto across = source.profile(id, {.at = When::time(endNs), .from = When::time(fromNs)});
  if (across) {
    const std::uint64_t allocations = reference->after(reference->countUntil(endNs)).live.size();
    EXPECT_LE(across->counts->totals.liveBlocks(), allocations);
  } else {
    EXPECT_EQ(across.error().code, Code::NotFound);
  }
}

TEST_F(ASessionWithAHole, HasHistoriesFromBehindIt) {
  const auto profile = source.profile(id, {});
  ASSERT_TRUE(profile);
  model::HistoryQuery query;
  for (std::size_t pair = 0; pair < profile->definitions.pairs.size(); ++pair) {
    if (query.groups.empty()) query.groups.emplace_back();
    query.groups.back().push_back(static_cast<model::PairId>(pair));
  }
  const auto histories = source.histories(id, query);
  ASSERT_TRUE(histories) << histories.error().line();
  const model::SiteHistory& history = histories->at(0);
  EXPECT_EQ(history.knownFromNs, toNs);
  const std::size_t behind = reference->countUntil(toNs - 1);
  std::uint64_t frees = 0;
  for (std::size_t i = behind; i < reference->events().size(); ++i)
    frees += reference->events()[i].isFree ? 1 : 0;
  EXPECT_EQ(history.frees, frees);
  // Some are missing: which was the first is not known, but how old those are that are left.
  EXPECT_FALSE(history.firstAllocationNs);
  EXPECT_GE(history.lastAllocationNs.value_or(0), toNs);
  std::uint64_t oldestNs = history.endNs;
  for (const auto& [number, block] : reference->after(reference->events().size()).live)
    oldestNs = std::min(oldestNs, block.atNs);
  EXPECT_EQ(history.oldestAgeNs, history.endNs - oldestNs);
  EXPECT_EQ(history.liveBytes.back(), reference->after(reference->events().size()).liveBytes);
  // At each instant behind the hole, what was live then.
  const auto instants = static_cast<std::uint64_t>(history.liveBytes.size());
  for (std::uint64_t i = 0; i + 1 < instants; ++i) {
    const std::uint64_t ns = static_cast<std::uint64_t>(
        static_cast<double>(history.endNs) / static_cast<double>(instants) * static_cast<double>(i + 1));
    const std::uint64_t live = history.liveBytes[i];
    if (ns < toNs) continue;
    const std::uint64_t expected = reference->after(reference->countUntil(ns)).liveBytes;
    // An event at the border belongs to the one or the other.
    EXPECT_NEAR(static_cast<double>(live), static_cast<double>(expected), 1024) << i;
  }
}

}  // namespace
}  // namespace heaptap::client
