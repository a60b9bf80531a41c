// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <QApplication>
#include <QHeaderView>
#include <QTest>

#include "tests/gui/all_views.h"
#include "tests/gui/site_set.h"

namespace heaptap::gui {
namespace {

/// A page with a session that a later and an earlier run of the same program stand beside.
class ComparePage : public testing::TestWithParam<QSize> {
 protected:
  ComparePage() {
    Summary summary;
    summary.session = session("now", 20);
    page.store().setSessions({session("later", 30), summary.session, session("before", 10)});
    page.store().setSummary(summary);
    page.setAttribute(Qt::WA_DontShowOnScreen);
    page.resize(GetParam());
    page.show();
    page.showView("compare");
    QApplication::processEvents();
  }
  static Session session(const QString& id, qint64 startedAtUnixNs) {
    Session session;
    session.id = id;
    session.command = QStringList{"/usr/bin/server"};
    session.startedAtUnixNs = startedAtUnixNs;
    session.state = SessionState::Complete;
    return session;
  }
  CompareView& view() { return page.view<CompareView>(); }
  void answer() {
    auto comparison = std::make_shared<SessionComparison>();
    comparison->before = "server, yesterday";
    comparison->after = "server, today";
    comparison->headline = "bytes left at the end: +200 B (+200.0 %), from 100 B to 300 B. 1 site grew, " +
                           QString("a_function_with_a_long_name ").repeated(5) + "(+200 B).";
    comparison->afterSites = test::siteSet({{.stack = 1, .functions = "parse;main", .liveBytes = 300}});
    comparison->sites = {
        {.number = {.before = 100, .after = 300}, .kind = ChangeKind::Grew, .isOfAfter = true, .row = 0}};
    for (const char* name : {"left", "blocks", "peak", "allocations", "allocated", "temporary"})
      comparison->summary.push_back({.name = name, .number = {.before = 100, .after = 300}});
    page.store().comparison().answer(*page.store().comparison().wish(), ComparisonPtr(comparison));
    QApplication::processEvents();
  }

  SessionPage page;
};

TEST_P(ComparePage, BeginsWithTheRunBefore) {
  const auto& wish = page.store().comparison().wish();
  ASSERT_TRUE(wish);
  EXPECT_EQ(wish->other.name, "before");
  EXPECT_FALSE(view().isSettled());
  answer();
  EXPECT_TRUE(view().isSettled());
  EXPECT_EQ(view().title(), "Compare  (1)");
  EXPECT_EQ(page.site().title(), "parse ← main");
}

TEST_P(ComparePage, IsChosenWithKeysAlone) {
  view().choice().setFocus();
  const QString first = view().choice().currentText();
  QTest::keyClick(&view().choice(), Qt::Key_Down);
  EXPECT_NE(view().choice().currentText(), first);
  const auto& wish = page.store().comparison().wish();
  ASSERT_TRUE(wish);
  EXPECT_EQ(wish->other.at, "peak");
  QTest::keyClicks(&view().other().at(), "");
  view().other().at().setText("12.5s");
  QTest::keyClick(&view().other().at(), Qt::Key_Return);
  EXPECT_EQ(page.store().comparison().wish()->other.at, "12.5s");
  QTest::keyClick(&view().other().swap(), Qt::Key_Space);
  EXPECT_TRUE(page.store().comparison().wish()->isOtherAfter);
}

TEST_P(ComparePage, FitsAndHasNamesForScreenReaders) {
  answer();
  for (const QWidget* widget : view().keyOrder()) {
    const auto* button = qobject_cast<const QAbstractButton*>(widget);
    EXPECT_FALSE((button != nullptr ? button->text() : widget->accessibleName()).isEmpty())
        << widget->metaObject()->className();
    if (widget->isVisible()) {
      EXPECT_LE(widget->mapTo(&view(), QPoint(widget->width(), 0)).x(), view().width() + 1)
          << widget->metaObject()->className();
    }
  }
  EXPECT_LE(view().table().horizontalHeader()->length(), view().table().viewport()->width());
  EXPECT_FALSE(view().table().isColumnHidden(ChangeModel::Change));
  EXPECT_FALSE(view().table().isColumnHidden(ChangeModel::Function));
  EXPECT_EQ(view().summary().isVisible(), view().height() > 300) << "it gives way to the call sites";
}

TEST_P(ComparePage, SaysWhyThereIsNothing) {
  page.store().comparison().fail(*page.store().comparison().wish(), "x.heaptap: there is no such file");
  EXPECT_EQ(view().table().emptyText(), "x.heaptap: there is no such file");
  EXPECT_TRUE(view().headline().isEmpty());
  EXPECT_TRUE(view().isSettled());
}

TEST_P(ComparePage, ForgetsWhatItComparedAnotherSessionWith) {
  view().compareWith({.of = ComparedSide::Of::File, .name = "/tmp/old.heaptap", .at = {}});
  EXPECT_EQ(page.store().comparison().wish()->other.name, "/tmp/old.heaptap");
  Summary other;
  other.session = session("later", 30);
  page.store().setSummary(other);
  ASSERT_TRUE(page.store().comparison().wish());
  EXPECT_EQ(page.store().comparison().wish()->other.name, "now") << "the run before that one";
}

INSTANTIATE_TEST_SUITE_P(Windows, ComparePage,
                         testing::Values(QSize(700, 500), QSize(1024, 700), QSize(1280, 800)),
                         [](const auto& given) {
                           return std::to_string(given.param.width()) + "x" +
                                  std::to_string(given.param.height());
                         });

}  // namespace
}  // namespace heaptap::gui
