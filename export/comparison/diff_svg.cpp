// SPDX-License-Identifier: Apache-2.0
#include "export/comparison/diff_svg.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>

#include "analysis/comparison/change_words.h"
#include "export/comparison/drawn_changes.h"
#include "export/pictures/flame_picture.h"
#include "text/quantity.h"

namespace heaptap::exporting {
namespace {

using analysis::Change;

constexpr std::uint64_t kLeastShareInPicture = 1200;  // One in so many: a pixel. There are two graphs.
constexpr std::size_t kMostDepthInPicture = 200;

/// Red: has grown; blue: has shrunk; the deeper, the more of it. Grey: as before, or noise.
std::string colourOfChange(const Change& change) {
  if (change.magnitude() == 0 || change.isNoise()) return "#e4e4e4";
  const double of = static_cast<double>(std::max(change.before, change.after));
  // What has changed at all is seen to have.
  const double strength = 0.15 + 0.85 * static_cast<double>(change.magnitude()) / of;
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "hsl(%d,%d%%,%d%%)", change.grew() ? 0 : 214,
                static_cast<int>(78 * strength), static_cast<int>(90 - 26 * strength));
  return text.data();
}

std::string aboutChange(const DrawnChange& node, bool isBytes) {
  const auto exact = [isBytes](std::uint64_t value) {
    return formatCount(value) + (isBytes ? " bytes" : "");
  };
  const Change& change = node.total;
  std::string text = exact(change.before) + " before, " + exact(change.after) + " after";
  if (change.magnitude() == 0) return text + ", no difference";
  text += std::string(", ") + (change.grew() ? "+" : "-") + exact(change.magnitude());
  if (const std::string relative = analysis::relativeChange(change); !relative.empty())
    text += " (" + relative + ")";
  if (change.isNoise()) text += ", noise, within ±" + exact(change.noise);
  return text;
}

FlameGraph graphOfSide(const ComparisonSubject& subject, const std::vector<DrawnChange>& drawn,
                       bool isAfter) {
  const Change& whole = drawn.front().total;
  FlameGraph graph{.title = std::string(subject.costTitle) + (isAfter ? ", after: " : ", before: ") +
                            analysis::quantity(isAfter ? whole.after : whole.before, subject.isBytes) +
                            (isAfter ? " (" + analysis::signedQuantity(whole, subject.isBytes) + ")" : ""),
                   .bars = {}};
  for (const DrawnChange& node : drawn) {
    const auto both = [](const char* name, std::uint64_t value) {
      return std::string(" data-") + name + "=\"" + std::to_string(value) + "\"";
    };
    graph.bars.push_back(
        {.parent = node.parent,
         .depth = node.depth,
         .width = isAfter ? node.total.after : node.total.before,
         .name =
             node.functions == 0 ? node.name : "[" + formatNumberOf(node.functions, "smaller function") + "]",
         .about = aboutChange(node, subject.isBytes),
         .colour = colourOfChange(node.total),
         .attributes = isAfter ? both("self-after", node.self.after) : both("self-before", node.self.before),
         .isLast = node.functions != 0});
  }
  return graph;
}

}  // namespace

void writeDiffSvg(const ComparisonSubject& subject, Sink& sink) {
  const std::vector<DrawnChange> drawn = drawnChanges(
      subject,
      {.leastShare = kLeastShareInPicture, .mostDepth = kMostDepthInPicture, .hasSmallChanges = false});
  const std::array graphs{graphOfSide(subject, drawn, true), graphOfSide(subject, drawn, false)};
  Writer out(sink);
  writeFlamePicture(graphs, out);
}

}  // namespace heaptap::exporting
