// SPDX-License-Identifier: Apache-2.0
// What a screen reader is told: each widget that takes the keyboard has a name and says what it is.
#include <gtest/gtest.h>

#include <QAccessible>
#include <QApplication>
#include <QTest>

#include "gui/app/viewer.h"
#include "gui/views/own_code/own_code_dialog.h"
#include "gui/views/start/collector_dialog.h"
#include "gui/views/start/program_dialog.h"
#include "tests/gui/all_views.h"
#include "tests/gui/walks/recorded_file.h"

namespace heaptap::gui {
namespace {

/// Names what of a window takes the keyboard and cannot be read aloud.
void expectReadable(QWidget& window) {
  int widgets = 0;
  for (QWidget* widget : window.findChildren<QWidget*>()) {
    if (!widget->isVisibleTo(&window) || (widget->focusPolicy() & Qt::TabFocus) == 0 ||
        widget->focusProxy() != nullptr)
      continue;
    // Parts of a scroll area or a box are read as the whole.
    if (widget->objectName().startsWith("qt_")) continue;
    ++widgets;
    QAccessibleInterface* const told = QAccessible::queryAccessibleInterface(widget);
    const std::string what =
        (QString(widget->metaObject()->className()) + ' ' + widget->objectName()).toStdString();
    ASSERT_NE(told, nullptr) << what;
    EXPECT_FALSE(told->text(QAccessible::Name).trimmed().isEmpty()) << what << " has no name";
    EXPECT_NE(told->role(), QAccessible::NoRole) << what;
    EXPECT_NE(told->role(), QAccessible::Client) << what << " does not say what it is";
  }
  EXPECT_GT(widgets, 0);
}

TEST(ScreenReader, IsToldOfEachView) {
  const heaptap::test::TemporaryFolder folder;
  MainWindow window;
  Viewer viewer{window};
  window.resize(1'400, 900);
  window.show();
  expectReadable(window);
  viewer.openFiles({test::recordedFile(folder)});
  ASSERT_TRUE(QTest::qWaitFor([&] { return window.store().isFinished() && window.session().isSettled(); },
                              test::kWalkLimitMs));
  for (const ViewEntry& entry : viewTable()) {
    SCOPED_TRACE(entry.id);
    if (!window.session().showView(QLatin1String(entry.id))) continue;
    ASSERT_TRUE(QTest::qWaitFor([&] { return window.session().isSettled(); }, test::kWalkLimitMs));
    QApplication::processEvents();
    expectReadable(window);
  }
}

TEST(ScreenReader, IsToldOfDialogs) {
  OwnCodeDialog* const list = new OwnCodeDialog("own-code", "runtime-function:f\n");
  list->show();
  expectReadable(*list);
  list->close();
  auto* const program = new ProgramDialog;
  program->show();
  expectReadable(*program);
  program->close();
  auto* const collector = new CollectorDialog({}, "tls://build-host:4317", {});
  collector->show();
  expectReadable(*collector);
  collector->close();
}

}  // namespace
}  // namespace heaptap::gui
