// SPDX-License-Identifier: Apache-2.0
#include "gui/views/live/live_bar.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QInputDialog>
#include <QMessageBox>
#include <QTest>
#include <memory>

namespace heaptap::gui {
namespace {

using Kind = LiveCommand::Kind;

class Bar : public testing::Test {
 protected:
  Bar() {
    QObject::connect(&bar, &LiveBar::wanted, &bar,
                     [this](const LiveCommand& command) { wanted.push_back(command); });
    bar.show();
  }
  template <class Dialog>
  Dialog* dialog() {
    return bar.findChild<Dialog*>();
  }

  LiveBar bar;
  std::vector<LiveCommand> wanted;
};

TEST_F(Bar, PausesAndResumesAtOnce) {
  bar.button(Kind::Pause).click();
  bar.button(Kind::Resume).click();
  EXPECT_EQ(wanted, (std::vector<LiveCommand>{{.kind = Kind::Pause}, {.kind = Kind::Resume}}));
}

TEST_F(Bar, LooksPausedAsLongAsTheRecordSaysSo) {
  QToolButton& pause = bar.button(Kind::Pause);
  pause.click();
  EXPECT_FALSE(pause.isChecked()) << "it was only asked for";
  bar.setPaused(true);
  EXPECT_TRUE(pause.isChecked());
  pause.click();
  EXPECT_TRUE(pause.isChecked());
  bar.button(Kind::Resume).click();
  EXPECT_TRUE(pause.isChecked());
  bar.setPaused(false);
  EXPECT_FALSE(pause.isChecked());
}

TEST_F(Bar, AsksForTheNameOfAMomentAndProposesOne) {
  bar.button(Kind::Mark).click();
  auto* const asks = dialog<QInputDialog>();
  ASSERT_NE(asks, nullptr);
  EXPECT_EQ(asks->textValue(), "mark 1");
  asks->setTextValue("  cache warm ");
  asks->accept();
  EXPECT_EQ(wanted, (std::vector<LiveCommand>{{.kind = Kind::Mark, .name = "cache warm"}}));
}

TEST_F(Bar, ANameIsNoLongerThanTheRecordTakes) {
  bar.button(Kind::Snapshot).click();
  dialog<QInputDialog>()->setTextValue(QString(300, QChar(0xE9)));
  dialog<QInputDialog>()->accept();
  ASSERT_EQ(wanted.size(), 1U);
  EXPECT_EQ(wanted[0].name.toUtf8().size(), 254) << "127 characters of two bytes";
}

TEST_F(Bar, WithoutANameOrWhenItIsCancelledNothingIsSent) {
  bar.button(Kind::Mark).click();
  dialog<QInputDialog>()->setTextValue("   ");
  dialog<QInputDialog>()->accept();
  bar.button(Kind::Snapshot).click();
  dialog<QInputDialog>()->reject();
  EXPECT_TRUE(wanted.empty());
}

TEST_F(Bar, TheEndOfTheRecordIsConfirmed) {
  bar.button(Kind::Stop).click();
  auto* const asks = dialog<QMessageBox>();
  ASSERT_NE(asks, nullptr);
  EXPECT_TRUE(wanted.empty());
  asks->buttons().constLast()->click();
  if (wanted.empty()) asks->buttons().constFirst()->click();
  EXPECT_EQ(wanted, (std::vector<LiveCommand>{{.kind = Kind::Stop}}));
}

TEST_F(Bar, ButtonsHaveNames) {
  EXPECT_EQ(bar.button(Kind::Snapshot).accessibleName(), "Snapshot");
  EXPECT_EQ(bar.button(Kind::Pause).accessibleName(), "Pause");
}

}  // namespace
}  // namespace heaptap::gui
