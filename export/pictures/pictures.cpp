// SPDX-License-Identifier: Apache-2.0
#include "export/pictures/pictures.h"

#include "client/instant_words.h"
#include "text/printable.h"
#include "text/quantity.h"

namespace heaptap::exporting {

std::string titleOf(const Subject& subject, std::uint64_t sum) {
  const CostWords& words = wordsOf(subject.cost);
  std::string title = printable(subject.title) + ": " + std::string(words.title) + ", " +
                      (words.isBytes ? formatBytes(sum) : formatCount(sum));
  if (subject.heap.id() != 0) title += ", heap " + printable(subject.heap.name());
  if (subject.profile.instant) title += ", " + client::titleFor(*subject.profile.instant);
  if (subject.profile.isSampled()) title += ", estimated from samples";
  return title;
}

std::string amount(std::uint64_t cost, Cost of) {
  return formatCount(cost) + (wordsOf(of).isBytes ? " bytes" : " allocations");
}

std::string nodeLabel(const Subject& subject, const FunctionLabels& labels, const PrunedTree::Node& node) {
  if (node.parent == PrunedTree::kNoNode)
    return std::string(printable(fileNameOf(subject.summary().executable())));
  if (node.functions != 0)
    return "[" + formatCount(node.functions) +
           (node.functions == 1 ? " smaller function]" : " smaller functions]");
  return labels[node.function];
}

std::string xmlText(std::string_view text) {
  std::string xml;
  for (const char c : text) {
    switch (c) {
      case '&': xml += "&amp;"; break;
      case '<': xml += "&lt;"; break;
      case '>': xml += "&gt;"; break;
      case '"': xml += "&quot;"; break;
      case '\'': xml += "&#39;"; break;
      default: xml += c;
    }
  }
  return xml;
}

}  // namespace heaptap::exporting
