// SPDX-License-Identifier: Apache-2.0
#include "export/svg.h"

#include <array>
#include <cstdio>
#include <functional>
#include <string>

#include "export/pictures.h"
#include "export/writer.h"
#include "text/function_name.h"
#include "text/quantity.h"
#include "text/utf8.h"

namespace heaptap::exporting {
namespace {

constexpr double kWidth = 1200;
constexpr double kMargin = 10;
constexpr double kRow = 17;
constexpr double kTop = 34;
constexpr double kLetter = 6.6;              // Width at the size below, on average.
constexpr std::uint64_t kLeastWidth = 2400;  // One in so many: half a pixel.
constexpr std::size_t kMostRows = 200;

std::string decimal(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2f", value);
  return text.data();
}

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
  Writer out(sink);
  const double height = kTop + kRow * static_cast<double>(pruned.depth() + 1) + kMargin;
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\""
      << decimal(kWidth) << "\" height=\"" << decimal(height) << "\" viewBox=\"0 0 " << decimal(kWidth) << ' '
      << decimal(height) << "\" font-family=\"Verdana, DejaVu Sans, sans-serif\" font-size=\"11\">\n"
      << "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n<text x=\"" << decimal(kWidth / 2)
      << "\" y=\"22\" text-anchor=\"middle\" font-size=\"15\">" << xmlText(titleOf(subject, sum))
      << "</text>\n";
  const double scale = sum == 0 ? 0 : (kWidth - 2 * kMargin) / static_cast<double>(sum);
  for (const PrunedTree::Node& node : pruned.nodes()) {
    const std::string name = nodeLabel(subject, labels, node);
    const double x = kMargin + scale * static_cast<double>(node.offset);
    const double width = sum == 0 ? kWidth - 2 * kMargin : scale * static_cast<double>(node.total);
    const double y = height - kMargin - kRow * static_cast<double>(node.depth + 1);
    out << "<g data-self=\"" << node.self << "\"><title>"
        << xmlText(name + ": " + amount(node.total, subject.cost) + " (" + formatShare(node.total, sum) +
                   ")");
    if (node.self != 0 && node.self != node.total) out << ", itself " << amount(node.self, subject.cost);
    out << "</title><rect x=\"" << decimal(x) << "\" y=\"" << decimal(y) << "\" width=\"" << decimal(width)
        << "\" height=\"" << decimal(kRow - 1) << "\" fill=\"" << colourOf(name, node.functions != 0)
        << "\"/>";
    const auto columns = static_cast<std::size_t>(width > 2 * kLetter ? (width - 6) / kLetter : 0);
    if (columns > 2) {
      std::string shown = shortFunctionName(name, columns);
      if (::heaptap::width(shown) > columns) shown = std::string(firstColumns(shown, columns - 1)) + "…";
      out << "<text x=\"" << decimal(x + 3) << "\" y=\"" << decimal(y + kRow - 5) << "\">" << xmlText(shown)
          << "</text>";
    }
    out << "</g>\n";
  }
  out << "</svg>\n";
}

}  // namespace heaptap::exporting
