// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>
#include <optional>
#include <vector>

#include "gui/models/estimate.h"
#include "gui/models/marks/mark.h"
#include "gui/models/marks/mark_layout.h"
#include "gui/models/sessions/time_choice.h"
#include "gui/models/timeline/time_window.h"
#include "gui/models/timeline/timeline.h"
#include "gui/views/timeline/timeline_lanes.h"
#include "gui/views/timeline/timeline_lines.h"

namespace heaptap::gui {

/// The heap over time, as it is painted: a filled curve of live bytes, above it what was live only for a
/// moment within a bucket, the peak, marks as labelled lines, resident memory as thin curves on a scale of
/// their own, below it allocations a second as bars, and lanes of the threads that allocate; the time that is
/// chosen; and a read-out at the cursor. The curve may be stacked by the largest functions. It shows a window
/// of the record; the height follows what is in it. A running session is followed: the newest status extends
/// the curve before the next refresh. Units: bytes, and nanoseconds since the session's start.
class TimelineCanvas : public QWidget {
  Q_OBJECT

 public:
  explicit TimelineCanvas(QWidget* parent = nullptr);

  using Point = TimelinePoint;

  void setTimeline(Timeline timeline);
  /// A part of the record with narrower buckets: drawn while the window is within it.
  void setDetail(Timeline detail);
  /// What is known of threads and functions over time.
  void setSeries(TimelineSeries series);
  /// Why it is not, or how far it is; empty: nothing to be said.
  void setSeriesNote(const QString& note);
  [[nodiscard]] const TimelineSeries& series() const { return m_series; }
  [[nodiscard]] const QString& seriesNote() const { return m_seriesNote; }
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
  /// The time that stands out.
  void setTime(const TimeChoice& time);
  /// Whether the curves of resident memory are drawn, where it is known.
  void setShowsResident(bool shows);
  [[nodiscard]] bool showsResident() const { return m_showsResident; }
  /// Whether threads have lanes, where there is room.
  void setShowsLanes(bool shows);
  [[nodiscard]] bool showsLanes() const { return m_showsLanes; }
  /// So many lanes have room at most.
  [[nodiscard]] int laneRoom() const { return m_showsLanes ? static_cast<int>(lanesThatFit()) : 0; }
  /// Whether the area is stacked by the largest functions.
  void setShowsLayers(bool shows);
  [[nodiscard]] bool showsLayers() const { return m_showsLayers; }
  /// Words of threads that the filter names: their lanes stand out.
  void setChosenThreads(const QStringList& words);
  [[nodiscard]] const TimelineLanes& lanes() const { return m_lanes; }
  void clear();

  /// The part of the record that is shown; all of it, as it grows, unless another one was set.
  [[nodiscard]] TimeWindow window() const { return {m_scale.time.begin, m_scale.time.end}; }
  [[nodiscard]] bool showsAll() const { return !m_window; }
  /// None: all. A window that reaches to the end of a record that grows moves with it.
  void setWindow(std::optional<TimeWindow> window);
  /// The end of what is known of the record.
  [[nodiscard]] quint64 recordEnd() const { return m_scale.recordEndNs; }

  /// The area between the axes, in pixels of the widget.
  [[nodiscard]] QRectF plot() const { return m_scale.plot; }
  [[nodiscard]] double xOf(quint64 atNs) const { return m_scale.xOf(atNs); }
  [[nodiscard]] double yOf(quint64 bytes) const { return m_scale.yOf(bytes); }
  [[nodiscard]] double yOfResident(quint64 bytes) const { return m_scale.yOfResident(bytes); }
  [[nodiscard]] quint64 momentAt(double x) const { return m_scale.momentAt(x); }
  /// The timeline that is drawn just now: the whole one, or the detail.
  [[nodiscard]] const Timeline& drawn() const;
  /// The bucket of it at a position across the widget; none outside of the record.
  [[nodiscard]] std::optional<std::size_t> bucketAt(double x) const;
  /// The line of marks near a position across the widget.
  [[nodiscard]] std::optional<std::size_t> spotAt(double x) const;
  /// What the read-out says about a bucket, or about the marks of a line, in lines.
  [[nodiscard]] QStringList readOut(std::size_t bucket) const;
  [[nodiscard]] QStringList readOutOfSpot(const MarkSpot& spot) const;
  [[nodiscard]] const Axis& bytesAxis() const { return m_scale.bytes; }
  /// Without ticks: resident memory is not shown.
  [[nodiscard]] const Axis& residentAxis() const { return m_scale.resident; }
  /// Lines of marks that are seen, as they are painted.
  [[nodiscard]] const std::vector<MarkSpot>& spots() const { return m_spots; }
  [[nodiscard]] QString labelOf(const MarkSpot& spot) const;

  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

 signals:
  /// Another part of the record is shown, or in more or fewer pixels.
  void windowChanged();
  /// Something else is shown of the threads and functions, or there is other room for it.
  void seriesWanted();

 protected:
  /// What the read-out is of: a bucket, or a line of marks.
  struct Cursor {
    enum class Of { Nothing, Bucket, Spot } of = Of::Nothing;
    std::size_t position = 0;
    bool operator==(const Cursor&) const = default;
  };

  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void changeEvent(QEvent* event) override;

  [[nodiscard]] const Cursor& cursorShown() const { return m_cursor; }
  void setCursorShown(Cursor cursor);
  [[nodiscard]] quint64 momentOf(const Cursor& cursor) const;
  /// The lane that is read out.
  void setCurrentLane(std::optional<std::size_t> lane);
  [[nodiscard]] const std::optional<std::size_t>& currentLane() const { return m_lane; }
  [[nodiscard]] const TimeChoice& time() const { return m_time; }
  /// The end of a bucket of drawn(), wherever the window is.
  [[nodiscard]] quint64 endOfBucketAt(std::size_t bucket) const {
    return endOfBucket(drawn(), m_scale, bucket);
  }
  /// Buckets that are drawn as one.
  [[nodiscard]] std::size_t step() const;

 private:
  void layOut();
  [[nodiscard]] quint64 knownEnd() const;
  [[nodiscard]] quint64 mostBytes() const;
  void layMarks();
  void dropWhatIsInTheTimeline();
  void forgetCursor();
  [[nodiscard]] bool drawsResident() const { return m_showsResident && !m_timeline.resident.empty(); }
  [[nodiscard]] bool drawsLayers() const { return m_showsLayers && !m_series.layers.empty(); }
  [[nodiscard]] quint64 mostResident() const;
  [[nodiscard]] double barsHeight() const;
  /// What is above the plot, and below it without lanes.
  [[nodiscard]] double heightAbove() const;
  [[nodiscard]] double heightBelow() const;
  [[nodiscard]] std::size_t lanesThatFit() const;
  /// How many rows there are for lanes, or for what is said instead.
  [[nodiscard]] std::size_t laneRows() const;
  [[nodiscard]] double marginAt(const Axis& axis, double least) const;
  void describe();
  [[nodiscard]] QStringList readOutOf(const Cursor& cursor) const;
  [[nodiscard]] const Timeline::Resident* residentAt(quint64 atNs) const;

  Timeline m_timeline;
  Timeline m_detail;
  Marks m_marks;
  std::optional<Point> m_peak;
  std::optional<double> m_peakError;
  std::vector<Point> m_newest;  ///< Beyond the timeline, in the order of their time.
  std::optional<quint64> m_endNs;
  std::optional<std::size_t> m_currentMark;
  TimeChoice m_time;
  bool m_showsResident = true;
  bool m_showsLanes = true;
  bool m_showsLayers = false;
  TimelineSeries m_series;
  QString m_seriesNote;
  QStringList m_chosenThreads;
  TimelineLanes m_lanes;
  std::optional<std::size_t> m_lane;
  std::optional<TimeWindow> m_window;
  TimelineScale m_scale;
  std::vector<MarkSpot> m_spots;
  std::size_t m_firstSeenMark = 0;
  Cursor m_cursor;
};

}  // namespace heaptap::gui
