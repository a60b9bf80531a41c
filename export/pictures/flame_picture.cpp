// SPDX-License-Identifier: Apache-2.0
#include "export/pictures/flame_picture.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "export/pictures/pictures.h"
#include "text/function_name.h"
#include "text/utf8.h"

namespace heaptap::exporting {
namespace {

constexpr double kPictureWidth = 1200;
constexpr double kPictureMargin = 10;
constexpr double kBarHeight = 17;
constexpr double kTitleHeight = 34;
constexpr double kLetterWidth = 6.6;  // Width at the size below, on average.

std::string pixels(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2f", value);
  return text.data();
}

double heightOf(const FlameGraph& graph) {
  std::size_t depth = 0;
  for (const FlameBar& bar : graph.bars) depth = std::max(depth, bar.depth);
  return kTitleHeight + kBarHeight * static_cast<double>(depth + 1) + kPictureMargin;
}

/// Where a bar is, in pixels.
struct BarPlace {
  double x = 0;
  double width = 0;
  double next = 0;   ///< Where its next callee begins.
  double scale = 0;  ///< Pixels for a unit of its callees.
};

std::vector<BarPlace> placesOf(const std::vector<FlameBar>& bars) {
  std::vector<double> ofCallees(bars.size(), 0);
  for (std::size_t i = 1; i < bars.size(); ++i)
    ofCallees[bars[i].parent] += static_cast<double>(bars[i].width);
  std::vector<BarPlace> places(bars.size());
  for (std::size_t i = 0; i < bars.size(); ++i) {
    BarPlace& place = places[i];
    if (i == 0) {
      place = {.x = kPictureMargin, .width = kPictureWidth - 2 * kPictureMargin};
    } else {
      BarPlace& parent = places[bars[i].parent];
      place.width = parent.scale * static_cast<double>(bars[i].width);
      place.x =
          bars[i].isLast ? parent.x + parent.scale * ofCallees[bars[i].parent] - place.width : parent.next;
      if (!bars[i].isLast) parent.next += place.width;
    }
    place.next = place.x;
    const double units = std::max(static_cast<double>(bars[i].width), ofCallees[i]);
    place.scale = units > 0 && (i != 0 || bars[i].width != 0) ? place.width / units : 0;
  }
  return places;
}

std::string shownName(const std::string& name, double width) {
  const auto columns = static_cast<std::size_t>(width > 2 * kLetterWidth ? (width - 6) / kLetterWidth : 0);
  if (columns <= 2) return {};
  std::string shown = shortFunctionName(name, columns);
  if (::heaptap::width(shown) > columns) shown = std::string(firstColumns(shown, columns - 1)) + "…";
  return shown;
}

/// `top`: where the graph begins.
void writeGraph(const FlameGraph& graph, double top, Writer& out) {
  out << "<text x=\"" << pixels(kPictureWidth / 2) << "\" y=\"" << pixels(top + 22)
      << "\" text-anchor=\"middle\" font-size=\"15\">" << xmlText(graph.title) << "</text>\n";
  const std::vector<BarPlace> places = placesOf(graph.bars);
  const double bottom = top + heightOf(graph) - kPictureMargin;
  for (std::size_t i = 0; i < graph.bars.size(); ++i) {
    const FlameBar& bar = graph.bars[i];
    if (places[i].width <= 0) continue;
    const double y = bottom - kBarHeight * static_cast<double>(bar.depth + 1);
    out << "<g" << bar.attributes << "><title>" << xmlText(bar.name + ": " + bar.about)
        << "</title><rect x=\"" << pixels(places[i].x) << "\" y=\"" << pixels(y) << "\" width=\""
        << pixels(places[i].width) << "\" height=\"" << pixels(kBarHeight - 1) << "\" fill=\"" << bar.colour
        << "\"/>";
    if (const std::string shown = shownName(bar.name, places[i].width); !shown.empty())
      out << "<text x=\"" << pixels(places[i].x + 3) << "\" y=\"" << pixels(y + kBarHeight - 5) << "\">"
          << xmlText(shown) << "</text>";
    out << "</g>\n";
  }
}

}  // namespace

void writeFlamePicture(std::span<const FlameGraph> graphs, Writer& out) {
  double height = 0;
  for (const FlameGraph& graph : graphs) height += heightOf(graph);
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\""
      << pixels(kPictureWidth) << "\" height=\"" << pixels(height) << "\" viewBox=\"0 0 "
      << pixels(kPictureWidth) << ' ' << pixels(height)
      << "\" font-family=\"Verdana, DejaVu Sans, sans-serif\" font-size=\"11\">\n"
      << "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n";
  double top = 0;
  for (const FlameGraph& graph : graphs) {
    writeGraph(graph, top, out);
    top += heightOf(graph);
  }
  out << "</svg>\n";
}

}  // namespace heaptap::exporting
