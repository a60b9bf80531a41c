// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QPainter>
#include <QPolygonF>
#include <vector>

#include "gui/models/timeline/timeline_series.h"
#include "gui/views/painting/hues.h"
#include "gui/views/timeline/timeline_legend.h"
#include "gui/views/timeline/timeline_scale.h"

/// The live bytes of the largest functions, one upon the other. Units: pixels of the widget.
namespace heaptap::gui {

[[nodiscard]] QColor layerColour(const TimelineSeries& series, const Hues& hues, std::size_t layer);

/// What a layer covers: an area for each part of the record of which it is known, upon those below it.
[[nodiscard]] std::vector<QPolygonF> layerAreas(const TimelineSeries& series, const TimelineScale& scale,
                                                std::size_t layer);

/// Paints all layers, the largest at the bottom. What is outside of the plot is cut off.
void paintLayers(QPainter& painter, const TimelineSeries& series, const TimelineScale& scale,
                 const Hues& hues);

[[nodiscard]] std::vector<LegendEntry> layerLegend(const TimelineSeries& series, const Hues& hues);

/// The largest layers of a moment, a line each: `12.0 MiB parse`.
[[nodiscard]] QStringList layerLines(const TimelineSeries& series, quint64 atNs);

}  // namespace heaptap::gui
