// SPDX-License-Identifier: Apache-2.0
// A user who does anything at all, on a session that runs and on one that is stored.
#include <gtest/gtest.h>

#include <QApplication>
#include <QContextMenuEvent>
#include <QMouseEvent>
#include <QTest>
#include <QTimer>
#include <QWheelEvent>
#include <algorithm>
#include <array>
#include <random>

#include "gui/app/viewer.h"
#include "tests/gui/all_views.h"
#include "tests/gui/live_program.h"

namespace heaptap::gui {
namespace {

constexpr int kActions = 500;
constexpr quint64 kMillisecond = 1'000'000;

QStringList& warnings() {
  static QStringList texts;
  return texts;
}

void hear(QtMsgType type, const QMessageLogContext&, const QString& text) {
  // The platform without a display says of each window what it cannot do.
  if (type != QtDebugMsg && type != QtInfoMsg &&
      !text.contains(QStringLiteral("This plugin does not support")))
    warnings() << text;
}

class Monkey : public testing::TestWithParam<unsigned> {
 protected:
  Monkey() : m_random(GetParam()) {
    warnings().clear();
    m_before = qInstallMessageHandler(hear);
    window.setAttribute(Qt::WA_DontShowOnScreen);
    window.resize(1'000, 700);
    window.show();
    ended.program.at(kMillisecond).allocate(4'096, ended.program.stack({"parse", "main"}));
    ended.exit(0);
    viewer.attach(QString::fromStdString(collector.address()));
  }
  ~Monkey() override { qInstallMessageHandler(m_before); }

  int upTo(int end) { return std::uniform_int_distribution<int>(0, std::max(0, end - 1))(m_random); }
  QPoint somewhereIn(const QWidget& widget) { return {upTo(widget.width()), upTo(widget.height())}; }
  quint64 someTime() { return static_cast<quint64>(upTo(m_now + 1)) * kMillisecond; }

  /// The program goes on.
  void live() {
    const int count = 1 + upTo(20);
    for (int i = 0; i < count; ++i) {
      ++m_now;
      const std::string function = "f" + std::to_string(upTo(30));
      m_blocks.push_back(running.program.at(static_cast<quint64>(m_now) * kMillisecond)
                             .allocate(static_cast<std::uint64_t>(1 + upTo(100'000)),
                                       running.program.stack({function, "work", "main"})));
      if (m_blocks.size() > 5 && upTo(2) == 0) {
        running.program.free(m_blocks.back());
        m_blocks.pop_back();
      }
    }
    if (upTo(10) == 0)
      running.mark("mark " + std::to_string(m_now), static_cast<quint64>(m_now) * kMillisecond);
    running.send();
  }

  void drag() {
    TimelineView& timeline = window.session().timeline();
    const Qt::MouseButton button = upTo(4) == 0 ? Qt::MiddleButton : Qt::LeftButton;
    QTest::mousePress(&timeline, button, {}, somewhereIn(timeline));
    const QPointF to(somewhereIn(timeline));
    QMouseEvent move(QEvent::MouseMove, to, to, Qt::NoButton, button, Qt::NoModifier);
    QCoreApplication::sendEvent(&timeline, &move);
    QTest::mouseRelease(&timeline, button, {}, to.toPoint());
  }

  void turnWheel() {
    const QList<QWidget*> widgets = window.findChildren<QWidget*>();
    QWidget* const widget =
        upTo(2) == 0 ? &window.session().timeline() : widgets[upTo(static_cast<int>(widgets.size()))];
    if (!widget->isVisible()) return;
    const QPointF at(somewhereIn(*widget));
    QWheelEvent wheel(at, at, {}, {0, 120 * (upTo(9) - 4)}, Qt::NoButton,
                      upTo(3) == 0 ? Qt::ShiftModifier : Qt::NoModifier, Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(widget, &wheel);
  }

  void press() {
    static constexpr std::array kKeys{Qt::Key_Left,   Qt::Key_Right,   Qt::Key_Up,  Qt::Key_Down,
                                      Qt::Key_Home,   Qt::Key_End,     Qt::Key_Tab, Qt::Key_Plus,
                                      Qt::Key_Minus,  Qt::Key_Return,  Qt::Key_0,   Qt::Key_F3,
                                      Qt::Key_Escape, Qt::Key_PageDown};
    QWidget* const widget = window.focusWidget() != nullptr ? window.focusWidget() : &window;
    QTest::keyClick(widget, kKeys[static_cast<std::size_t>(upTo(static_cast<int>(kKeys.size())))],
                    upTo(3) == 0 ? Qt::ShiftModifier : Qt::NoModifier);
  }

  void chooseView() {
    const std::size_t at = static_cast<std::size_t>(upTo(static_cast<int>(viewTable().size())));
    SessionPage& page = window.session();
    if (upTo(5) == 0)
      emit page.viewList().chosenBeside(static_cast<int>(at));
    else
      page.showView(QLatin1String(viewTable()[at].id));
  }

  void arrange() {
    const QList<View*> views = window.session().findChildren<View*>();
    View* const view = views[upTo(static_cast<int>(views.size()))];
    if (view->isHidden()) return;
    if (upTo(2) == 0)
      view->setFloating(!view->isFloating());
    else
      view->close();
  }

  void filter() {
    static const QStringList kWords{"",      "f1",         "-main",   "\n",          "[(",
                                    "/^f/",  "/(",         "size>10", "lifetime<1s", "thread:nobody",
                                    "size:", "function=f1"};
    FilterBox& box = window.session().filterBox();
    box.setText(kWords[upTo(static_cast<int>(kWords.size()))]);
    if (upTo(2) == 0) QTest::keyClick(&box, Qt::Key_Return);
    if (upTo(4) == 0) window.session().filterRow().clearButton().click();
  }

  void clickSomewhere() {
    const QList<QWidget*> widgets = window.session().findChildren<QWidget*>();
    QWidget* const widget = widgets[upTo(static_cast<int>(widgets.size()))];
    // A box with a list would wait for a choice.
    if (!widget->isVisible() || qobject_cast<QComboBox*>(widget) != nullptr) return;
    QTest::mouseClick(widget, Qt::LeftButton, {}, somewhereIn(*widget));
  }

  void act() {
    SessionPage& page = window.session();
    switch (upTo(14)) {
      case 0: return live();
      case 1:
      case 2: return drag();
      case 3: return turnWheel();
      case 4:
      case 5: return press();
      case 6:
      case 7: return chooseView();
      case 8: return filter();
      case 9:
        return page.selection().setTime(upTo(2) == 0 ? TimeChoice()
                                                     : TimeChoice::stretch(someTime() / 2, someTime() + 1));
      case 10: return upTo(2) == 0 ? page.selection().goBack() : page.selection().goForward();
      case 11: return arrange();
      case 12:
        if (window.sessions().rowCount() > 0)
          window.sessionList().setCurrentIndex(window.sessions().index(upTo(window.sessions().rowCount())));
        return window.resize(1 + upTo(1'400), 1 + upTo(900));
      default: return clickSomewhere();
    }
  }

  heaptap::test::TemporaryFolder folder;
  test::LiveCollector collector{folder};
  test::LiveProgram ended{collector.address(), 'a'};
  test::LiveProgram running{collector.address(), 'b'};
  MainWindow window;
  Viewer viewer{window};

 private:
  std::mt19937 m_random;
  QtMessageHandler m_before = nullptr;
  int m_now = 1;
  std::vector<heaptap::test::RecordedProgram::Block> m_blocks;
};

TEST_P(Monkey, DoesNoHarm) {
  for (int i = 0; i < kActions; ++i) {
    SCOPED_TRACE(testing::Message() << "action " << i);
    act();
    QCoreApplication::processEvents();
    ASSERT_TRUE(warnings().isEmpty()) << warnings().join('\n').toStdString();
  }
  // It is still a viewer.
  window.resize(1'000, 700);
  window.session().selection().setTime({});
  window.session().selection().setFilter({});
  EXPECT_TRUE(window.session().showView("live-heap"));
  EXPECT_TRUE(QTest::qWaitFor([&] { return window.session().isSettled(); }, 30'000));
  EXPECT_FALSE(window.grab().isNull());
}

INSTANTIATE_TEST_SUITE_P(Seeds, Monkey, testing::Values(1U, 2U, 3U, 4U));

}  // namespace
}  // namespace heaptap::gui
