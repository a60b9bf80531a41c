// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <QTest>

#include "gui/app/viewer.h"
#include "tests/gui/all_views.h"
#include "tests/gui/live_program.h"

namespace heaptap::gui {
namespace {

constexpr int kWordsLimitMs = 30'000;
constexpr std::uint64_t kSecondNs = 1'000'000'000;

/// A live program: parse has 100 bytes at 1 s, render 5,000 at 2 s, which are freed at 3 s; a mark at 1.5 s.
class WrittenTimes : public testing::Test {
 protected:
  WrittenTimes() {
    live.program.at(kSecondNs).allocate(100, live.program.stack({"parse", "main"}));
    live.mark("warm", kSecondNs * 3 / 2);
    const auto block = live.program.at(2 * kSecondNs).allocate(5'000, live.program.stack({"render", "main"}));
    live.program.at(3 * kSecondNs).free(block);
    live.send();
    live.exit(0);
    collector.server().waitUntilIdle();
  }
  template <class Condition>
  static bool until(Condition condition) {
    return QTest::qWaitFor(condition, kWordsLimitMs);
  }
  void attach() {
    viewer.attach(QString::fromStdString(collector.address()));
    ASSERT_TRUE(until([&] { return window.store().summary().has_value(); }));
  }
  /// What is chosen after these words were written; or what is said about them.
  QString chosenBy(const QString& words) {
    SessionPage& page = window.session();
    page.selection().setTime({});
    page.timeBar().field().setText(words);
    QTest::keyClick(&page.timeBar().field(), Qt::Key_Return);
    const auto& written = window.store().writtenTime();
    EXPECT_TRUE(until([&] { return !written.wish() || !written.problem().isEmpty(); }));
    if (!written.problem().isEmpty()) return page.timeBar().text();
    const TimeChoice& time = page.selection().time();
    if (time.isNow()) return "now";
    if (!time.hasBeginning()) return QString::number(*time.atNs);
    return QStringLiteral("%1 to %2").arg(*time.fromNs).arg(*time.atNs);
  }

  heaptap::test::TemporaryFolder folder;
  test::LiveCollector collector{folder};
  test::LiveProgram live{collector.address()};
  MainWindow window;
  Viewer viewer{window};
};

TEST_F(WrittenTimes, AreWhatTheCommandLineTakes) {
  attach();
  EXPECT_EQ(chosenBy("2.5s"), "2500000000");
  EXPECT_EQ(chosenBy("1500ms"), "1500000000");
  EXPECT_EQ(chosenBy("peak"), "2000000000");
  EXPECT_EQ(chosenBy("warm"), "1500000000");
  EXPECT_EQ(chosenBy("end"), "now");
  EXPECT_EQ(chosenBy("1s..warm"), "1000000000 to 1500000000");
  EXPECT_EQ(chosenBy("50%"), QString::number(*window.store().session().durationNs / 2));
  EXPECT_EQ(chosenBy("-1s"), QString::number(*window.store().session().durationNs - kSecondNs));
}

TEST_F(WrittenTimes, AreRefusedAsTheCommandLineRefusesThem) {
  attach();
  EXPECT_TRUE(chosenBy("1h").contains("is after the end of the session"));
  EXPECT_TRUE(chosenBy("-1h").contains("is before the start of the session"));
  EXPECT_TRUE(chosenBy("nosuchmark").contains("is no time, and no mark of the session"));
  EXPECT_TRUE(chosenBy("2s..1s").contains("is not later"));
  EXPECT_EQ(chosenBy("2s"), "2000000000") << "and the next one is taken";
  EXPECT_TRUE(window.session().timeBar().text().startsWith("At 2.000 s"));
}

TEST_F(WrittenTimes, AreWaitedForWhenTheSessionIsNotThereYet) {
  window.session().expectTime({.at = "warm"});
  attach();
  EXPECT_TRUE(
      until([&] { return window.session().selection().time() == TimeChoice::instant(kSecondNs * 3 / 2); }));
}

TEST_F(WrittenTimes, OfViewsThatDoNotFollowAreSaid) {
  attach();
  SessionPage& page = window.session();
  page.showView("summary");
  ASSERT_TRUE(until([&] { return page.view<SummaryView>().page().toPlainText().contains("allocations"); }));
  EXPECT_FALSE(page.view<SummaryView>().page().toPlainText().contains("not of the time that is chosen"));
  page.selection().setTime(TimeChoice::instant(kSecondNs));
  EXPECT_TRUE(page.view<SummaryView>().page().toPlainText().contains("not of the time that is chosen"));
}

TEST_F(WrittenTimes, SinceAShowsHowTheHeapChanged) {
  attach();
  SessionPage& page = window.session();
  page.showView("live-heap");
  page.selection().setTime(TimeChoice::stretch(kSecondNs / 2, 2 * kSecondNs, TimeChoice::Of::Since));
  const QAbstractItemModel& rows = *page.view<LiveHeapView>().table().model();
  ASSERT_TRUE(until([&] { return rows.rowCount() == 2; }));
  EXPECT_EQ(rows.index(0, SiteModel::BytesChange).data().toString(), "+4.88 KiB");
  EXPECT_FALSE(page.view<LiveHeapView>().table().isColumnHidden(SiteModel::BytesChange));
  EXPECT_EQ(page.titleOf("live-heap"), "Live heap  (2)");
  page.selection().setTime(TimeChoice::stretch(2 * kSecondNs, 3 * kSecondNs, TimeChoice::Of::Since));
  ASSERT_TRUE(until([&] {
    return rows.index(rows.rowCount() - 1, SiteModel::BytesChange).data().toString() == "-4.88 KiB";
  }));
  page.selection().setTime({});
  EXPECT_TRUE(page.view<LiveHeapView>().table().isColumnHidden(SiteModel::BytesChange));
}

}  // namespace
}  // namespace heaptap::gui
