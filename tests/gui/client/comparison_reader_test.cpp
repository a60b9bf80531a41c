// SPDX-License-Identifier: Apache-2.0
#include "gui/client/readers/comparison_reader.h"

#include <gtest/gtest.h>

#include "tests/gui/live_program.h"
#include "tests/gui/profile_source_at.h"

namespace heaptap::gui {
namespace {

constexpr quint64 kSecondOfTwo = 1'000'000'000;

/// Two programs of one collector: the first leaves 100 bytes of parse and 4,096 of render, the second 300 of
/// parse and 50 of grow.
class TwoPrograms : public testing::Test {
 protected:
  TwoPrograms() {
    before.program.at(kSecondOfTwo).allocate(100, before.program.stack({"parse", "main"}));
    before.program.at(2 * kSecondOfTwo).allocate(4'096, before.program.stack({"render", "main"}));
    before.send();
    after.program.at(kSecondOfTwo).allocate(50, after.program.stack({"grow", "main"}));
    after.program.at(3 * kSecondOfTwo).allocate(300, after.program.stack({"parse", "main"}));
    after.send();
  }
  Result<ComparisonPtr> compared(const ComparisonWish& wish, SessionOpener* opener = nullptr) {
    return readComparison(*source, opener, "62", wish, {});
  }
  QString rows(const ComparisonWish& wish) {
    const auto comparison = compared(wish);
    if (!comparison) return QString::fromStdString(comparison.error().line());
    QStringList shown;
    for (const SiteChange& site : (*comparison)->sites)
      shown << QStringLiteral("%1 %2 %3→%4")
                   .arg(changeKindText(site.kind),
                        site.row ? (*comparison)->setOf(site)->label(*site.row).function.section(' ', 0, 0)
                                 : QStringLiteral("?"))
                   .arg(site.number.before)
                   .arg(site.number.after);
    return shown.join(", ");
  }
  static ComparedSide other(const QString& at = {}) {
    return {.of = ComparedSide::Of::OtherSession,
            .name = "61",  // A unique prefix.
            .at = at};
  }

  heaptap::test::TemporaryFolder folder;
  test::LiveCollector collector{folder};
  test::LiveProgram before{collector.address(), 'a'};
  test::LiveProgram after{collector.address(), 'b'};
  std::shared_ptr<client::ProfileSource> source = test::sourceAt(collector.address());
};

TEST_F(TwoPrograms, DifferBySitesThatAreMatchedByName) {
  EXPECT_EQ(rows({.other = other()}), "grew parse 100→300, new grow 0→50, gone render 4096→0");
  const auto comparison = compared({.other = other()});
  ASSERT_TRUE(comparison);
  EXPECT_TRUE((*comparison)->headline.startsWith("bytes live: -3.76 KiB (-91.7 %)"))
      << (*comparison)->headline.toStdString();
  ASSERT_FALSE((*comparison)->summary.empty());
  EXPECT_EQ((*comparison)->summary[0].name, "live");
  EXPECT_EQ((*comparison)->summary[0].number, (NumberChange{.before = 4'196, .after = 350}));
}

TEST_F(TwoPrograms, AreSwapped) {
  EXPECT_EQ(rows({.other = other(), .isOtherAfter = true}),
            "new render 0→4096, shrank parse 300→100, gone grow 50→0");
}

TEST_F(TwoPrograms, AreComparedByAnyCost) {
  EXPECT_EQ(rows({.other = other(), .cost = TreeCost::Allocations}), "new grow 0→1, gone render 1→0");
}

TEST_F(TwoPrograms, AreComparedAtOtherTimes) {
  EXPECT_EQ(rows({.other = other("1s"), .atNs = kSecondOfTwo}), "new grow 0→50, gone parse 100→0");
  const ComparedSide earlier{.of = ComparedSide::Of::ThisSession, .name = {}, .at = "1s"};
  EXPECT_EQ(rows({.other = earlier}), "new parse 0→300");
}

TEST_F(TwoPrograms, SayWhatCannotBeCompared) {
  EXPECT_TRUE(rows({.other = other("nosuchmark")}).contains("is no time, and no mark"))
      << "as the command line";
  EXPECT_TRUE(rows({.other = other("1h")}).contains("after the end"));
  EXPECT_TRUE(rows({.other = other(), .heap = "arena"}).contains("neither side has a heap"));
  const auto unknown = compared({.other = {.of = ComparedSide::Of::OtherSession, .name = "feed", .at = {}}});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, Code::NotFound);
  EXPECT_FALSE(compared({.other = {.of = ComparedSide::Of::File, .name = "/x.heaptap", .at = {}}}))
      << "nobody opens files here";
}

}  // namespace
}  // namespace heaptap::gui
