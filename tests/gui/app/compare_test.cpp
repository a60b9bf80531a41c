// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <QFile>
#include <QTest>

#include "gui/app/file_opener.h"
#include "gui/app/viewer.h"
#include "tests/gui/all_views.h"
#include "tests/gui/live_program.h"

namespace heaptap::gui {
namespace {

constexpr int kCompareLimitMs = 30'000;

/// As massif writes it: 600 bytes of grow at the peak.
constexpr const char* kMassifFile =
    "desc: --detailed-freq=1\ncmd: ./server\ntime_unit: i\n#-----------\nsnapshot=0\n#-----------\ntime=5\n"
    "mem_heap_B=600\nmem_heap_extra_B=0\nmem_stacks_B=0\nheap_tree=peak\n"
    "n1: 600 (heap allocation functions) malloc/new/new[], --alloc-fns, etc.\n"
    " n1: 600 0x1000: grow (a.cpp:20)\n"
    "  n0: 600 0x1010: main (a.cpp:10)\n";

/// Two recorded files in a folder: the older one leaks 100 bytes of parse, the newer one 300, and 50 of grow.
class Comparing : public testing::Test {
 protected:
  Comparing() {
    older = record('a', [](heaptap::test::RecordedProgram& program) {
      program.at(1'000).allocate(100, program.stack({"parse", "main"}));
    });
    newer = record('b', [](heaptap::test::RecordedProgram& program) {
      program.at(1'000).allocate(300, program.stack({"parse", "main"}));
      program.at(2'000).allocate(50, program.stack({"grow", "main"}));
    });
  }
  template <class Events>
  QString record(char mark, const Events& events) {
    const heaptap::test::TemporaryFolder recording;
    {
      test::LiveCollector collector(recording);
      test::LiveProgram program(collector.address(), mark);
      events(program.program);
      program.exit(0);
      collector.server().waitUntilIdle();
    }
    const auto file = folder / (std::string(1, mark) + ".heaptap");
    for (const auto& entry : std::filesystem::directory_iterator(recording.path()))
      if (entry.path().extension() == ".heaptap") std::filesystem::copy_file(entry.path(), file);
    return QString::fromStdString(file.string());
  }
  [[nodiscard]] CompareView& view() { return window.session().view<CompareView>(); }
  QString rows() {
    const QAbstractItemModel& model = *view().table().model();
    QStringList shown;
    for (int row = 0; row < model.rowCount(); ++row)
      shown << model.index(row, ChangeModel::Kind).data().toString() + ' ' +
                   model.index(row, ChangeModel::Function).data().toString() + ' ' +
                   model.index(row, ChangeModel::Change).data().toString();
    return shown.join(" | ");
  }
  template <class Condition>
  static bool until(Condition condition) {
    return QTest::qWaitFor(condition, kCompareLimitMs);
  }
  bool untilSettled() {
    return until([&] { return window.showsSession() && view().isSettled() && window.store().summary(); });
  }

  heaptap::test::TemporaryFolder folder;
  QString older;
  QString newer;
  MainWindow window;
  Viewer viewer{window};
};

TEST_F(Comparing, OpensOnTheRunBeforeInTheSameFolder) {
  viewer.openFiles({newer});
  ASSERT_TRUE(until([&] { return window.store().summary().has_value(); }));
  window.session().showView("compare");
  ASSERT_TRUE(until([&] { return view().table().model()->rowCount() == 2; })) << rows().toStdString();
  EXPECT_EQ(rows(), "grew parse ← main +200 B | new grow ← main +50 B");
  EXPECT_TRUE(view().choice().currentText().startsWith("the run before"))
      << view().choice().currentText().toStdString();
  EXPECT_TRUE(view().headline().startsWith("bytes left at the end: +250 B (+250.0 %), from 100 B to 350 B."))
      << view().headline().toStdString();
  EXPECT_EQ(window.session().site().title(), "parse ← main") << "the first row's stack stands beside it";
  EXPECT_EQ(window.session().titleOf("compare"), "Compare  (2)");
  EXPECT_FALSE(QFile::exists(QString::fromStdString((folder / ".heaptap-catalogue").string())))
      << "looking leaves nothing beside the files";
}

TEST_F(Comparing, TakesAnotherFileWithATime) {
  view().compareWith(comparedSide(older + "@start", false));
  viewer.openFiles({newer});
  window.session().showView("compare");
  ASSERT_TRUE(until([&] { return view().table().model()->rowCount() == 2; })) << rows().toStdString();
  EXPECT_EQ(rows(), "new parse ← main +300 B | new grow ← main +50 B");
  EXPECT_EQ(view().other().at().text(), "start");
  view().other().swap().click();
  ASSERT_TRUE(until([&] { return rows().startsWith("gone"); }));
  EXPECT_EQ(rows(), "gone parse ← main -300 B | gone grow ← main -50 B");
}

TEST_F(Comparing, TakesWhatAnotherProfilerHasWritten) {
  view().compareWith({.of = ComparedSide::Of::File,
                      .name = QString::fromStdString(folder.write("massif.out.1", kMassifFile).string()),
                      .at = {}});
  viewer.openFiles({newer});
  window.session().showView("compare");
  view().cost().setCurrentIndex(view().cost().findData(static_cast<int>(TreeCost::PeakBytes)));
  ASSERT_TRUE(until([&] { return view().table().model()->rowCount() > 0; }))
      << view().table().emptyText().toStdString();
  EXPECT_TRUE(rows().contains("gone grow ← main -600 B")) << rows().toStdString();
}

TEST_F(Comparing, SaysWhatDoesNotOpenAndGoesOn) {
  const std::string pipe = (folder / "pipe").string();
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  viewer.openFiles({newer});
  ASSERT_TRUE(until([&] { return window.store().summary().has_value(); }));
  window.session().showView("compare");
  const auto told = [&](const std::string& file) {
    view().compareWith({.of = ComparedSide::Of::File, .name = QString::fromStdString(file), .at = {}});
    EXPECT_TRUE(untilSettled());
    return view().table().emptyText();
  };
  EXPECT_TRUE(told(folder.write("junk", "nothing\nof the kind").string()).contains("junk"));
  EXPECT_TRUE(told(folder.write("empty", "").string()).contains("empty"));
  EXPECT_TRUE(told((folder / "missing.heaptap").string()).contains("missing.heaptap"));
  EXPECT_TRUE(told(pipe).contains("not a regular file"));
  EXPECT_TRUE(told(folder.path().string()).contains("not a regular file"));
  EXPECT_EQ(view().table().model()->rowCount(), 0);
  EXPECT_TRUE(view().headline().isEmpty());
  view().compareWith({.of = ComparedSide::Of::File, .name = older, .at = {}});
  EXPECT_TRUE(until([&] { return view().table().model()->rowCount() == 2; }));
}

TEST_F(Comparing, ComparesAnInstantWithTheBeginningOfTheStretch) {
  viewer.openFiles({newer});
  ASSERT_TRUE(until([&] { return window.store().summary().has_value(); }));
  window.session().selection().setTime(TimeChoice::stretch(1'500, 2'500));
  window.session().showView("compare");
  ASSERT_TRUE(until([&] { return rows() == "new grow ← main +50 B"; })) << rows().toStdString();
  window.session().selection().setTime(TimeChoice::stretch(500, 1'500));
  EXPECT_TRUE(until([&] { return rows() == "new parse ← main +300 B"; })) << "A is followed where it goes";
}

TEST(ComparedSides, AreFilesUnlessACollectorHasThem) {
  const heaptap::test::TemporaryFolder folder;
  const QString odd = QString::fromStdString(folder.write("a@50%", "x").string());
  EXPECT_EQ(comparedSide(odd, false).name, odd) << "a file of that name is meant";
  EXPECT_EQ(comparedSide("b.heaptap@50%", false),
            (ComparedSide{.of = ComparedSide::Of::File, .name = "b.heaptap", .at = "50%"}));
  EXPECT_EQ(comparedSide("ab12@peak", true),
            (ComparedSide{.of = ComparedSide::Of::OtherSession, .name = "ab12", .at = "peak"}));
  EXPECT_EQ(comparedSide(odd, true).of, ComparedSide::Of::File);
}

}  // namespace
}  // namespace heaptap::gui
