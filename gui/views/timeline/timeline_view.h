// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>
#include <optional>
#include <vector>

#include "gui/models/estimate.h"
#include "gui/models/marks/mark.h"
#include "gui/models/marks/mark_layout.h"
#include "gui/models/timeline.h"
#include "gui/views/timeline/timeline_lines.h"

namespace heaptap::gui {

/// The live heap over time: a filled curve of live bytes, above it what was live only for a moment within a
/// bucket, the peak, marks as labelled lines, resident memory as thin curves; and a read-out under the
/// pointer or at the cursor: of the arrow keys by bucket, with Ctrl from mark to mark. A running session is
/// followed: the newest status extends the curve before the next refresh. Units: bytes, and nanoseconds since
/// the session's start.
class TimelineView : public QWidget {
  Q_OBJECT

 public:
  explicit TimelineView(QWidget* parent = nullptr);

  using Point = TimelinePoint;

  void setTimeline(Timeline timeline);
  /// `error`: the standard error of its bytes, where they are an estimate.
  void setPeak(std::optional<Point> peak, std::optional<double> error = {});
  /// The end of the record, where the last bucket may go beyond it.
  void setEnd(std::optional<quint64> endNs);
  /// The newest moment of a running session, after those before it; the curve goes on over all that lie
  /// beyond the timeline. None: it does not run any more.
  void setNewest(std::optional<Point> newest);
  /// In the order of their time.
  void setMarks(Marks marks);
  /// The mark that stands out; its position among them.
  void setCurrentMark(std::optional<std::size_t> mark);
  /// Whether the curves of resident memory are drawn, where it is known.
  void setShowsResident(bool shows);
  [[nodiscard]] bool showsResident() const { return m_showsResident; }
  void clear();

  /// The area between the axes, in pixels of the widget.
  [[nodiscard]] QRectF plot() const { return m_scale.plot; }
  [[nodiscard]] double xOf(quint64 atNs) const { return m_scale.xOf(atNs); }
  [[nodiscard]] double yOf(quint64 bytes) const { return m_scale.yOf(bytes); }
  /// The bucket at a position across the widget; none outside of the record.
  [[nodiscard]] std::optional<std::size_t> bucketAt(double x) const;
  /// The line of marks near a position across the widget.
  [[nodiscard]] std::optional<std::size_t> spotAt(double x) const;
  /// What the read-out says about a bucket, or about the marks of a line, in lines.
  [[nodiscard]] QStringList readOut(std::size_t bucket) const;
  [[nodiscard]] QStringList readOutOfSpot(const MarkSpot& spot) const;
  [[nodiscard]] const Axis& bytesAxis() const { return m_scale.bytes; }
  /// Lines of marks, as they are painted.
  [[nodiscard]] const std::vector<MarkSpot>& spots() const { return m_spots; }
  [[nodiscard]] QString labelOf(const MarkSpot& spot) const;

  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

 signals:
  /// The user looks at a mark; its position.
  void markChosen(std::size_t mark);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  /// What the read-out is of: a bucket, or a line of marks.
  struct Cursor {
    enum class Of { Nothing, Bucket, Spot } of = Of::Nothing;
    std::size_t position = 0;
    bool operator==(const Cursor&) const = default;
  };

  void layOut();
  void layMarks();
  void dropWhatIsInTheTimeline();
  void setCursor(Cursor cursor);
  void goToMark(int direction);
  [[nodiscard]] bool drawsResident() const { return m_showsResident && !m_timeline.resident.empty(); }
  [[nodiscard]] QStringList readOutOf(const Cursor& cursor) const;
  [[nodiscard]] quint64 momentOf(const Cursor& cursor) const;
  [[nodiscard]] const Timeline::Resident* residentAt(quint64 atNs) const;
  [[nodiscard]] std::size_t step() const;

  Timeline m_timeline;
  Marks m_marks;
  std::optional<Point> m_peak;
  std::optional<double> m_peakError;
  std::vector<Point> m_newest;  ///< Beyond the timeline, in the order of their time.
  std::optional<quint64> m_endNs;
  std::optional<std::size_t> m_currentMark;
  bool m_showsResident = true;
  TimelineScale m_scale;
  std::vector<MarkSpot> m_spots;
  Cursor m_cursor;
};

}  // namespace heaptap::gui
