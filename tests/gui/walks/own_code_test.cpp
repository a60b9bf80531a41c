// SPDX-License-Identifier: Apache-2.0
// The list of what is the program's own code: said by menus, changed in its dialog, followed by the views and
// by the command line.
#include <gtest/gtest.h>

#include <QFile>
#include <QProcess>
#include <QTest>

#include "analysis/code_list.h"
#include "gui/app/viewer.h"
#include "tests/gui/all_views.h"
#include "tests/gui/live_program.h"

namespace heaptap::gui {
namespace {

constexpr int kOwnCodeLimitMs = 30'000;

class ListOfOwnCode : public testing::Test {
 protected:
  ListOfOwnCode() {
    qputenv("HEAPTAP_OWN_CODE", QFile::encodeName(list));
    {
      test::LiveCollector collector(folder);
      test::LiveProgram recorded(collector.address());
      heaptap::test::RecordedProgram& program = recorded.program;
      program.at(1'000).allocate(4'096, program.stack({"pool::get(int)", "parse", "main"}));
      program.at(2'000).allocate(100, program.stack({"pool::get(int)", "render", "main"}));
      recorded.exit(0);
      collector.server().waitUntilIdle();
    }
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
      if (entry.path().extension() == ".heaptap") file = QString::fromStdString(entry.path().string());
    window.setAttribute(Qt::WA_DontShowOnScreen);
    window.resize(1'200, 800);
    window.show();
  }
  ~ListOfOwnCode() override {
    qunsetenv("HEAPTAP_OWN_CODE");
    analysis::useCodeList(nullptr);
  }

  void open() {
    viewer.emplace(window);
    viewer->openFiles({file});
    ASSERT_TRUE(until([&] { return functions().size() == 2; }));
    window.session().showView("call-sites");
  }
  template <class Condition>
  static bool until(Condition condition) {
    return QTest::qWaitFor(condition, kOwnCodeLimitMs);
  }
  QStringList functions() {
    const QAbstractItemModel& model = *window.session().view<CallSitesView>().table().model();
    QStringList names;
    for (int row = 0; row < model.rowCount(); ++row)
      names << model.index(row, SiteModel::Function).data().toString().section(' ', 0, 0);
    names.sort();
    return names;
  }
  int leaks() { return window.session().view<LeaksView>().table().model()->rowCount(); }
  QString written() const {
    QFile written(list);
    return written.open(QIODevice::ReadOnly) ? QString::fromUtf8(written.readAll()) : QString();
  }
  /// Does what the menu of the first line of the stack offers.
  void choose(const QString& menu, const QString& entry) {
    StackList& stack = window.session().site().stack();
    for (int row = 0; row < stack.model()->rowCount(); ++row)
      if (stack.model()->index(row, 0).data().toString().startsWith("pool::get"))
        stack.setCurrentIndex(stack.model()->index(row, 0));
    ASSERT_NE(stack.currentLine(), nullptr);
    const auto offered = stack.contextMenu();
    for (QAction* action : offered->findChildren<QAction*>())
      if (action->text().remove('&') == entry &&
          qobject_cast<QMenu*>(action->parent())->title().remove('&') == menu)
        return action->trigger();
    FAIL() << "not offered";
  }
  QString report() {
    QProcess heaptap;
    heaptap.start(HEAPTAP_PROGRAM, {"report", "--leaks", file});
    EXPECT_TRUE(heaptap.waitForFinished(kOwnCodeLimitMs));
    return QString::fromUtf8(heaptap.readAllStandardOutput() + heaptap.readAllStandardError());
  }

  heaptap::test::TemporaryFolder folder;
  QString list = QString::fromStdString((folder / "settings/own-code").string());
  QString file;
  MainWindow window;
  std::optional<Viewer> viewer;
};

TEST_F(ListOfOwnCode, IsFollowedByViewsAndTheCommandLine) {
  open();
  EXPECT_EQ(functions(), (QStringList{"pool::get", "pool::get"}));
  EXPECT_EQ(leaks(), 1);
  EXPECT_TRUE(report().contains("1 place leaks")) << report().toStdString();
  choose("Not Mine", "This Function");
  ASSERT_TRUE(until([&] {
    return functions() == QStringList{"parse", "render"};
  })) << functions().join(' ').toStdString();
  ASSERT_TRUE(until([&] { return leaks() == 2; }));
  EXPECT_EQ(written(), "runtime-function:pool::get(int)\n");
  EXPECT_TRUE(report().contains("2 places leak")) << report().toStdString();
  // What was taken from the program is given back in the same way.
  ASSERT_TRUE(until([&] {
    return window.session().isSettled() && window.session().site().stack().model()->rowCount() > 0;
  }));
  choose("Mine After All", "This Function");
  ASSERT_TRUE(until([&] { return functions() == QStringList{"pool::get", "pool::get"}; }));
  EXPECT_EQ(written(), "runtime-function:pool::get(int)\nown-function:pool::get(int)\n");
}

TEST_F(ListOfOwnCode, KeepsTheTimeThatIsLookedAt) {
  open();
  window.session().selection().setTime(TimeChoice::instant(1'500));
  ASSERT_TRUE(until([&] { return functions().size() == 1; }));
  choose("Not Mine", "This Function");
  ASSERT_TRUE(until([&] { return functions() == QStringList{"parse"}; }))
      << functions().join(' ').toStdString();
  EXPECT_EQ(window.session().selection().time(), TimeChoice::instant(1'500));
}

TEST_F(ListOfOwnCode, IsChangedInItsDialog) {
  std::filesystem::create_directory((folder / "settings"));
  folder.write("settings/own-code", "# ours\nruntime-function:pool::*\nruntime-function:parse");
  open();
  EXPECT_EQ(functions(), (QStringList{"main", "render"}));
  emit window.ownCodeWanted();
  OwnCodeDialog* dialog = nullptr;
  ASSERT_TRUE(until([&] { return (dialog = window.findChild<OwnCodeDialog*>()) != nullptr; }));
  ASSERT_EQ(dialog->lines().count(), 3);
  EXPECT_FALSE(dialog->removeButton().isEnabled());
  dialog->lines().setCurrentRow(2);
  dialog->removeButton().click();
  dialog->line().setText("own:nonsense");
  QTest::keyClick(&dialog->line(), Qt::Key_Return);
  emit dialog->confirmed(dialog->text());
  const QList<QLabel*> labels = dialog->findChildren<QLabel*>();
  ASSERT_TRUE(until([&] {
    return std::any_of(labels.begin(), labels.end(),
                       [](const QLabel* label) { return label->text().contains("own-code:3"); });
  })) << "it says what is wrong, and stays";
  dialog->lines().setCurrentRow(2);
  QTest::keyClick(&dialog->lines(), Qt::Key_Delete);
  emit dialog->confirmed(dialog->text());
  ASSERT_TRUE(until([&] {
    return functions() == QStringList{"parse", "render"};
  })) << functions().join(' ').toStdString();
  EXPECT_EQ(written(), "# ours\nruntime-function:pool::*\n") << "comments stay";
}

TEST_F(ListOfOwnCode, ThatCannotBeReadIsTold) {
  std::filesystem::create_directory((folder / "settings"));
  folder.write("settings/own-code", "runtime-function:pool::*\nnonsense\n");
  open();
  EXPECT_EQ(functions(), (QStringList{"pool::get", "pool::get"}));
  ASSERT_TRUE(until([&] { return window.problem().isVisible(); }));
  EXPECT_TRUE(window.problem().text().contains("own-code:2")) << window.problem().text().toStdString();
  EXPECT_TRUE(report().contains("own-code:2")) << report().toStdString();
}

}  // namespace
}  // namespace heaptap::gui
