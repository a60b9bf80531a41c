// SPDX-License-Identifier: Apache-2.0
#include "gui/app/viewer.h"

#include <gtest/gtest.h>

#include <QFile>
#include <QFileInfo>
#include <QImage>
#include <QTest>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "gui/app/screenshot.h"
#include "gui/client/sessions/session_export.h"
#include "tests/gui/all_views.h"
#include "tests/gui/app/slow_source.h"
#include "tests/gui/live_program.h"
#include "tests/support/certificates.h"

namespace heaptap::gui {
namespace {

constexpr int kLimitMs = 30'000;

class ViewerOf : public testing::Test {
 protected:
  template <class Condition>
  static bool until(Condition condition) {
    return QTest::qWaitFor(condition, kLimitMs);
  }
  bool untilLive(const QString& number) {
    return until(
        [&] { return window.showsSession() && window.session().header().remains().number() == number; });
  }
  QString address() const { return QString::fromStdString("unix:" + (folder / "sock").string()); }

  /// A session of 4 KiB that is leaked in parse.
  QString recordedFile() {
    {
      test::LiveCollector collector(folder);
      test::LiveProgram ended(collector.address());
      ended.program.at(1'000).allocate(4'096, ended.program.stack({"parse", "main"}));
      ended.exit(0);
      collector.server().waitUntilIdle();
    }
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
      if (entry.path().extension() == ".heaptap") return QString::fromStdString(entry.path().string());
    ADD_FAILURE() << "no file was written";
    return {};
  }

  heaptap::test::TemporaryFolder folder;
  MainWindow window;
  Viewer viewer{window};
};

TEST_F(ViewerOf, FollowsALiveSession) {
  test::LiveCollector collector(folder);
  test::LiveProgram live(collector.address());
  const auto stack = live.program.stack({"parse", "main"});
  live.program.at(1'000'000).allocate(2'048, stack);
  live.send();
  viewer.attach(address());
  ASSERT_TRUE(untilLive("2.00 KiB"));
  ASSERT_TRUE(until([&] { return window.session().view<LiveHeapView>().table().model()->rowCount() == 1; }));
  EXPECT_EQ(window.session().site().title(), "parse ← main");
  EXPECT_EQ(window.session().header().remains().caption(), "Live");

  live.program.at(2'000'000).allocate(1'024, live.program.stack({"render", "main"}));
  live.send();
  ASSERT_TRUE(untilLive("3.00 KiB"));
  ASSERT_TRUE(until([&] { return window.session().view<LiveHeapView>().table().model()->rowCount() == 2; }));
  EXPECT_EQ(window.session().site().title(), "parse ← main");

  live.exit(0);
  ASSERT_TRUE(until([&] { return window.session().header().remains().caption() == "Leaked"; }));
  EXPECT_EQ(window.session().header().remains().number(), "3.00 KiB");
  EXPECT_TRUE(window.session().header().process().contains("exited 0"));
}

TEST_F(ViewerOf, FollowsTheTimeThatIsChosenInTheTimeline) {
  test::LiveCollector collector(folder);
  test::LiveProgram live(collector.address());
  live.program.at(1'000'000'000).allocate(100, live.program.stack({"parse", "main"}));
  live.program.at(3'000'000'000).allocate(5'000, live.program.stack({"render", "main"}));
  live.send();
  viewer.attach(address());
  SessionPage& page = window.session();
  const QAbstractItemModel& rows = *page.view<LiveHeapView>().table().model();
  ASSERT_TRUE(until([&] { return rows.rowCount() == 2; }));
  ASSERT_EQ(page.currentView(), "live-heap");
  emit page.timeline().timeChosen(TimeChoice::instant(2'000'000'000));
  ASSERT_TRUE(until([&] { return page.titleOf("live-heap") == "Live heap  (1)"; }));
  EXPECT_EQ(page.site().title(), "parse ← main");
  EXPECT_EQ(page.timeBar().text(), "At 2.000 s");
  emit page.timeline().timeChosen(TimeChoice::stretch(2'000'000'000, 3'000'000'000));
  ASSERT_TRUE(until([&] { return page.titleOf("live-heap") == "Grown  (1)"; }));
  EXPECT_EQ(page.site().title(), "render ← main");
  page.timeBar().nowButton().click();
  EXPECT_EQ(page.titleOf("live-heap"), "Live heap  (2)");
  EXPECT_TRUE(page.timeBar().text().isEmpty());
}

TEST_F(ViewerOf, SuppressesALeakByALineInAFile) {
  viewer.openFiles({recordedFile()});
  LeaksView& leaks = window.session().view<LeaksView>();
  ASSERT_TRUE(until([&] { return leaks.table().model()->rowCount() == 1; }));
  window.session().showView("leaks");
  const auto menu = leaks.table().contextMenu();
  QStringList offered;
  for (const QAction* action : menu->actions()) offered << action->text();
  EXPECT_TRUE(offered.contains("S&uppress This Leak…")) << offered.join(", ").toStdString();
  const auto file = folder.write("known.supp", "# by hand\nleak:nothing of it");
  viewer.suppress(leaks.table().currentGroup()->sites.front(), QString::fromStdString(file.string()));
  ASSERT_TRUE(until([&] { return window.session().header().remains().number() == "0 B"; }));
  QFile written(QString::fromStdString(file.string()));
  ASSERT_TRUE(written.open(QIODevice::ReadOnly));
  const QString text = QString::fromUtf8(written.readAll());
  EXPECT_TRUE(text.startsWith("# by hand\nleak:nothing of it\n")) << text.toStdString();
  EXPECT_TRUE(text.contains("leak:^parse$")) << text.toStdString();
  EXPECT_EQ(window.noSuppressions().text(), "&No Suppressions (1 file in use)");
  viewer.suppress(leaks.table().currentGroup()->sites.front(), "/nowhere/at/all.supp");
  ASSERT_TRUE(
      until([&] { return window.problem().isVisible() || !window.problem().accessibleName().isEmpty(); }));
}

TEST_F(ViewerOf, SetsSuppressedLeaksApart) {
  const QString file = recordedFile();
  viewer.openFiles({file});
  const auto rows = [&] {
    const QAbstractItemModel& model = *window.session().view<LeaksView>().table().model();
    QStringList shown;
    for (int row = 0; row < model.rowCount(); ++row)
      shown << model.index(row, LeakModel::Kind).data().toString() + ' ' +
                   model.index(row, LeakModel::Function).data().toString();
    return shown.join(", ");
  };
  ASSERT_TRUE(until([&] { return rows() == "leaked once parse"; })) << rows().toStdString();
  EXPECT_FALSE(window.noSuppressions().isEnabled());

  const auto known = folder.write("known.supp", "# 4 KiB\nleak:^parse$\n");
  emit window.suppressionsChosen({QString::fromStdString(known.string())});
  ASSERT_TRUE(until([&] { return rows() == "suppressed leak:^parse$"; })) << rows().toStdString();
  const KeyNumber& leaked = window.session().header().remains();
  EXPECT_EQ(leaked.number(), "0 B");
  EXPECT_TRUE(leaked.toolTip().contains("4.00 KiB in 1 block, suppressed")) << leaked.toolTip().toStdString();
  EXPECT_EQ(window.noSuppressions().text(), "&No Suppressions (1 file in use)");

  // So are those of the next session, and of what is exported.
  viewer.openFiles({file});
  const QString exported = QString::fromStdString((folder / "out.junit.xml").string());
  emit window.exportWanted("junit", exported);
  ASSERT_TRUE(until([&] { return QFileInfo::exists(exported); }));
  EXPECT_NE(heaptap::test::readFile(folder / "out.junit.xml").find("failures=\"0\""), std::string::npos);

  // Files that are wrong change nothing.
  const auto wrong = folder.write("wrong.supp", "leak:a\nlek:b\n");
  std::optional<Error> error;
  QObject::connect(&viewer, &Viewer::failed, &viewer, [&](const Error& failed) { error = failed; });
  viewer.useSuppressions({QString::fromStdString(wrong.string())});
  ASSERT_TRUE(until([&] { return error.has_value(); }));
  EXPECT_EQ(error->code, Code::Usage);
  EXPECT_TRUE(window.problem().text().contains("wrong.supp:2:1")) << window.problem().text().toStdString();
  EXPECT_EQ(window.noSuppressions().text(), "&No Suppressions (1 file in use)");

  window.noSuppressions().trigger();
  ASSERT_TRUE(until([&] { return rows() == "leaked once parse"; })) << rows().toStdString();
  EXPECT_EQ(leaked.number(), "4.00 KiB");
}

TEST_F(ViewerOf, ShowsFindingsAndMarksAsTheyCome) {
  test::LiveCollector collector(folder);
  test::LiveProgram live(collector.address());
  const auto block = live.program.at(1'000'000).allocate(24, live.program.stack({"makeNode", "main"}));
  live.send();
  viewer.attach(address());
  SessionPage& page = window.session();
  page.showView("findings");
  ASSERT_TRUE(until([&] { return page.titleOf("findings") == "Findings  (0)"; }));

  live.program.at(2'000'000).free(block);
  live.mark("dropped", 2'500'000);
  live.freeTwice(3, live.program.stack({"dropNode", "main"}));
  live.send();
  ASSERT_TRUE(until([&] { return page.titleOf("findings") == "Findings  (1)"; }));
  EXPECT_EQ(page.view<FindingsView>().panel().title(), "Double free");
  EXPECT_TRUE(page.view<FindingsView>().panel().circumstances().startsWith("3 times"));
  EXPECT_EQ(page.titleOf("marks"), "Marks  (1)");
  ASSERT_EQ(page.timeline().spots().size(), 1U);
  EXPECT_EQ(page.timeline().labelOf(page.timeline().spots()[0]), "dropped");
}

TEST_F(ViewerOf, IsLetInByTlsWithATokenAndKeepsHowItWas) {
  qputenv("XDG_CONFIG_HOME", QByteArray::fromStdString(folder.path().string()));
  const heaptap::test::Certificates certificates;
  const auto pair = certificates.make("host");
  const std::string token = certificates.write("token", "0123456789abcdef\n");
  auto security = rpc::ServerSecurity::open(
      {.certificate = pair.certificate, .key = pair.key, .clientCa = {}, .tokens = token});
  ASSERT_TRUE(security) << security.error().line();
  service::CollectorOptions options;
  options.addresses = {"127.0.0.1:0"};
  options.files.directory = folder.path();
  options.security = std::move(*security);
  const auto collector = service::CollectorServer::start(options);
  ASSERT_TRUE(collector) << collector.error().line();
  CollectorChoice choice;
  choice.address = QString::fromStdString((*collector)->addresses()[0]);
  emit window.collectorEntered(choice);
  const auto says = [&](const char* what) {
    return until([&] { return window.message().text().contains(what); });
  };
  EXPECT_TRUE(says("signed by nobody who is trusted here")) << window.message().text().toStdString();
  choice.ca = QString::fromStdString(certificates.ca());
  emit window.collectorEntered(choice);
  EXPECT_TRUE(says("the collector wants a token")) << window.message().text().toStdString();
  choice.tokenFile = QString::fromStdString(token);
  emit window.collectorEntered(choice);
  ASSERT_TRUE(until([&] { return window.message().title() == "No sessions yet"; }))
      << window.message().text().toStdString();
  const std::string kept = heaptap::test::readFile(folder / "heaptap/collectors.toml");
  EXPECT_NE(kept.find(token), std::string::npos) << kept;
  EXPECT_EQ(kept.find("0123456789abcdef"), std::string::npos) << "the token itself is in no other file";
  viewer.close();
  viewer.attach(choice.address);
  ASSERT_TRUE(until([&] { return window.message().title() == "No sessions yet"; }))
      << "the address is enough";
  viewer.close();
  qunsetenv("XDG_CONFIG_HOME");
}

TEST_F(ViewerOf, SaysThatTheCollectorIsAwayAndShowsItsSessionsOnceItIsThere) {
  viewer.attach(address());
  ASSERT_TRUE(until([&] { return window.message().title() == "No answer from the collector"; }));
  EXPECT_TRUE(window.message().text().contains(address()));

  test::LiveCollector collector(folder);
  ASSERT_TRUE(until([&] { return window.message().title() == "No sessions yet"; }));
  test::LiveProgram live(collector.address());
  live.program.at(1'000).allocate(512, live.program.stack({"main"}));
  live.send();
  EXPECT_TRUE(untilLive("512 B"));
}

TEST_F(ViewerOf, KeepsWhatItShowsWhileTheCollectorIsAway) {
  auto collector = std::make_unique<test::LiveCollector>(folder);
  {
    test::LiveProgram live(collector->address());
    live.program.at(1'000).allocate(512, live.program.stack({"main"}));
    live.exit(0);
  }
  viewer.attach(address());
  ASSERT_TRUE(untilLive("512 B"));
  collector.reset();
  ASSERT_TRUE(until([&] { return !window.problem().isHidden(); }));
  EXPECT_TRUE(window.showsSession());
  EXPECT_TRUE(window.session().header().process().startsWith("no answer since "));
  collector = std::make_unique<test::LiveCollector>(folder);
  EXPECT_TRUE(until([&] { return window.problem().isHidden(); }))
      << window.problem().accessibleName().toStdString();
}

TEST_F(ViewerOf, ShowsTheSessionThatIsChosen) {
  test::LiveCollector collector(folder);
  test::LiveProgram older(collector.address(), 'a');
  older.program.at(1'000).allocate(100, older.program.stack({"main"}));
  older.send();
  test::LiveProgram newer(collector.address(), 'b');
  newer.program.at(1'000).allocate(200, newer.program.stack({"main"}));
  newer.send();
  viewer.attach(address());
  ASSERT_TRUE(untilLive("200 B"));
  ASSERT_FALSE(window.sessionList().isHidden());
  window.sessionList().setCurrentIndex(window.sessions().index(1));
  EXPECT_TRUE(untilLive("100 B"));
}

TEST_F(ViewerOf, ClosesWhatItShows) {
  viewer.openFiles({recordedFile()});
  ASSERT_TRUE(untilLive("4.00 KiB"));
  viewer.close();
  EXPECT_FALSE(window.showsSession());
  window.store().sql().want(SqlWish{});  // What asked the session is gone with it.
  EXPECT_FALSE(window.store().sql().isCurrent());
}

TEST_F(ViewerOf, OpensAFile) {
  viewer.openFiles({recordedFile()});
  ASSERT_TRUE(untilLive("4.00 KiB"));
  EXPECT_TRUE(until([&] { return window.session().site().title() == "parse ← main"; }));
}

TEST_F(ViewerOf, PaintsAViewIntoAFile) {
  const QString picture = QString::fromStdString((folder / "picture.png").string());
  std::optional<Result<void>> outcome;
  const Screenshot screenshot(viewer, window, picture, "marks",
                              [&](const auto& result) { outcome = result; });
  window.resize(800, 600);
  viewer.openFiles({recordedFile()});
  ASSERT_TRUE(until([&] { return outcome.has_value(); }));
  ASSERT_TRUE(*outcome) << outcome->error().line();
  EXPECT_EQ(QImage(picture).size(), QSize(800, 600));
  EXPECT_EQ(window.session().currentView(), "marks");
}

TEST_F(ViewerOf, PaintsNoViewThatTheSessionDoesNotHave) {
  std::optional<Result<void>> outcome;
  const Screenshot screenshot(viewer, window, "/nonexistent/picture.png", "heaps",
                              [&](const auto& result) { outcome = result; });
  viewer.openFiles({recordedFile()});
  ASSERT_TRUE(until([&] { return outcome.has_value(); }));
  ASSERT_FALSE(*outcome);
  EXPECT_EQ(outcome->error().code, Code::NotFound);
}

TEST_F(ViewerOf, SaysThatAPictureCannotBeWritten) {
  std::optional<Result<void>> outcome;
  const Screenshot screenshot(viewer, window, "/nonexistent/picture.png", {},
                              [&](const auto& result) { outcome = result; });
  viewer.openFiles({recordedFile()});
  ASSERT_TRUE(until([&] { return outcome.has_value(); }));
  ASSERT_FALSE(*outcome);
  EXPECT_EQ(outcome->error().code, Code::NotWritable);
}

TEST_F(ViewerOf, SaysWhyAFileDoesNotOpen) {
  viewer.openFiles({QString::fromStdString(folder.write("a.heaptap", "no session\n").string())});
  ASSERT_TRUE(until([&] { return window.message().title() == "Cannot open the file"; }));
  EXPECT_TRUE(window.message().text().contains("a.heaptap"));
}

TEST_F(ViewerOf, NamesEachFileThatDoesNotOpenAndShowsTheOthers) {
  const QString good = recordedFile();
  const QString bad = QString::fromStdString(folder.write("bad.heaptap", "no session\n").string());
  viewer.openFiles({bad, good, "/nonexistent/a.heaptap"});
  ASSERT_TRUE(untilLive("4.00 KiB"));
  ASSERT_TRUE(until([&] { return !window.problem().text().isEmpty(); }));
  EXPECT_TRUE(window.problem().text().startsWith("Cannot open some files: "));
  EXPECT_TRUE(window.problem().text().contains(bad));
  EXPECT_TRUE(window.problem().text().contains("/nonexistent/a.heaptap"));
}

TEST_F(ViewerOf, ExportsInEachFormat) {
  viewer.openFiles({recordedFile()});
  ASSERT_TRUE(untilLive("4.00 KiB"));
  ASSERT_FALSE(exportChoices().empty());
  EXPECT_EQ(window.exportMenu().actions().size(), static_cast<qsizetype>(exportChoices().size()));
  for (const ExportChoice& choice : exportChoices()) {
    const QString file = QString::fromStdString((folder / "export").string()) + choice.extension;
    emit window.exportWanted(choice.name, file);
    ASSERT_TRUE(window.exporting().isGoingOn()) << choice.name.toStdString();
    ASSERT_TRUE(until([&] { return !window.exporting().isGoingOn(); })) << choice.name.toStdString();
    EXPECT_TRUE(window.problem().text().isEmpty()) << window.problem().text().toStdString();
    EXPECT_GT(QFileInfo(file).size(), 0) << choice.name.toStdString();
  }
}

TEST_F(ViewerOf, SaysInOneLineWhyAnExportFails) {
  viewer.openFiles({recordedFile()});
  ASSERT_TRUE(untilLive("4.00 KiB"));
  for (const QString file : {"/nonexistent/a.csv", "/dev/full"}) {
    emit window.exportWanted("csv", file);
    ASSERT_TRUE(until([&] { return !window.exporting().isGoingOn(); }));
    EXPECT_TRUE(window.problem().text().startsWith("Cannot export the session: ")) << file.toStdString();
    EXPECT_TRUE(window.problem().text().contains(file)) << window.problem().text().toStdString();
    EXPECT_FALSE(window.problem().text().contains('\n'));
    window.clearProblem();
  }
}

class SlowSession : public ViewerOf {
 protected:
  SlowSession() { viewer.show(SessionSource::of(source, "slow"), {}); }
  void choose(const QString& id) {
    window.sessionList().setCurrentIndex(window.sessions().index(window.sessions().rowOf(id)));
  }

  std::shared_ptr<SlowSource> source = std::make_shared<SlowSource>();
};

TEST_F(SlowSession, IsNamedAtOnceAndSaysThatItIsFetched) {
  ASSERT_TRUE(untilLive("4.00 KiB"));
  choose("slow");
  EXPECT_EQ(window.session().header().command(), "slow-program") << "before any answer";
  EXPECT_EQ(window.session().header().remains().number(), "…");
  EXPECT_EQ(window.session().view<CallSitesView>().table().emptyText(), "Loading…");
  EXPECT_TRUE(window.loading().isGoingOn());
  ASSERT_TRUE(until([&] { return !window.loading().isHidden(); }));
  EXPECT_TRUE(window.loading().text().contains("slow"));
  choose("quick");
  EXPECT_EQ(window.session().header().command(), "quick-program");
  ASSERT_TRUE(untilLive("4.00 KiB"));
}

TEST_F(SlowSession, CanBeCancelledAndTriedAgain) {
  ASSERT_TRUE(untilLive("4.00 KiB"));
  choose("slow");
  ASSERT_TRUE(until([&] { return source->waiting > 0; }));
  window.loading().cancelButton().click();
  EXPECT_FALSE(window.loading().isGoingOn());
  EXPECT_TRUE(window.problem().text().startsWith("Reading was cancelled"));
  EXPECT_EQ(window.session().view<CallSitesView>().table().emptyText(),
            "Not loaded, as reading was cancelled.");
  ASSERT_TRUE(until([&] { return source->waiting == 0; })) << "the questions end";
  const int asked = source->asked;
  EXPECT_FALSE(window.problem().actionButton().isHidden());
  window.problem().actionButton().click();
  EXPECT_TRUE(window.problem().text().isEmpty());
  EXPECT_TRUE(window.loading().isGoingOn());
  EXPECT_TRUE(until([&] { return source->asked > asked; }));
}

TEST_F(SlowSession, IsNotExportedOnceThatIsCancelled) {
  ASSERT_TRUE(untilLive("4.00 KiB"));
  choose("slow");
  const std::filesystem::path file = folder.write("kept.csv", "as it was");
  emit window.exportWanted("csv", QString::fromStdString(file.string()));
  ASSERT_TRUE(until([&] { return source->waiting >= 2; }));
  window.exporting().cancelButton().click();
  EXPECT_FALSE(window.exporting().isGoingOn());
  choose("quick");
  ASSERT_TRUE(untilLive("4.00 KiB"));
  EXPECT_EQ(std::filesystem::file_size(file), 9U);
  EXPECT_TRUE(window.problem().text().isEmpty());
}

TEST_F(SlowSession, DoesNotKeepTheWindowFromClosing) {
  ASSERT_TRUE(untilLive("4.00 KiB"));
  choose("slow");
  ASSERT_TRUE(until([&] { return source->waiting > 0; }));
  // The test ends only if the viewer does.
}

}  // namespace
}  // namespace heaptap::gui
