// SPDX-License-Identifier: Apache-2.0
#include "export/pictures/dot.h"

#include <algorithm>
#include <string>

#include "export/pictures/pictures.h"
#include "export/writer.h"
#include "text/function_name.h"
#include "text/quantity.h"
#include "text/utf8.h"

namespace heaptap::exporting {
namespace {

constexpr std::uint64_t kLeastShare = 100;  // One in so many; less is added up.
constexpr std::size_t kMostDepth = 60;
constexpr std::size_t kLabelColumns = 48;

/// A string in quotes. Graphviz reads `\` as the begin of an escape, and in some attributes HTML's entities.
std::string dotText(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    c == '&' ? void(quoted += "&amp;") : void(quoted += c);
  }
  return quoted + '"';
}

}  // namespace

void writeDot(const Subject& subject, Sink& sink) {
  const client::CallTree tree(subject.profile, subject.costsOf(subject.cost));
  const std::uint64_t sum = tree.nodes().front().total;
  const PrunedTree pruned(tree, sum / kLeastShare, kMostDepth);
  const FunctionLabels labels(subject.profile);
  Writer out(sink);
  out << "digraph heap {\n  label=" << dotText(titleOf(subject, sum))
      << ";\n  node [shape=box, style=filled, fontname=\"sans-serif\", fontsize=10];\n"
         "  edge [fontname=\"sans-serif\", fontsize=9];\n";
  for (std::size_t i = 0; i < pruned.nodes().size(); ++i) {
    const PrunedTree::Node& node = pruned.nodes()[i];
    const std::string name = nodeLabel(subject, labels, node);
    const double share = sum == 0 ? 0 : static_cast<double>(node.total) / static_cast<double>(sum);
    const auto tint = static_cast<unsigned>(255 - 130 * std::min(share, 1.0));
    // `self` is no attribute of Graphviz, which passes over it: other readers add it up.
    out << "  n" << i << " [label="
        << dotText(shortFunctionName(name, kLabelColumns) + "\n" + amount(node.total, subject.cost) + " (" +
                   formatShare(node.total, sum) + ")" +
                   (node.self != 0 && node.self != node.total ? "\nitself " + amount(node.self, subject.cost)
                                                              : ""))
        << ", tooltip=" << dotText(name) << ", self=" << node.self << ", fillcolor=\"#ff";
    for (int channel = 0; channel < 2; ++channel) out.hex(tint);
    out << "\"];\n";
    if (node.parent != PrunedTree::kNoNode)
      out << "  n" << node.parent << " -> n" << i << " [penwidth=" << 1 + static_cast<unsigned>(4 * share)
          << "];\n";
  }
  out << "}\n";
}

}  // namespace heaptap::exporting
