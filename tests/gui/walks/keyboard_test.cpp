// SPDX-License-Identifier: Apache-2.0
// All that a mouse reaches in the window, by the keyboard alone.
#include <gtest/gtest.h>

#include <QAbstractButton>
#include <QApplication>
#include <QTest>
#include <set>

#include "gui/app/viewer.h"
#include "tests/gui/all_views.h"
#include "tests/gui/walks/recorded_file.h"

namespace heaptap::gui {
namespace {

constexpr int kMostSteps = 120;

class ByKeyboard : public testing::Test {
 protected:
  ByKeyboard() {
    window.resize(1'400, 900);
    window.show();
    QApplication::setActiveWindow(&window);
    viewer.openFiles({test::recordedFile(folder)});
    EXPECT_TRUE(QTest::qWaitFor([&] { return window.store().isFinished() && window.session().isSettled(); },
                                test::kWalkLimitMs));
  }
  void press(int key, Qt::KeyboardModifiers modifiers = {}) {
    QWidget* const at = QApplication::focusWidget();
    ASSERT_NE(at, nullptr);
    QTest::keyClick(at, static_cast<Qt::Key>(key), modifiers);
    QApplication::processEvents();
  }
  void show(const char* view) {
    ASSERT_TRUE(window.session().showView(QLatin1String(view)));
    ASSERT_TRUE(QTest::qWaitFor([&] { return window.session().isSettled(); }, test::kWalkLimitMs));
    QApplication::processEvents();
  }
  /// Every widget that Tab leads to, until it is back where it began.
  std::set<const QWidget*> reachedBy(int tab) {
    window.session().focusFilter();
    const QWidget* const first = QApplication::focusWidget();
    std::set<const QWidget*> reached;
    for (int i = 0; i < kMostSteps; ++i) {
      reached.insert(QApplication::focusWidget());
      press(tab);
      if (QApplication::focusWidget() == first) return reached;
    }
    QStringList path;
    for (int i = 0; i < 16; ++i) {
      path << QString::fromStdString(nameOf(*QApplication::focusWidget()));
      press(tab);
    }
    ADD_FAILURE() << "Tab does not come back, but goes round " << path.join(" → ").toStdString();
    return reached;
  }
  static std::string nameOf(const QWidget& widget) {
    return (QString(widget.metaObject()->className()) + ' ' + widget.objectName() + " “" +
            widget.accessibleName() + "”")
        .toStdString();
  }
  /// Part of another widget that has its keys, or of a frame that the keyboard has other ways for.
  static bool isPart(const QWidget& widget) {
    if (qobject_cast<const QAbstractButton*>(&widget) != nullptr &&
        qobject_cast<const QLineEdit*>(widget.parentWidget()) != nullptr)
      return true;  // Clears the field; Delete does.
    if (qobject_cast<const QTableView*>(widget.parentWidget()) != nullptr) return true;  // The corner.
    return widget.objectName().startsWith("qt_");  // Of dock widgets and scroll areas.
  }
  /// Of the page, what a user can click on, or that takes keys.
  QList<QWidget*> operable() {
    QList<QWidget*> widgets;
    for (QWidget* widget : window.session().findChildren<QWidget*>()) {
      if (!widget->isVisible() || !widget->isEnabled() || isPart(*widget) || widget->focusProxy() != nullptr)
        continue;
      const bool isButton = qobject_cast<QAbstractButton*>(widget) != nullptr;
      if (isButton || (widget->focusPolicy() & Qt::TabFocus) != 0) widgets << widget;
    }
    return widgets;
  }

  heaptap::test::TemporaryFolder folder;
  MainWindow window;
  Viewer viewer{window};
};

TEST_F(ByKeyboard, TabLeadsToAllThatCanBeClickedInEachView) {
  for (const ViewEntry& entry : viewTable()) {
    SCOPED_TRACE(entry.id);
    show(entry.id);
    const auto reached = reachedBy(Qt::Key_Tab);
    EXPECT_GT(reached.size(), 3U);
    EXPECT_EQ(reachedBy(Qt::Key_Backtab), reached);
    for (const QWidget* widget : operable()) EXPECT_TRUE(reached.contains(widget)) << nameOf(*widget);
  }
}

TEST_F(ByKeyboard, EachViewIsChosenFromTheList) {
  window.session().viewList().setFocus();
  press(Qt::Key_Home);
  std::set<QString> shown;
  for (std::size_t i = 0; i < viewTable().size(); ++i) {
    shown.insert(window.session().currentView());
    press(Qt::Key_Down);
  }
  EXPECT_EQ(shown.size(), viewTable().size());
}

TEST_F(ByKeyboard, AAndBAreChosenInTheTimeline) {
  show("live-heap");
  Selection& selection = window.session().selection();
  for (QWidget* widget : operable())
    if (widget->metaObject()->className() == std::string_view("heaptap::gui::TimelineCanvas"))
      widget->setFocus();
  if (!window.session().timeline().isAncestorOf(QApplication::focusWidget()))
    window.session().timeline().setFocus();
  press(Qt::Key_Left);
  press(Qt::Key_Return);
  ASSERT_FALSE(selection.time().isNow());
  press(Qt::Key_Left, Qt::ShiftModifier);
  press(Qt::Key_Left, Qt::ShiftModifier);
  ASSERT_TRUE(selection.time().fromNs && selection.time().atNs);
  EXPECT_NE(selection.time().fromNs, selection.time().atNs);
  press(Qt::Key_Escape);  // First the cursor goes.
  press(Qt::Key_Escape);
  EXPECT_TRUE(selection.time().isNow());
}

TEST_F(ByKeyboard, AFilterIsTypedKeptTurnedAndRemoved) {
  show("call-sites");
  window.session().focusFilter();
  QTest::keyClicks(QApplication::focusWidget(), "parse");
  press(Qt::Key_Return);
  Selection& selection = window.session().selection();
  ASSERT_EQ(selection.filter().terms().size(), 1U);
  press(Qt::Key_Tab);
  while (qobject_cast<FilterChip*>(QApplication::focusWidget()) == nullptr) press(Qt::Key_Tab);
  press(Qt::Key_N);
  EXPECT_TRUE(selection.filter().terms().front().isNot);
  press(Qt::Key_Delete);
  EXPECT_TRUE(selection.filter().terms().empty());
}

TEST_F(ByKeyboard, ARowAndALineOfItsStackAreChosen) {
  show("call-sites");
  window.session().view<CallSitesView>().table().setFocus();
  press(Qt::Key_Home);
  press(Qt::Key_Down);
  const QString second = window.session().site().title();
  press(Qt::Key_Up);
  EXPECT_NE(window.session().site().title(), second);
  const QWidget* const stack = &window.session().site().stack();
  for (int i = 0; i < kMostSteps && QApplication::focusWidget() != stack; ++i) press(Qt::Key_Tab);
  ASSERT_EQ(QApplication::focusWidget(), stack);
  press(Qt::Key_Down);
  press(Qt::Key_Down);
  EXPECT_NE(window.session().site().stack().currentLine(), nullptr);
}

}  // namespace
}  // namespace heaptap::gui
