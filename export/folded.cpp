// SPDX-License-Identifier: Apache-2.0
#include "export/folded.h"

#include <string>
#include <vector>

#include "client/call_tree.h"
#include "export/labels.h"
#include "export/writer.h"

namespace heaptap::exporting {
namespace {

/// A line is as long as its stack is deep, so that of a deep recursion the lines would grow with the square
/// of the depth. What lies deeper than this is one function.
constexpr std::size_t kMostFunctions = 1024;
constexpr std::string_view kDeeper = "[deeper]";

}  // namespace

void writeFolded(const Subject& subject, Sink& sink) {
  const client::CallTree tree(subject.profile, subject.costsOf(subject.cost));
  FunctionLabels labels(subject.profile);
  labels.replace(';', ':');  // Which is what separates functions.
  Writer out(sink);
  if (const std::uint64_t bare = tree.nodes().front().self; bare != 0) out << kNoStack << ' ' << bare << '\n';
  struct Entry {
    std::uint32_t node;
    std::size_t prefix;  ///< Bytes of the path before it.
    std::size_t depth;
  };
  std::string path;
  std::vector<Entry> open;
  const auto openChildren = [&](std::uint32_t node, std::size_t prefix, std::size_t depth) {
    const std::vector<std::uint32_t> children = tree.children(node);
    for (std::size_t i = children.size(); i-- > 0;)
      open.push_back({.node = children[i], .prefix = prefix, .depth = depth});
  };
  openChildren(client::CallTree::kRoot, 0, 1);
  while (!open.empty() && !out.hasFailed()) {
    const Entry entry = open.back();
    open.pop_back();
    const client::CallTree::Node& node = tree.nodes()[entry.node];
    path.resize(entry.prefix);
    if (entry.prefix != 0) path += ';';
    path += labels[node.function];
    const bool isDeepest = entry.depth == kMostFunctions;
    if (node.self != 0) out << path << ' ' << node.self << '\n';
    if (isDeepest && node.total != node.self)
      out << path << ';' << kDeeper << ' ' << node.total - node.self << '\n';
    if (!isDeepest) openChildren(entry.node, path.size(), entry.depth + 1);
  }
}

}  // namespace heaptap::exporting
