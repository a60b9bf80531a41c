// SPDX-License-Identifier: Apache-2.0
#include "gui/views/timeline/timeline_layers.h"

#include <algorithm>

#include "gui/models/estimate_text.h"
#include "gui/models/histograms/histogram.h"
#include "gui/models/quantity_text.h"

namespace heaptap::gui {
namespace {

constexpr std::size_t kReadLayers = 3;
constexpr qsizetype kLongestName = 60;

/// What the layers up to one have together, at a step's end.
quint64 heightOf(const TimelineSeries& series, std::size_t layers, std::size_t step) {
  quint64 sum = 0;
  for (std::size_t i = 0; i < layers; ++i) sum += series.layers[i].live[step];
  return sum;
}

}  // namespace

QColor layerColour(const TimelineSeries& series, const Hues& hues, std::size_t layer) {
  return series.layers[layer].isRest() || layer >= Hues::kCount ? hues.neutral() : hues.at(layer);
}

std::vector<QPolygonF> layerAreas(const TimelineSeries& series, const TimelineScale& scale,
                                  std::size_t layer) {
  std::vector<QPolygonF> areas;
  QPolygonF above;
  QPolygonF below;
  const auto end = [&] {
    std::reverse(below.begin(), below.end());
    if (above.size() > 1) areas.push_back(above + below);
    above.clear();
    below.clear();
  };
  const auto add = [&](quint64 atNs, quint64 base, quint64 top) {
    const double x = scale.xOf(atNs);
    above.append({x, scale.yOf(top)});
    below.append({x, scale.yOf(base)});
  };
  for (std::size_t step = 0; step < series.steps.size(); ++step) {
    const quint64 beginNs = series.windowOf(step).beginNs;
    const quint64 endNs = std::min(series.windowOf(step).endNs, std::max(scale.recordEndNs, beginNs));
    if (!series.steps[step].isLiveKnown) {
      end();
      continue;
    }
    if (endNs < scale.time.begin || beginNs > scale.time.end) continue;
    const quint64 base = heightOf(series, layer, step);
    const quint64 top = base + series.layers[layer].live[step];
    // A record begins with nothing; elsewhere the first step is all that is known.
    if (above.isEmpty()) add(beginNs, beginNs == 0 ? 0 : base, beginNs == 0 ? 0 : top);
    add(endNs, base, top);
  }
  end();
  return areas;
}

void paintLayers(QPainter& painter, const TimelineSeries& series, const TimelineScale& scale,
                 const Hues& hues) {
  painter.save();
  painter.setClipRect(scale.plot);
  painter.setPen(Qt::NoPen);
  for (std::size_t layer = 0; layer < series.layers.size(); ++layer) {
    painter.setBrush(layerColour(series, hues, layer));
    for (const QPolygonF& area : layerAreas(series, scale, layer)) painter.drawPolygon(area);
  }
  painter.restore();
}

std::vector<LegendEntry> layerLegend(const TimelineSeries& series, const Hues& hues) {
  std::vector<LegendEntry> entries;
  for (std::size_t layer = 0; layer < series.layers.size(); ++layer)
    entries.push_back({.text = series.layers[layer].name.simplified(),
                       .line = {},
                       .area = layerColour(series, hues, layer)});
  return entries;
}

QStringList layerLines(const TimelineSeries& series, quint64 atNs) {
  const auto step = series.stepAt(atNs);
  if (!step || !series.steps[*step].isLiveKnown) return {};
  std::vector<quint64> live;
  for (const TimelineSeries::Layer& layer : series.layers) live.push_back(layer.live[*step]);
  QStringList lines;
  for (const std::size_t layer : largestOf(live, kReadLayers)) {
    const QString bytes = bytesText(live[layer]);
    QString name = series.layers[layer].name.simplified();
    if (name.size() > kLongestName) name = name.left(kLongestName) + QStringLiteral("…");
    lines << (series.areEstimates ? estimated(bytes) : bytes) + ' ' + name;
  }
  return lines;
}

}  // namespace heaptap::gui
