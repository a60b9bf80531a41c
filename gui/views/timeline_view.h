// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>
#include <optional>

#include "gui/models/axis.h"
#include "gui/models/timeline.h"

namespace heaptap::gui {

/// The live heap over time: a filled curve of live bytes, above it what was live only for a moment within a
/// bucket, the peak, and a read-out under the pointer or at the cursor of the arrow keys.
/// A running session is followed: the newest status extends the curve before the next refresh.
/// Units: bytes, and nanoseconds since the session's start.
class TimelineView : public QWidget {
  Q_OBJECT

 public:
  explicit TimelineView(QWidget* parent = nullptr);

  struct Point {
    quint64 atNs = 0;
    quint64 bytes = 0;
  };

  void setTimeline(Timeline timeline);
  void setPeak(std::optional<Point> peak);
  /// The end of the record, where the last bucket may go beyond it.
  void setEnd(std::optional<quint64> endNs);
  /// The newest of a running session.
  void setNewest(std::optional<Point> newest);
  void clear();

  /// The area between the axes, in pixels of the widget.
  [[nodiscard]] QRectF plot() const;
  [[nodiscard]] double xOf(quint64 atNs) const;
  [[nodiscard]] double yOf(quint64 bytes) const;
  /// The bucket at a position across the widget; none outside of the record.
  [[nodiscard]] std::optional<std::size_t> bucketAt(double x) const;
  /// What the read-out says about a bucket, in lines.
  [[nodiscard]] QStringList readOut(std::size_t bucket) const;
  [[nodiscard]] const Axis& bytesAxis() const { return m_bytes; }

  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  void layOut();
  void setCursorBucket(std::optional<std::size_t> bucket);
  [[nodiscard]] quint64 endOfBucket(std::size_t bucket) const;
  [[nodiscard]] QPolygonF liveLine() const;
  [[nodiscard]] QPolygonF surgeLine() const;
  [[nodiscard]] std::size_t bucketsPerStep() const;
  void paintGrid(QPainter& painter) const;
  void paintLabels(QPainter& painter) const;
  void paintCurve(QPainter& painter) const;
  void paintPeak(QPainter& painter) const;
  void paintReadOut(QPainter& painter) const;

  Timeline m_timeline;
  std::optional<Point> m_peak;
  std::optional<Point> m_newest;
  std::optional<quint64> m_endNs;
  Axis m_bytes;
  Axis m_time;
  double m_left = 0;  ///< Room for the labels of the bytes.
  std::optional<std::size_t> m_cursor;
};

}  // namespace heaptap::gui
