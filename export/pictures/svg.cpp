// SPDX-License-Identifier: Apache-2.0
#include "export/pictures/svg.h"

#include <array>
#include <cstdio>
#include <string>
#include <utility>

#include "export/pictures/flame_picture.h"
#include "export/pictures/pictures.h"
#include "export/writer.h"
#include "text/quantity.h"

namespace heaptap::exporting {
namespace {

constexpr std::uint64_t kLeastWidth = 2400;  // One in so many: half a pixel.
constexpr std::size_t kMostRows = 200;

/// Warm colours, the same for the same name.
std::string colourOf(const std::string& name, bool isAddedUp) {
  if (isAddedUp) return "#d9d9d9";
  std::uint32_t hash = 2166136261U;  // FNV-1a
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "hsl(%u,%u%%,%u%%)", 8 + hash % 44, 75 + (hash >> 8) % 20,
                62 + (hash >> 16) % 12);
  return text.data();
}

}  // namespace

void writeSvg(const Subject& subject, Sink& sink) {
  const client::CallTree tree(subject.profile, subject.costsOf(subject.cost));
  const std::uint64_t sum = tree.nodes().front().total;
  const PrunedTree pruned(tree, sum / kLeastWidth, kMostRows);
  const FunctionLabels labels(subject.profile);
  FlameGraph graph{.title = titleOf(subject, sum), .bars = {}};
  for (const PrunedTree::Node& node : pruned.nodes()) {
    std::string about = amount(node.total, subject.cost) + " (" + formatShare(node.total, sum) + ")";
    if (node.self != 0 && node.self != node.total) about += ", itself " + amount(node.self, subject.cost);
    std::string name = nodeLabel(subject, labels, node);
    std::string colour = colourOf(name, node.functions != 0);
    graph.bars.push_back({.parent = node.parent == PrunedTree::kNoNode ? 0 : node.parent,
                          .depth = node.depth,
                          .width = node.total,
                          .name = std::move(name),
                          .about = std::move(about),
                          .colour = std::move(colour),
                          .attributes = " data-self=\"" + std::to_string(node.self) + "\"",
                          .isLast = node.functions != 0});
  }
  Writer out(sink);
  writeFlamePicture({&graph, 1}, out);
}

}  // namespace heaptap::exporting
