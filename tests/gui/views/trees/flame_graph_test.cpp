// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <QClipboard>
#include <QScrollBar>
#include <QSettings>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include "gui/views/flame_graph/flame_graph_panel.h"
#include "tests/gui/tree_texts.h"

namespace heaptap::gui {
namespace {

using test::FunctionNumbers;
using test::isSettled;
using test::nodeAt;
using test::parserSites;
using test::siteSet;

QPalette darkPalette() {
  QPalette palette;
  palette.setColor(QPalette::Base, QColor(0x1E, 0x1E, 0x1E));
  palette.setColor(QPalette::Text, QColor(0xE6, 0xE6, 0xE6));
  palette.setColor(QPalette::Window, QColor(0x2A, 0x2A, 0x2A));
  palette.setColor(QPalette::WindowText, QColor(0xE6, 0xE6, 0xE6));
  return palette;
}

class FlameGraphOf : public testing::Test {
 protected:
  FlameGraphOf() {
    QSettings().clear();
    panel.resize(720, 400);
    panel.show();
  }
  void show(const Sites& sites) {
    panel.setSites(sites);
    settle();
  }
  void settle() { ASSERT_TRUE(isSettled(panel.source())); }
  FlameGraph& graph() { return panel.graph(); }
  [[nodiscard]] quint32 node(const QString& functions) { return nodeAt(*panel.source().tree(), functions); }
  [[nodiscard]] QRectF rect(const QString& functions) { return graph().rectOf(node(functions)); }
  [[nodiscard]] std::string current() { return functionsTo(graph().currentNode()); }
  [[nodiscard]] std::string functionsTo(quint32 at) {
    QStringList names;
    for (const quint32 function : panel.source().tree()->path(at)) names << FunctionNumbers::name(function);
    return names.join(';').toStdString();
  }
  void click(const QString& functions) {
    QTest::mouseClick(graph().viewport(), Qt::LeftButton, {}, rect(functions).center().toPoint());
  }
  void key(int key, Qt::KeyboardModifiers modifiers = {}) {
    QTest::keyClick(&graph(), Qt::Key(key), modifiers);
  }
  void choose(const QString& option) {
    for (QAction* action : panel.options().actions())
      if (action->text().remove('&').startsWith(option)) return action->trigger();
    FAIL() << option.toStdString();
  }
  /// The colour that is painted in the middle of a box's free end.
  [[nodiscard]] QColor painted(const QString& functions) {
    const QRectF box = rect(functions);
    return graph().viewport()->grab().toImage().pixelColor(static_cast<int>(box.right() - 4),
                                                           static_cast<int>(box.center().y()));
  }

  FlameGraphPanel panel;
};

TEST_F(FlameGraphOf, AnIcicleGrowsDownwardsAndAFlameUpwards) {
  show(parserSites());
  EXPECT_EQ(rect({}).top(), 0);
  EXPECT_EQ(rect("main").top(), graph().rowHeight());
  EXPECT_NEAR(rect("main;parse").width(), 0.8 * graph().viewport()->width(), 1);
  EXPECT_EQ(rect("main;render").left(), rect("main;parse").right());
  choose("Flame");
  EXPECT_EQ(rect({}).bottom(), graph().viewport()->height());
  EXPECT_EQ(rect("main").bottom(), rect({}).top());
  EXPECT_LT(rect("main;parse;read").top(), rect("main;parse").top());
  choose("Icicle");
  EXPECT_EQ(rect({}).top(), 0);
}

TEST_F(FlameGraphOf, WhatIsPaintedWhereIsWhatIsFoundThere) {
  show(parserSites());
  for (const QString functions : {"main", "main;parse", "main;parse;read", "main;render", "main;std::sort"}) {
    const FlameBox* const box = graph().boxAt(rect(functions).center());
    ASSERT_NE(box, nullptr) << functions.toStdString();
    EXPECT_EQ(box->node, node(functions));
    EXPECT_EQ(painted(functions), graph().colourOf(*box)) << functions.toStdString();
  }
  EXPECT_EQ(graph().boxAt(QPointF(rect("main;parse").right() - 5, rect("main;parse;read").center().y())),
            nullptr)
      << "parse's own part is free";
}

TEST_F(FlameGraphOf, AClickShowsABoxInTheWholeWidthAndTheWayBack) {
  show(parserSites());
  QSignalSpy activated(&panel, &TreePanel::nodeActivated);
  click("main;render");
  EXPECT_EQ(rect("main;render").width(), graph().viewport()->width());
  EXPECT_EQ(rect("main").width(), graph().viewport()->width()) << "callers stand above";
  EXPECT_TRUE(rect("main;parse").isEmpty());
  ASSERT_EQ(activated.count(), 1);
  EXPECT_EQ(activated.last().first().value<std::vector<quint32>>(),
            (std::vector<quint32>{FunctionNumbers::of("main"), FunctionNumbers::of("render")}));
  EXPECT_EQ(panel.breadcrumbs().texts().join('|'), "the whole program, 240 B live|main|render");
  QTest::mouseClick(&panel.breadcrumbs(), Qt::LeftButton, {},
                    panel.breadcrumbs().rectOf(0).center().toPoint());
  EXPECT_TRUE(graph().zoom().isWhole());
  EXPECT_EQ(panel.breadcrumbs().texts().join('|'), "the whole program, 240 B live");
}

TEST_F(FlameGraphOf, TheWheelZoomsAtThePointerAndDraggingMoves) {
  show(parserSites());
  const QPointF at = rect("main;render").center();
  const auto turn = [&](int angle) {
    QWheelEvent event(at, graph().viewport()->mapToGlobal(at), {}, {0, angle}, Qt::NoButton, Qt::NoModifier,
                      Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(graph().viewport(), &event);
  };
  turn(480);
  EXPECT_EQ(graph().boxAt(at)->node, node("main;render"));
  EXPECT_GT(rect("main;render").width(), 0.13 * graph().viewport()->width() * 2);
  const double before = graph().zoom().from();
  QTest::mousePress(graph().viewport(), Qt::LeftButton, {}, QPoint(100, 100));
  QTest::mouseMove(graph().viewport(), QPoint(160, 100));
  QTest::mouseMove(graph().viewport(), QPoint(200, 100));
  QTest::mouseRelease(graph().viewport(), Qt::LeftButton, {}, QPoint(200, 100));
  EXPECT_LT(graph().zoom().from(), before);
  turn(-10'000);
  EXPECT_TRUE(graph().zoom().isWhole());
}

TEST_F(FlameGraphOf, IsUsedByKeysAlone) {
  show(parserSites());
  QSignalSpy chosen(&panel, &TreePanel::functionChosen);
  graph().setFocus();
  key(Qt::Key_Down);
  key(Qt::Key_Down);
  EXPECT_EQ(current(), "main;parse");
  EXPECT_EQ(chosen.last().first().toUInt(), FunctionNumbers::of("parse"));
  EXPECT_EQ(graph().accessibleName(),
            "Flame graph: parse, 192 B live, 80.0 % of the whole, 80.0 % of the one above");
  EXPECT_EQ(panel.readOut(), "parse, 192 B live, 80.0 % of the whole, 80.0 % of the one above");
  key(Qt::Key_Right);
  EXPECT_EQ(current(), "main;render");
  key(Qt::Key_Return);
  EXPECT_EQ(rect("main;render").width(), graph().viewport()->width());
  key(Qt::Key_Down);
  EXPECT_EQ(current(), "main;render;read");
  key(Qt::Key_Escape);
  EXPECT_EQ(functionsTo(graph().zoom().node()), "main") << "to what is larger than that";
  key(Qt::Key_Home);
  EXPECT_TRUE(graph().zoom().isWhole());
  EXPECT_EQ(current(), "");
  key(Qt::Key_Down);
  key(Qt::Key_Down);
  key(Qt::Key_Right);
  key(Qt::Key_Right);
  key(Qt::Key_Right);
  EXPECT_EQ(current(), "main;std::sort") << "there is nothing further";
  key(Qt::Key_Up);
  EXPECT_EQ(current(), "main");
  key(Qt::Key_Plus);
  EXPECT_FALSE(graph().zoom().isWhole());
  key(Qt::Key_Minus);
  EXPECT_TRUE(graph().zoom().isWhole());
  graph().setCurrentNode(node("main;parse;read"));
  key(Qt::Key_C, Qt::ControlModifier);
  EXPECT_EQ(QGuiApplication::clipboard()->text(),
            "read  (/src/read.cpp:12)\nparse  (/src/parse.cpp:12)\nmain  (/src/main.cpp:12)\n");
  key(Qt::Key_F, Qt::ControlModifier);
  EXPECT_EQ(panel.focusWidget(), &panel.controls().search());
  choose("Flame");
  graph().setCurrentNode(node("main"));
  key(Qt::Key_Up);
  EXPECT_EQ(current(), "main;parse") << "a flame grows upwards";
}

TEST_F(FlameGraphOf, WhatIsFoundStandsOut) {
  show(parserSites());
  const QColor plain = painted("main;parse");
  QTest::keyClicks(&panel.controls().search(), "read");
  settle();
  EXPECT_EQ(panel.controls().statusText(), "2 found, 66.7 %");
  EXPECT_NE(painted("main;parse"), plain) << "it is faded";
  EXPECT_EQ(painted("main;parse;read"), plain) << "it has the colour that it had";
  QTest::keyClick(&panel.controls().search(), Qt::Key_Return);
  EXPECT_EQ(current(), "main;parse;read");
  key(Qt::Key_F3);
  EXPECT_EQ(current(), "main;render;read");
  QTest::keyClick(&panel.controls().search(), Qt::Key_Escape);
  settle();
  EXPECT_EQ(painted("main;parse"), plain);
}

TEST_F(FlameGraphOf, AMatchThatIsTooNarrowIsZoomedTo) {
  std::vector<test::SiteText> many{{.stack = 1, .functions = "large;main", .liveBytes = 1'000'000}};
  for (int i = 0; i < 100; ++i)
    many.push_back({.stack = static_cast<quint64>(i + 2),
                    .functions = QStringLiteral("leaf;small%1;main").arg(i),
                    .liveBytes = 1});
  show(siteSet(many));
  ASSERT_TRUE(rect("main;small42;leaf").isEmpty());
  QTest::keyClicks(&panel.controls().search(), "small42");
  settle();
  QTest::keyClick(&panel.controls().search(), Qt::Key_Return);
  EXPECT_EQ(current(), "main;small42");
  EXPECT_GT(rect("main;small42").width(), 10);
}

TEST_F(FlameGraphOf, ARefreshKeepsWhatIsShown) {
  show(parserSites());
  click("main;render");
  show(siteSet({{.stack = 1, .functions = "read;parse;main", .liveBytes = 128},
                {.stack = 3, .functions = "read;render;main", .liveBytes = 4'096}}));
  EXPECT_EQ(rect("main;render").width(), graph().viewport()->width());
  EXPECT_EQ(current(), "main;render");
}

TEST_F(FlameGraphOf, ColoursStandForCodeOrForModules) {
  show(parserSites());
  EXPECT_NE(painted("main;parse"), painted("main;std::sort"));
  EXPECT_EQ(painted("main;parse"), painted("main;render"));
  choose("Colours by Module");
  EXPECT_NE(painted("main;parse"), painted("main;std::sort"));
  QStringList meanings;
  for (const auto& meaning : graph().legend()) meanings << meaning.text;
  EXPECT_EQ(meanings.join('|'), "program|libstdc++.so.6");
}

TEST_F(FlameGraphOf, HowItLooksIsRemembered) {
  EXPECT_TRUE(QSettings().allKeys().isEmpty()) << "nothing was chosen yet";
  choose("Flame");
  choose("Colours by Module");
  FlameGraphPanel next;
  EXPECT_FALSE(next.graph().isRootAbove());
  EXPECT_EQ(next.graph().colouring(), FlameColouring::Module);
  QSettings().clear();
}

TEST_F(FlameGraphOf, NamesAreElidedAndNeverBreakALine) {
  const QString hostile = QStringLiteral("first\nsecond<b>") + QString(5'000, 'x');
  show(siteSet(
      {{.stack = 1, .functions = hostile, .liveBytes = 99}, {.stack = 2, .functions = "b", .liveBytes = 1}}));
  const FlameBox* const box = graph().boxAt(graph().rectOf(nodeAt(*panel.source().tree(), hostile)).center());
  ASSERT_NE(box, nullptr);
  const QString text = graph().textIn(*box);
  EXPECT_TRUE(text.startsWith("first second<b>"));
  EXPECT_TRUE(text.endsWith(QStringLiteral("…")));
  EXPECT_LE(graph().fontMetrics().horizontalAdvance(text), box->width());
  EXPECT_EQ(graph().textIn(*graph().boxAt(rect("b").center())), "") << "seven pixels are no room for a name";
  graph().setCurrentNode(box->node);
  EXPECT_FALSE(panel.readOut().contains('\n'));
}

TEST_F(FlameGraphOf, IsReadableInASmallWindowAndInTheDark) {
  show(parserSites());
  panel.resize(300, 150);
  QTest::qWait(0);
  EXPECT_LE(panel.minimumSizeHint().width(), 300);
  EXPECT_LE(panel.minimumSizeHint().height(), 150);
  EXPECT_GE(graph().viewport()->height(), 2 * graph().rowHeight());
  panel.setPalette(darkPalette());
  QTest::qWait(0);
  for (const QString functions : {"main", "main;parse"}) {
    const FlameBox* const box = graph().boxAt(rect(functions).center());
    ASSERT_NE(box, nullptr);
    const QColor fill = graph().colourOf(*box);
    EXPECT_GT(std::abs(fill.lightness() - FlameColours::textOn(fill).lightness()), 90)
        << fill.name().toStdString();
    EXPECT_EQ(painted(functions), fill);
  }
}

TEST_F(FlameGraphOf, DeepTreesAreScrolled) {
  QString deep;
  for (int i = 0; i < 300; ++i) deep += QStringLiteral("again;");
  show(siteSet({{.stack = 1, .functions = deep + "main", .liveBytes = 8}}));
  EXPECT_GT(graph().verticalScrollBar()->maximum(), 0);
  EXPECT_EQ(graph().verticalScrollBar()->value(), 0);
  graph().setFocus();
  for (int i = 0; i < 300; ++i) key(Qt::Key_Down);
  EXPECT_EQ(graph().rectOf(graph().currentNode()).bottom(), graph().viewport()->height())
      << "it came into view";
  choose("Flame");
  EXPECT_EQ(graph().verticalScrollBar()->value(), graph().verticalScrollBar()->maximum());
  EXPECT_EQ(rect({}).bottom(), graph().viewport()->height());
}

TEST_F(FlameGraphOf, NothingIsSaidToBeNothing) {
  panel.setEmptyText("Nothing counts.");
  show(parserSites());
  panel.controls().cost().setCurrentText("Temporaries");
  settle();
  EXPECT_EQ(graph().boxes().rows(), 0U);
  EXPECT_EQ(panel.readOut(), "");
  for (const int each : {Qt::Key_Down, Qt::Key_Return, Qt::Key_Escape, Qt::Key_Plus, Qt::Key_F3}) key(each);
  panel.setSites(nullptr);
  for (const int each : {Qt::Key_Down, Qt::Key_Return, Qt::Key_Escape, Qt::Key_Plus, Qt::Key_F3}) key(each);
  EXPECT_FALSE(graph().grab().isNull());
  EXPECT_EQ(graph().contextMenu()->actions().first()->isEnabled(), false);
}

TEST_F(FlameGraphOf, TheMenuIsAboutTheFunction) {
  show(parserSites());
  MenuPlace about;
  QObject::connect(&panel, &TreePanel::menuOpening, &panel,
                   [&](QMenu&, const MenuPlace& place) { about = place; });
  graph().setCurrentNode(node("main;render"));
  const auto menu = graph().contextMenu();
  EXPECT_EQ(about.function, "render");
  EXPECT_FALSE(about.isForeign);
}

TEST(BreadcrumbsOf, LeaveOutTheMiddleWhereThereIsNoRoom) {
  Breadcrumbs way;
  std::vector<Breadcrumbs::Step> steps;
  for (quint32 i = 0; i < 30; ++i) steps.push_back({.node = i, .name = QStringLiteral("function%1").arg(i)});
  way.resize(360, 20);
  way.setSteps(steps);
  ASSERT_GE(way.texts().size(), 3);
  EXPECT_EQ(way.texts().first(), "function0");
  EXPECT_EQ(way.texts()[1], QStringLiteral("…"));
  EXPECT_EQ(way.texts().last(), "function29");
  EXPECT_LE(way.rectOf(29).right(), 360);
  way.resize(40, 20);
  EXPECT_FALSE(way.texts().isEmpty());
  way.setSteps({});
  EXPECT_TRUE(way.texts().isEmpty());
}

}  // namespace
}  // namespace heaptap::gui
