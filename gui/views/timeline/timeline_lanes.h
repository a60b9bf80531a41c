// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFont>
#include <QImage>
#include <QPainter>
#include <QPalette>
#include <QRectF>
#include <QStringList>
#include <optional>

#include "gui/models/timeline/timeline_series.h"
#include "gui/views/timeline/timeline_scale.h"

namespace heaptap::gui {

/// What threads allocate, a lane each, below the curve: the darker, the more in that time. Where nothing is
/// known, a lane is empty. Threads: GUI thread.
class TimelineLanes {
 public:
  /// More are too many to tell apart.
  static constexpr std::size_t kMost = 12;
  /// Fewer say no more than the number of allocations.
  static constexpr std::size_t kLeast = 2;

  [[nodiscard]] static double laneHeight(const QFontMetricsF& metrics);

  /// Lanes and their colours. `series` must outlive its use here.
  void show(const TimelineSeries& series, const QPalette& palette);
  /// Where they are: the area beside the labels, which end at its left. The first `count` lanes are shown.
  void place(const QRectF& area, std::size_t count);
  [[nodiscard]] std::size_t count() const { return m_count; }
  [[nodiscard]] const QRectF& area() const { return m_area; }
  /// How much room the labels want, at most so much.
  [[nodiscard]] static double labelWidth(const TimelineSeries& series, const QFontMetricsF& metrics,
                                         double most);
  /// The lane at a position, on its label or beside it.
  [[nodiscard]] std::optional<std::size_t> laneAt(const QPointF& position) const;
  [[nodiscard]] QRectF rectangleOf(std::size_t lane) const;

  /// `chosen`: words of the filter, whose lanes stand out; `current`: the lane that is read out.
  void paint(QPainter& painter, const TimelineSeries& series, const TimelineScale& scale,
             const QPalette& palette, const QFont& font, const QStringList& chosen,
             std::optional<std::size_t> current) const;

  /// What is said of a lane at a moment; empty: nothing is known of it.
  [[nodiscard]] static QString line(const TimelineSeries& series, std::size_t lane, quint64 atNs);

 private:
  QImage m_image;         ///< A pixel for each step and lane.
  quint64 m_widthNs = 0;  ///< Of all of it.
  QRectF m_area;
  std::size_t m_count = 0;
};

}  // namespace heaptap::gui
