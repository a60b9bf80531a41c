// SPDX-License-Identifier: Apache-2.0
#include "gui/views/tables/stack_list.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QScrollBar>

namespace heaptap::gui {
namespace {

/// `foreign` lines of others, then twenty of the program's own.
std::vector<StackSection> deepStack(int foreign) {
  StackSection section;
  for (int i = 0; i < foreign + 20; ++i) {
    StackLine line;
    line.function = QStringLiteral("f%1").arg(i);
    line.module = QStringLiteral("/usr/bin/program");
    line.foreign = i < foreign;
    section.lines.push_back(line);
  }
  return {section};
}

class DeepStacks : public testing::Test {
 protected:
  DeepStacks() {
    list.setAttribute(Qt::WA_DontShowOnScreen);
    list.resize(400, 150);
    list.show();
    list.setSections(deepStack(15));
    QApplication::processEvents();
  }
  int firstShown() { return list.indexAt(QPoint(2, 2)).row(); }

  StackList list;
};

TEST_F(DeepStacks, BeginWithTheProgramsOwnLine) {
  EXPECT_EQ(firstShown(), 15);
  list.setSections(deepStack(5));
  QApplication::processEvents();
  EXPECT_EQ(firstShown(), 5);
  list.setSections(deepStack(0));
  QApplication::processEvents();
  EXPECT_EQ(firstShown(), 0);
}

TEST_F(DeepStacks, StayWhereTheUserHasScrolledThem) {
  list.verticalScrollBar()->triggerAction(QAbstractSlider::SliderToMinimum);
  list.resize(400, 200);
  QApplication::processEvents();
  EXPECT_EQ(firstShown(), 0);
}

}  // namespace
}  // namespace heaptap::gui
