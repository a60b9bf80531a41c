// SPDX-License-Identifier: Apache-2.0
#include "gui/models/trees/tree_text.h"

#include <QCoreApplication>
#include <algorithm>

#include "gui/models/quantity_text.h"

namespace heaptap::gui {
namespace {

constexpr qsizetype kMostOfAName = 1'000;         // In a tool tip.
constexpr std::size_t kMostCopiedLines = 16'384;  // As of any stack.

class TreeText {
  Q_DECLARE_TR_FUNCTIONS(TreeText)
};

}  // namespace

QString oneLine(const QString& name, qsizetype most) {
  const QString line = name.left(most + 1).simplified();
  return name.size() > most ? line.left(most) + QStringLiteral("…") : line;
}

QString nodeStackText(const TreeWords& words, quint32 node) {
  QStringList lines;
  for (quint32 at = node; at != CostTree::kRoot && static_cast<std::size_t>(lines.size()) < kMostCopiedLines;
       at = words.tree.node(at).parent) {
    const FunctionLabel& label = words.labels.of(words.tree.node(at).function);
    const QString place = label.location.isEmpty() ? label.module : label.location;
    QString line = label.name.simplified();
    if (!place.isEmpty()) line += QStringLiteral("  (%1)").arg(place.simplified());
    lines << line;
  }
  // The root of a bottom-up tree is where the innermost function stands.
  if (words.query.direction == TreeDirection::BottomUp) std::reverse(lines.begin(), lines.end());
  return lines.isEmpty() ? QString() : lines.join('\n') + '\n';
}

QStringList nodeLines(const TreeWords& words, quint32 at) {
  const CostTree::Node& node = words.tree.node(at);
  const FunctionLabel& label = words.labels.of(node.function);
  const auto cost = [&](quint64 value) {
    return exactTreeCostText(value, words.query.cost, words.isEstimate);
  };
  QStringList lines{oneLine(label.name, kMostOfAName)};
  if (!label.module.isEmpty()) lines << TreeText::tr("in %1").arg(oneLine(label.module, kMostOfAName));
  if (!label.location.isEmpty()) lines << TreeText::tr("at %1").arg(oneLine(label.location, kMostOfAName));
  if (!label.isOwn()) lines << TreeText::tr("part of %1").arg(label.owner);
  lines << TreeText::tr("%1 %2, %3 of the whole")
               .arg(cost(node.total), treeCostWord(words.query.cost),
                    shareText(node.total, words.tree.total()));
  if (words.before != nullptr) {
    const quint64 before = (*words.before)[at];
    const bool grew = node.total > before;
    lines << (node.total == before ? TreeText::tr("as much as at A")
                                   : TreeText::tr("%1 at A: %2%3")
                                         .arg(cost(before), grew ? "+" : "-",
                                              cost(grew ? node.total - before : before - node.total)));
  }
  if (node.parent != CostTree::kRoot) {
    const QString share = shareText(node.total, words.tree.node(node.parent).total);
    lines << (words.query.direction == TreeDirection::TopDown
                  ? TreeText::tr("%1 of what its caller has").arg(share)
                  : TreeText::tr("%1 of what it is called for").arg(share));
  }
  if (words.query.direction == TreeDirection::TopDown && node.self != 0)
    lines << TreeText::tr("%1 by the function itself").arg(cost(node.self));
  if (words.tree.isCut(at))
    lines << TreeText::tr("Its callers are left out: filter by the function to see them.");
  return lines;
}

QString nodeSentence(const TreeWords& words, quint32 at) {
  const CostTree::Node& node = words.tree.node(at);
  QString text = TreeText::tr("%1, %2 %3, %4 of the whole")
                     .arg(oneLine(words.labels.of(node.function).spoken),
                          treeCostText(node.total, words.query.cost, words.isEstimate),
                          treeCostWord(words.query.cost), shareText(node.total, words.tree.total()));
  if (node.parent != CostTree::kRoot)
    text +=
        TreeText::tr(", %1 of the one above").arg(shareText(node.total, words.tree.node(node.parent).total));
  if (words.before != nullptr)
    text +=
        TreeText::tr(", %1 at A").arg(treeCostText((*words.before)[at], words.query.cost, words.isEstimate));
  return text;
}

QString foundText(std::size_t nodes, quint64 found, quint64 total) {
  if (nodes == 0) return TreeText::tr("nothing found");
  return TreeText::tr("%1 found, %2").arg(countText(nodes), shareText(found, total));
}

}  // namespace heaptap::gui
