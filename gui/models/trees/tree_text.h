// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>
#include <vector>

#include "gui/models/trees/cost_tree.h"
#include "gui/models/trees/function_labels.h"
#include "gui/models/trees/tree_query.h"

/// Nodes of trees in words.
namespace heaptap::gui {

/// A tree, with what it takes to put it into words.
struct TreeWords {
  const CostTree& tree;
  const FunctionLabels& labels;
  TreeQuery query;
  bool isEstimate = false;
  /// By node: what it had at the earlier moment; null: there is none.
  const std::vector<quint64>* before = nullptr;
};

/// A name in one line and not longer than can be laid out; what is cut ends in `…`.
[[nodiscard]] QString oneLine(const QString& name, qsizetype most = 512);

/// The stack that a node stands for, innermost function first, a line for each; to be pasted elsewhere.
[[nodiscard]] QString nodeStackText(const TreeWords& words, quint32 node);

/// What a tool tip says of a node: whole name, module, place, cost, shares of the whole and of the caller.
[[nodiscard]] QStringList nodeLines(const TreeWords& words, quint32 node);

/// The same in one line, for a status line and for screen readers: `parse, 3.00 MiB live, 34.1 % of the
/// whole`.
[[nodiscard]] QString nodeSentence(const TreeWords& words, quint32 node);

/// What a search has found, of a tree with that total: `12 found, 34.1 %`; `nothing found`.
[[nodiscard]] QString foundText(std::size_t nodes, quint64 found, quint64 total);

}  // namespace heaptap::gui
