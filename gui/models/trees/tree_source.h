// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFutureWatcher>
#include <QObject>
#include <QString>
#include <QTimer>
#include <chrono>
#include <stop_token>

#include "gui/models/sites/site.h"
#include "gui/models/trees/function_labels.h"
#include "gui/models/trees/tree_search.h"
#include "gui/models/trees/tree_text.h"

namespace heaptap::gui {

/// The tree that a view shows, made on a worker thread: out of the newest sites, by what is asked for, and
/// what a search finds in it. Until a tree is there the one before stays.
///
///     sites, query, search ──► worker: tree, matches ──► treeChanged, matchesChanged
///
/// Another query withdraws the question under way; newer sites wait for its answer, so that a session that
/// changes all the time is shown nevertheless. After a tree, newer sites rest for nine times as long as it
/// has taken: following a live session takes a tenth of a core at most.
/// Threads: GUI thread.
class TreeSource : public QObject {
  Q_OBJECT

 public:
  explicit TreeSource(QObject* parent = nullptr);
  ~TreeSource() override;

  /// Null: there are none, and no tree. `earlier`: those of an earlier moment, of the same series, to tell
  /// what has changed since; null: it is not told.
  void setSites(const Sites& sites, const Sites& earlier = nullptr);
  void setQuery(const TreeQuery& query);
  /// Empty: nothing is looked for.
  void setSearch(const QString& text);
  /// While its view is hidden, the source is not active, and makes nothing.
  void setActive(bool isActive);

  [[nodiscard]] const TreeQuery& query() const { return m_query; }
  [[nodiscard]] const QString& search() const { return m_search; }
  /// Null: there is none (yet).
  [[nodiscard]] const CostTreePtr& tree() const { return m_shown.tree; }
  /// What the tree was made by.
  [[nodiscard]] const TreeQuery& treeQuery() const { return m_shown.query; }
  /// The sites that the tree was made of; null: there is none.
  [[nodiscard]] const Sites& sites() const { return m_shown.sites; }
  [[nodiscard]] const FunctionLabels& labels() const { return m_labels; }
  /// By node: what it had at the earlier moment; null: there is none.
  [[nodiscard]] const std::vector<quint64>* before() const { return m_shown.before.get(); }
  /// Null: nothing is looked for.
  [[nodiscard]] const TreeMatchesPtr& matches() const { return m_shown.matches; }
  [[nodiscard]] bool isMatch(quint32 node) const {
    return m_shown.matches && m_shown.matches->contains(m_shown.tree->node(node).function);
  }
  /// Precondition: there is a tree.
  [[nodiscard]] TreeWords words() const;
  [[nodiscard]] bool isWorking() const { return m_isWorking; }

 signals:
  /// `isRefresh`: of the same session and query as the one before; what is selected may stay.
  void treeChanged(bool isRefresh);
  void matchesChanged();
  void workingChanged(bool isWorking);

 private:
  /// What a tree was made of, and is to be made of.
  struct Work {
    Sites sites;
    Sites earlier;
    TreeQuery query;
    QString search;
    CostTreePtr tree;  ///< Asked for: null, it is to be made.
    TreeMatchesPtr matches;
    std::shared_ptr<const std::vector<quint64>> before;
    std::chrono::milliseconds took{};
  };
  static Work done(Work work, const std::stop_token& stop);
  [[nodiscard]] bool isDue() const;
  [[nodiscard]] bool isRefresh(const Work& next) const;
  void work();
  void withdraw();
  void take();
  void setWorking(bool isWorking);

  Sites m_sites;
  Sites m_earlier;
  TreeQuery m_query;
  QString m_search;
  bool m_isActive = true;
  bool m_isWorking = false;
  Work m_shown;
  FunctionLabels m_labels;
  std::stop_source m_stop;
  QTimer m_rest;
  QFutureWatcher<Work>* m_watcher = nullptr;  ///< Of the question under way; null: there is none.
};

}  // namespace heaptap::gui
