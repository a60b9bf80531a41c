// SPDX-License-Identifier: Apache-2.0
#include "export/comparison/drawn_changes.h"

#include <algorithm>

#include "export/kept_nodes.h"
#include "export/labels.h"
#include "text/printable.h"
#include "text/unnamed_place.h"

namespace heaptap::exporting {
namespace {

using analysis::Change;
using analysis::ChangeTree;

constexpr std::size_t kMostFunctionBytes = 300;

std::string programAfter(const ComparisonSubject& subject) {
  return printable(fileNameOf(subject.after.front().profile.summary->executable()));
}

}  // namespace

std::string labelOf(const analysis::CommonStacks::Function& function) {
  std::string_view name = function.name;
  // Only what is shown needs to be looked at.
  if (!name.empty()) return clipped(printable(name.substr(0, 2 * kMostFunctionBytes)), kMostFunctionBytes);
  if (function.isProgram) return "[the program, no names]";
  return function.module.empty() ? std::string(kNoModule)
                                 : clipped(printable(function.module), kMostFunctionBytes) + " [no names]";
}

std::vector<DrawnChange> drawnChanges(const ComparisonSubject& subject, const DrawnLimits& limits) {
  const ChangeTree tree(subject.comparison);
  const auto larger = [](const Change& change) { return std::max(change.before, change.after); };
  std::uint64_t changed = 0;
  for (const analysis::SiteChange& site : subject.comparison.sites) changed += site.change.magnitude();
  const std::uint64_t least = larger(tree.total(ChangeTree::kRoot)) / limits.leastShare;
  const std::uint64_t leastChange = changed / limits.leastShare;
  const auto kept = keptNodes(
      ChangeTree::kRoot, limits.mostDepth, [&](std::uint32_t node) { return tree.children(node); },
      [&](std::uint32_t node) {
        const Change total = tree.total(node);
        const bool hasChanged =
            limits.hasSmallChanges && total.magnitude() != 0 && total.magnitude() >= leastChange;
        return larger(total) < least && !hasChanged;
      });
  std::vector<DrawnChange> drawn;
  drawn.reserve(kept.size());
  for (const KeptNode& node : kept) {
    DrawnChange change{.parent = node.parent == KeptNode::kNoNode ? 0 : node.parent,
                       .depth = node.depth,
                       .functions = node.smaller.size(),
                       .name = {}};
    if (node.source == KeptNode::kNoNode) {
      change.total = tree.totalOf(node.smaller);
      change.self = change.total;
    } else {
      change.total = tree.total(node.source);
      change.self = tree.self(node.source);
      change.name = node.source == ChangeTree::kRoot
                        ? programAfter(subject)
                        : labelOf(subject.comparison.stacks.functions()[tree.functionOf(node.source)]);
    }
    drawn.push_back(std::move(change));
  }
  return drawn;
}

}  // namespace heaptap::exporting
