// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTest>
#include <string>
#include <vector>

#include "gui/models/trees/cost_tree.h"
#include "gui/models/trees/tree_source.h"
#include "tests/gui/site_set.h"

namespace heaptap::gui::test {

/// A tree as readable text: a line for each node, indented by depth: "parse 192/64", total and self.
inline std::string treeText(const CostTree& tree, const SiteSet& sites) {
  std::string all;
  std::vector<std::pair<quint32, std::size_t>> pending{{CostTree::kRoot, 0}};
  while (!pending.empty()) {
    const auto [at, depth] = pending.back();
    pending.pop_back();
    const CostTree::Node& node = tree.node(at);
    all += std::string(depth, ' ') +
           (at == CostTree::kRoot ? "*" : sites.function(node.function).name.toStdString()) + ' ' +
           std::to_string(node.total) + '/' + std::to_string(node.self) + (tree.isCut(at) ? " cut" : "") +
           '\n';
    for (quint32 child = node.children; child-- > 0;)
      pending.emplace_back(node.firstChild + child, depth + 1);
  }
  return all;
}

/// Waits until the source shows what was asked for.
[[nodiscard]] inline bool isSettled(const TreeSource& source) {
  return QTest::qWaitFor([&] { return !source.isWorking(); }, 60'000);
}

/// The node with these functions from the root on: "main;parse".
inline quint32 nodeAt(const CostTree& tree, const QString& functions) {
  std::vector<quint32> path;
  for (const QString& name : functions.split(';', Qt::SkipEmptyParts))
    path.push_back(FunctionNumbers::of(name));
  return tree.find(path).value_or(CostTree::kRoot);
}

/// main ─► parse ─► read          128 + 64 live
///      ├► render ─► read         32
///      └► std::sort              16
inline std::shared_ptr<const SiteList> parserSites(quint64 series = 1) {
  return siteSet(
      {{.stack = 1, .functions = "read;parse;main", .liveBytes = 128, .liveBlocks = 2, .allocations = 9},
       {.stack = 2, .functions = "parse;main", .liveBytes = 64, .liveBlocks = 1, .allocations = 1},
       {.stack = 3, .functions = "read;render;main", .liveBytes = 32, .liveBlocks = 1, .allocations = 40},
       {.stack = 4, .functions = "std::sort;main", .liveBytes = 16, .liveBlocks = 4, .allocations = 4}},
      series);
}

}  // namespace heaptap::gui::test
