// SPDX-License-Identifier: Apache-2.0
#include "gui/client/readers/heap_reader.h"

#include <gtest/gtest.h>

#include <QTest>

#include "gui/client/readers/timeline_reader.h"
#include "gui/client/sessions/session_readers.h"
#include "gui/models/filter/filter_words.h"
#include "tests/gui/live_program.h"
#include "tests/gui/profile_source_at.h"

namespace heaptap::gui {
namespace {

constexpr int kReadLimitMs = 30'000;
constexpr quint64 kSecond = 1'000'000'000;

template <class Condition>
bool untilRead(Condition condition) {
  return QTest::qWaitFor(condition, kReadLimitMs);
}

/// A program that allocates 100 bytes at 1 s, frees them at 3 s, and allocates 5,000 bytes at 2 s.
class Readers : public testing::Test {
 protected:
  Readers() {
    const auto first = live.program.at(kSecond).allocate(100, live.program.stack({"parse", "main"}));
    live.program.at(2 * kSecond).allocate(5'000, live.program.stack({"render", "main"}));
    live.program.at(3 * kSecond).free(first);
    live.program.at(4 * kSecond).allocate(7, live.program.stack({"parse", "main"}));
    live.send();
    Session session;
    session.id = "1";
    store.begin(session);
  }
  /// The live bytes of each function with any, as they are shown now.
  QString shown() {
    const Sites& sites = store.siteModel().sites();
    QStringList parts;
    for (std::size_t row = 0; sites && row < sites->numbers().size(); ++row)
      if (sites->numbers()[row].liveBytes > 0)
        parts << QStringLiteral("%1 %2").arg(sites->label(row).function).arg(sites->numbers()[row].liveBytes);
    parts.sort();
    return parts.join(", ");
  }
  bool untilShown(const QString& expected) {
    return untilRead([&] { return !store.heapWords().isEmpty(); }) && shown() == expected;
  }

  heaptap::test::TemporaryFolder folder;
  test::LiveCollector collector{folder};
  test::LiveProgram live{collector.address()};
  QueryClient client{test::sourceAt(collector.address())};
  SessionStore store;
  Selection selection;
};

TEST_F(Readers, TheHeapAtAnInstantIsWhatWasLiveThen) {
  const HeapReader reader(client, {}, store, selection);
  selection.setTime(TimeChoice::instant(2 * kSecond));
  EXPECT_TRUE(untilShown("parse ← main 100, render ← main 5000")) << shown().toStdString();
  EXPECT_EQ(store.heapWords(), "at 2.00 s");
  selection.setTime(TimeChoice::instant(kSecond / 2));
  EXPECT_TRUE(untilShown("")) << shown().toStdString();
}

TEST_F(Readers, AStretchHasWhatIsNewAndStillThereOrWhatIsGone) {
  const HeapReader reader(client, {}, store, selection);
  selection.setTime(TimeChoice::stretch(kSecond + 1, 3 * kSecond));
  EXPECT_TRUE(untilShown("render ← main 5000")) << shown().toStdString();
  selection.setTime(TimeChoice::stretch(2 * kSecond, 4 * kSecond, TimeChoice::Of::Gone));
  EXPECT_TRUE(untilShown("parse ← main 100")) << shown().toStdString();
}

TEST_F(Readers, TheLastOfManyChoicesIsShown) {
  const HeapReader reader(client, {}, store, selection);
  for (quint64 at = 1; at <= 50; ++at) selection.setTime(TimeChoice::instant(at * 10'000'000));
  selection.setTime(TimeChoice::instant(kSecond));
  EXPECT_TRUE(untilShown("parse ← main 100")) << shown().toStdString();
}

TEST_F(Readers, WhatCannotBeKnownIsSaid) {
  const HeapReader reader(client, "nosuchsession", store, selection);
  selection.setTime(TimeChoice::instant(kSecond));
  ASSERT_TRUE(untilRead([&] { return !store.heapProblem().isEmpty(); }));
  EXPECT_FALSE(store.heapProblem().contains('\n'));
  EXPECT_EQ(store.siteModel().sites(), nullptr);
}

SiteFilter filterOf(const QString& words) {
  SiteFilter filter;
  for (const QString& term : words.split(' ')) filter = filter.with(std::get<FilterTerm>(readTerm(term)));
  return filter;
}

TEST_F(Readers, AFilterOnWhatIsCountedIsAskedFor) {
  const HeapReader reader(client, {}, store, selection);
  const auto counted = [&](const QString& words) {
    selection.setFilter(filterOf(words));
    if (!untilRead([&] { return store.isHeapThere(); })) return QStringLiteral("no answer");
    return store.heapProblem().isEmpty() ? shown() : store.heapProblem();
  };
  EXPECT_EQ(counted("size>7"), "render ← main 5000");
  EXPECT_EQ(counted("-size>7"), "parse ← main 7");
  EXPECT_EQ(counted("lifetime>=1s"), "render ← main 5000") << "the other block is new";
  EXPECT_EQ(counted("-lifetime>=1s"), "parse ← main 7");
  EXPECT_TRUE(counted("thread:nobody").startsWith("thread nobody: the session has no thread"));
  EXPECT_TRUE(counted("lifetime>2s lifetime<1s").contains("no lifetime passes"));
  EXPECT_TRUE(counted("-lifetime:1s-2s").contains("two ranges"));
  selection.setFilter({});
  EXPECT_TRUE(store.heapWish().isPlain());
  EXPECT_TRUE(store.isHeapThere()) << "what is told anyway is not asked for";
}

TEST_F(Readers, AFilterAndATimeHoldTogether) {
  const HeapReader reader(client, {}, store, selection);
  selection.setFilter(filterOf("size<1K"));
  selection.setTime(TimeChoice::instant(2 * kSecond));
  EXPECT_TRUE(untilShown("parse ← main 100")) << shown().toStdString();
  EXPECT_EQ(store.heapWords(), "at 2.00 s");
}

TEST_F(Readers, WhatIsFilteredGoesOnWithALiveSession) {
  const HeapReader reader(client, {}, store, selection);
  selection.setFilter(filterOf("size<1K"));
  ASSERT_TRUE(untilRead([&] { return shown() == "parse ← main 7"; }));
  const quint64 series = store.siteModel().sites()->series();
  live.program.at(5 * kSecond).allocate(9, live.program.stack({"parse", "main"}));
  live.send();
  ASSERT_TRUE(untilRead([&] {
    store.setSites(store.sites());  // As at each refresh.
    return shown() == "parse ← main 16";
  }));
  EXPECT_EQ(store.siteModel().sites()->series(), series) << "rows stay what they are";
}

TEST_F(Readers, BlocksFollowAllTermsOfTheFilter) {
  const SessionReaders readers(client, {}, store, selection);
  const auto sizes = [&](const QString& words, std::optional<quint64> atNs) {
    store.blocks().want(BlockWish{.atNs = atNs, .filter = filterOf(words)});
    QStringList shown;
    if (!untilRead([&] { return store.blocks().isCurrent() || !store.blocks().problem().isEmpty(); }))
      return QStringLiteral("no answer");
    if (!store.blocks().problem().isEmpty()) return store.blocks().problem();
    for (const Block& block : store.blocks().known()->rows) shown << QString::number(block.size);
    return shown.join(' ');
  };
  EXPECT_EQ(sizes("size>7", {}), "5000");
  EXPECT_EQ(sizes("size>7 -render", {}), "");
  EXPECT_EQ(sizes("lifetime>=2s", {}), "5000");
  EXPECT_EQ(sizes("lifetime<2s", {}), "7");
  EXPECT_EQ(sizes("lifetime>=1s", 2 * kSecond), "100");
  EXPECT_EQ(sizes("lifetime>=1h", {}), "") << "longer than the session";
  EXPECT_TRUE(sizes("thread:nobody", {}).contains("no thread of this name"));
}

TEST_F(Readers, APartOfTheTimelineComesInFineSteps) {
  const SessionReaders readers(client, {}, store, selection);
  store.timelinePart().want(TimelineWish{.window = {2 * kSecond - 1'000, 2 * kSecond + 1'000}, .steps = 100});
  ASSERT_TRUE(untilRead([&] { return store.timelinePart().isCurrent(); }));
  const Timeline& part = *store.timelinePart().known();
  EXPECT_LE(part.bucketNs, 40U) << "a fiftieth of the window's width at most";
  EXPECT_LE(part.beginNs, 2 * kSecond - 1'000);
  EXPECT_GE(part.endNs(), 2 * kSecond + 1'000);
  EXPECT_EQ(part.buckets.front().liveBytes, 100U);
  EXPECT_EQ(part.buckets.back().liveBytes, 5'100U);
  store.timelinePart().want(std::nullopt);
  EXPECT_EQ(store.timelinePart().known(), nullptr);
}

TEST_F(Readers, BlocksOfAnInstantComeInTheOrderThatIsWanted) {
  const SessionReaders readers(client, {}, store, selection);
  const auto sizes = [&](const BlockWish& wish) {
    store.blocks().want(wish);
    QStringList shown;
    if (!untilRead([&] { return store.blocks().isCurrent(); })) return QStringLiteral("no answer");
    for (const Block& block : store.blocks().known()->rows)
      shown << QStringLiteral("%1 of %2").arg(block.size).arg(block.label.function);
    return shown.join(", ");
  };
  EXPECT_EQ(sizes({}), "5000 of render ← main, 7 of parse ← main");
  EXPECT_EQ(sizes({.atNs = 2 * kSecond, .order = BlockOrder::Oldest}),
            "100 of parse ← main, 5000 of render ← main");
  EXPECT_EQ(store.blocks().known()->rows[0].ageNs, kSecond);
  EXPECT_EQ(store.blocks().known()->recorded, 2U);
  EXPECT_EQ(sizes({.filter = "RENDER"}), "5000 of render ← main");
  EXPECT_EQ(sizes({.filter = "nothing of the kind"}), "");
  EXPECT_EQ(sizes({.fromNs = 2 * kSecond}), "7 of parse ← main") << "what is new since then";
  EXPECT_EQ(sizes({.limit = 1}), "5000 of render ← main");
  EXPECT_EQ(store.blocks().known()->recorded, 2U) << "how many there are is said";
}

TEST_F(Readers, ThreadsComeWithWhatTheyFreeOfWhom) {
  const SessionReaders readers(client, {}, store, selection);
  const auto rows = [&](const ThreadWish& wish) {
    store.threads().want(wish);
    QStringList shown;
    if (!untilRead([&] { return store.threads().isCurrent(); })) return QStringLiteral("no answer");
    const ThreadMatrix& matrix = *store.threads().known();
    for (std::size_t row = 0; row < matrix.allocated.size(); ++row)
      for (std::size_t column = 0; column < matrix.freed.size(); ++column)
        if (const BlockSum& cell = matrix.cell(row, column); cell.blocks > 0)
          shown << QStringLiteral("%1 in %2").arg(cell.bytes).arg(cell.blocks) +
                       (column + 1 == matrix.freed.size() ? " not freed" : " freed");
    return shown.join(", ");
  };
  EXPECT_EQ(rows({}), "100 in 1 freed, 5007 in 2 not freed");
  EXPECT_EQ(rows({.filter = "render"}), "5000 in 1 not freed");
  EXPECT_EQ(rows({.toNs = 2 * kSecond}), "5100 in 2 not freed");
  EXPECT_EQ(rows({.filter = "nothing of the kind"}), "");
}

TEST(TimelineSteps, WhatIsMissingIsNoBucketWithNumbers) {
  model::TimelineSteps steps{.fromNs = 50, .stepNs = 10};
  steps.known = {{.step = 1, .liveBytes = 7, .maxLiveBytes = 9},
                 {.step = 3, .liveBytes = 8, .liveVariance = 4}};
  const Timeline timeline = readTimelineSteps(steps);
  ASSERT_EQ(timeline.buckets.size(), 4U);
  EXPECT_EQ(timeline.beginNs, 50U);
  EXPECT_FALSE(timeline.buckets[0].isKnown);
  EXPECT_TRUE(timeline.buckets[1].isKnown);
  EXPECT_FALSE(timeline.buckets[2].isKnown);
  EXPECT_EQ(timeline.buckets[3].liveBytesError, 2.0);
  EXPECT_TRUE(readTimelineSteps({}).buckets.empty());
}

}  // namespace
}  // namespace heaptap::gui
