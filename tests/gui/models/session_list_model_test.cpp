// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sessions/session_list_model.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QPersistentModelIndex>
#include <QStringList>

namespace heaptap::gui {
namespace {

Session session(const QString& id, qint64 startedNs, const QString& parent = {}) {
  Session made;
  made.id = id;
  made.command = {id};
  made.startedAtUnixNs = startedNs;
  made.parentId = parent;
  return made;
}

QString shown(const SessionListModel& model) {
  QStringList rows;
  for (int row = 0; row < model.rowCount(); ++row)
    rows << QString(model.index(row).data(SessionListModel::DepthRole).toInt(), '+') + model.at(row).id;
  return rows.join(' ');
}

class Sessions : public testing::Test {
 protected:
  SessionListModel model;
  QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};
};

TEST_F(Sessions, ShowsTheNewestTreeFirstAndChildrenBelowTheirParent) {
  model.setSessions({session("a", 1), session("b", 5), session("a2", 3, "a"), session("a1", 2, "a"),
                     session("a1x", 4, "a1")});
  EXPECT_EQ(shown(model), "b a +a1 ++a1x +a2");
}

TEST_F(Sessions, ShowsSessionsThatNameEachOtherAsParents) {
  model.setSessions(
      {session("a", 1, "b"), session("b", 2, "a"), session("c", 3, "c"), session("d", 4, "gone")});
  EXPECT_EQ(model.rowCount(), 4);
}

TEST_F(Sessions, KeepsTheIndexOfASessionWhileOthersComeAndGo) {
  model.setSessions({session("a", 1), session("b", 2), session("c", 3)});
  const QPersistentModelIndex kept(model.index(model.rowOf("b")));
  model.setSessions({session("b", 2), session("d", 0), session("e", 9)});
  EXPECT_EQ(shown(model), "e b d");
  ASSERT_TRUE(kept.isValid());
  EXPECT_EQ(kept.data(SessionListModel::IdRole).toString(), "b");
}

TEST_F(Sessions, ShowsAChangedState) {
  Session running = session("a", 1);
  running.state = SessionState::Live;
  model.setSessions({running});
  EXPECT_TRUE(model.index(0).data(SessionListModel::LiveRole).toBool());
  running.state = SessionState::Complete;
  model.setSessions({running});
  EXPECT_FALSE(model.index(0).data(SessionListModel::LiveRole).toBool());
  EXPECT_TRUE(model.index(0).data(SessionListModel::DetailRole).toString().contains("complete"));
}

}  // namespace
}  // namespace heaptap::gui
