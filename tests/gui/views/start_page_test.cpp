// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <QMenuBar>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "gui/views/frame/key_list.h"
#include "gui/views/frame/main_window.h"
#include "gui/views/palette/command_palette.h"
#include "gui/views/start/collector_dialog.h"
#include "gui/views/start/program_dialog.h"

namespace heaptap::gui {
namespace {

class Start : public testing::Test {
 protected:
  Start() {
    QSettings().clear();
    window = std::make_unique<MainWindow>();
    window->resize(1'000, 700);
    window->show();
  }
  ~Start() override { QSettings().clear(); }

  QAction* action(const QString& text) const {
    for (QAction* menu : window->menuBar()->actions())
      for (QAction* each : menu->menu()->actions())
        if (each->text() == text) return each;
    return nullptr;
  }

  std::unique_ptr<MainWindow> window;
};

TEST_F(Start, WhatWasOpenedBeforeIsOfferedAgain) {
  EXPECT_FALSE(window->message().recent().isVisible());
  window->remember({.kind = RecentPlace::Kind::Collector, .place = "unix:/x"});
  window->remember({.kind = RecentPlace::Kind::File, .place = "/data/a & b.heaptap"});
  QListWidget& recent = window->message().recent();
  ASSERT_EQ(recent.count(), 2);
  EXPECT_TRUE(recent.isVisible());
  EXPECT_TRUE(recent.item(0)->text().startsWith("a & b.heaptap"));
  const QSignalSpy files(window.get(), &MainWindow::filesChosen);
  const QSignalSpy collectors(window.get(), &MainWindow::collectorChosen);
  QTest::mouseClick(recent.viewport(), Qt::LeftButton, {}, recent.visualItemRect(recent.item(0)).center());
  ASSERT_EQ(files.count(), 1);
  EXPECT_EQ(files.last().first().toStringList(), QStringList("/data/a & b.heaptap"));
  QMenu* const menu = action("Open &Recent")->menu();
  EXPECT_EQ(menu->actions().at(0)->text(), "a && b.heaptap");
  menu->actions().at(1)->trigger();
  ASSERT_EQ(collectors.count(), 1);
  MainWindow later;
  EXPECT_EQ(later.message().recent().count(), 2) << "kept";
  menu->actions().constLast()->trigger();
  EXPECT_EQ(window->message().recent().count(), 0);
}

TEST_F(Start, AProgramIsAskedForAndStarted) {
  action("&Profile a Program…")->trigger();
  auto* const dialog = window->findChild<ProgramDialog*>();
  ASSERT_NE(dialog, nullptr);
  EXPECT_FALSE(dialog->start().isEnabled());
  EXPECT_EQ(dialog->problem(), "Name a program to run.");
  dialog->command().setText("./server --port '80 80'");
  EXPECT_TRUE(dialog->start().isEnabled());
  EXPECT_TRUE(dialog->file().text().contains("/server-")) << dialog->file().text().toStdString();
  dialog->folder().setText("/nowhere/at/all");
  EXPECT_FALSE(dialog->start().isEnabled());
  dialog->folder().setText("/tmp");
  EXPECT_TRUE(dialog->file().text().startsWith("/tmp/server-"));
  dialog->environment().setPlainText("A=1\n\n B=2 ");
  const QSignalSpy wanted(window.get(), &MainWindow::programWanted);
  dialog->start().click();
  ASSERT_EQ(wanted.count(), 1);
  const auto order = wanted.last().first().value<ProgramOrder>();
  EXPECT_EQ(order.command, QStringList({"./server", "--port", "80 80"}));
  EXPECT_EQ(order.environment, QStringList({"A=1", "B=2"}));
  ProgramDialog again;
  EXPECT_EQ(again.command().text(), "./server --port '80 80'") << "kept";
}

TEST_F(Start, ACollectorIsAskedForWithWhatLetsTheViewerIn) {
  const QTemporaryDir folder;
  const auto file = [&](const char* name) {
    QFile made(folder.filePath(name));
    EXPECT_TRUE(made.open(QIODevice::WriteOnly));
    return made.fileName();
  };
  const CollectorChoice kept{.address = "tls://host:4317", .ca = file("ca"), .tokenFile = file("token")};
  window->setKnownCollectors({kept});
  window->proposeCollector("unix:/run/x.sock");
  window->remember({.kind = RecentPlace::Kind::Collector, .place = "other:1"});
  action("&Attach to a Collector…")->trigger();
  auto* const dialog = window->findChild<CollectorDialog*>();
  ASSERT_NE(dialog, nullptr);
  EXPECT_EQ(dialog->choice().address, "unix:/run/x.sock");
  EXPECT_FALSE(dialog->tls().isEnabled()) << "it does not leave this machine";
  EXPECT_FALSE(dialog->ca().isEnabled());
  EXPECT_TRUE(dialog->tokenFile().isEnabled());
  EXPECT_TRUE(dialog->attachButton().isEnabled());
  QStringList offered;
  for (int i = 0; i < dialog->address().count(); ++i) offered << dialog->address().itemText(i);
  EXPECT_EQ(offered, QStringList({"other:1", "unix:/run/x.sock", "tls://host:4317"}));

  dialog->address().setEditText("");
  EXPECT_EQ(dialog->problem(), "Say where the collector listens.");
  EXPECT_FALSE(dialog->attachButton().isEnabled());
  dialog->address().setEditText("tls://host:4317");
  EXPECT_TRUE(dialog->tls().isChecked());
  EXPECT_EQ(dialog->address().currentText(), "host:4317");
  EXPECT_EQ(dialog->choice(), kept) << "its files are there again";
  dialog->address().setEditText("host:43170");
  EXPECT_EQ(dialog->tokenFile().text(), "") << "no other collector gets its token";
  dialog->address().setEditText("host:4317");
  dialog->certificate().setText(kept.ca);
  EXPECT_EQ(dialog->problem(), "A certificate needs its key, and a key its certificate.");
  dialog->key().setText("/nowhere/key");
  EXPECT_EQ(dialog->problem(), "There is no file /nowhere/key.");
  dialog->key().setText(kept.tokenFile);
  const QSignalSpy entered(window.get(), &MainWindow::collectorEntered);
  dialog->attachButton().click();
  ASSERT_EQ(entered.count(), 1);
  CollectorChoice expected = kept;
  expected.certificate = kept.ca;
  expected.key = kept.tokenFile;
  EXPECT_EQ(entered.last().first().value<CollectorChoice>(), expected);
}

TEST_F(Start, ThePaletteFindsAndDoesWhatMenusOffer) {
  action("Co&mmands…")->trigger();
  auto* const palette = window->findChild<CommandPalette*>();
  ASSERT_NE(palette, nullptr);
  EXPECT_GT(palette->list().count(), 15);
  QTest::keyClicks(&palette->box(), "profprog");
  ASSERT_GE(palette->list().count(), 1);
  EXPECT_TRUE(palette->list().currentItem()->text().startsWith("File › Profile a Program"));
  QTest::keyClick(&palette->box(), Qt::Key_Return);
  EXPECT_NE(window->findChild<ProgramDialog*>(), nullptr);
}

TEST_F(Start, ThePaletteIsLeftByEscapeAndWalkedByArrows) {
  action("Co&mmands…")->trigger();
  auto* const palette = window->findChild<CommandPalette*>();
  QTest::keyClick(&palette->box(), Qt::Key_Down);
  QTest::keyClick(&palette->box(), Qt::Key_Down);
  EXPECT_EQ(palette->list().currentRow(), 2);
  QTest::keyClicks(&palette->box(), "zzzz");
  EXPECT_EQ(palette->list().count(), 0);
  QTest::keyClick(&palette->box(), Qt::Key_Return);
  EXPECT_TRUE(palette->isVisible()) << "there is nothing to do";
  QTest::keyClick(palette, Qt::Key_Escape);
  EXPECT_FALSE(palette->isVisible());
}

TEST_F(Start, KeysAreListed) {
  action("&Keys…")->trigger();
  auto* const keys = window->findChild<KeyList*>();
  ASSERT_NE(keys, nullptr);
  QStringList shown;
  const QAbstractItemModel& model = *keys->table().model();
  for (int row = 0; row < model.rowCount(); ++row)
    shown << model.index(row, 0).data().toString() + ": " + model.index(row, 1).data().toString();
  EXPECT_TRUE(shown.contains("Ctrl+Shift+P: View › Commands")) << shown.join('\n').toStdString();
  EXPECT_TRUE(shown.contains("N: A term: its opposite"));
}

}  // namespace
}  // namespace heaptap::gui
