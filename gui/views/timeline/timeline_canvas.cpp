// SPDX-License-Identifier: Apache-2.0
#include "gui/views/timeline/timeline_canvas.h"

#include <QEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <utility>

#include "gui/models/estimate_text.h"
#include "gui/models/quantity_text.h"
#include "gui/models/timeline/axis.h"
#include "gui/views/painting/hues.h"
#include "gui/views/timeline/timeline_layers.h"
#include "gui/views/timeline/timeline_painter.h"

namespace heaptap::gui {
namespace {

constexpr double kMarkReach = 4;              // The pointer need not be exactly on a line.
constexpr std::size_t kMostNewest = 1 << 14;  // Statuses of an hour.

}  // namespace

TimelineCanvas::TimelineCanvas(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
  layOut();
}

QSize TimelineCanvas::sizeHint() const { return {640, 220}; }

QSize TimelineCanvas::minimumSizeHint() const { return {240, 6 * fontMetrics().height()}; }

void TimelineCanvas::setTimeline(Timeline timeline) {
  if (timeline == m_timeline) return;
  m_timeline = std::move(timeline);
  dropWhatIsInTheTimeline();
  layOut();
  forgetCursor();
}

void TimelineCanvas::setDetail(Timeline detail) {
  const bool wasOfDetail = &drawn() == &m_detail;
  m_detail = std::move(detail);
  if (wasOfDetail || &drawn() == &m_detail) m_cursor = {};
  layOut();
}

/// A cursor of a bucket that is not there any more.
void TimelineCanvas::forgetCursor() {
  if (m_cursor.of == Cursor::Of::Bucket && m_cursor.position >= drawn().buckets.size()) m_cursor = {};
}

const Timeline& TimelineCanvas::drawn() const {
  const bool covers = !m_detail.buckets.empty() && m_window && m_detail.bucketNs < m_timeline.bucketNs &&
                      m_detail.beginNs <= m_window->beginNs &&
                      m_detail.endNs() >= std::min(m_window->endNs, m_timeline.endNs());
  return covers ? m_detail : m_timeline;
}

void TimelineCanvas::setTime(const TimeChoice& time) {
  if (time == m_time) return;
  m_time = time;
  update();
}

void TimelineCanvas::setWindow(std::optional<TimeWindow> window) {
  if (window && window->beginNs == 0 && window->endNs >= m_scale.recordEndNs) window.reset();
  if (window == m_window) return;
  m_window = window;
  m_cursor = {};
  layOut();
  emit windowChanged();
}

void TimelineCanvas::dropWhatIsInTheTimeline() {
  std::erase_if(m_newest, [end = m_timeline.endNs()](const Point& point) { return point.atNs < end; });
}

void TimelineCanvas::setPeak(std::optional<Point> peak, std::optional<double> error) {
  m_peak = peak;
  m_peakError = error;
  layOut();
}

void TimelineCanvas::setEnd(std::optional<quint64> endNs) {
  m_endNs = endNs;
  layOut();
}

void TimelineCanvas::setNewest(std::optional<Point> newest) {
  if (!newest) {
    m_newest.clear();
  } else if (m_newest.empty() || newest->atNs > m_newest.back().atNs) {
    if (m_newest.size() == kMostNewest) m_newest.erase(m_newest.begin());
    m_newest.push_back(*newest);
  } else {
    m_newest.back().bytes = newest->bytes;
  }
  dropWhatIsInTheTimeline();
  layOut();
}

void TimelineCanvas::setMarks(Marks marks) {
  if (marks == m_marks) return;
  m_marks = std::move(marks);
  if (m_currentMark && *m_currentMark >= m_marks.size()) m_currentMark.reset();
  layOut();
}

void TimelineCanvas::setCurrentMark(std::optional<std::size_t> mark) {
  m_currentMark = mark && *mark < m_marks.size() ? mark : std::nullopt;
  update();
}

void TimelineCanvas::setShowsResident(bool shows) {
  m_showsResident = shows;
  layOut();
}

void TimelineCanvas::setShowsLanes(bool shows) {
  m_showsLanes = shows;
  m_lane.reset();
  layOut();
  emit seriesWanted();
}

void TimelineCanvas::setShowsLayers(bool shows) {
  m_showsLayers = shows;
  layOut();
  emit seriesWanted();
}

void TimelineCanvas::setChosenThreads(const QStringList& words) {
  m_chosenThreads = words;
  update();
}

void TimelineCanvas::setSeries(TimelineSeries series) {
  m_series = std::move(series);
  m_lanes.show(m_series, palette());
  if (m_lane && *m_lane >= m_series.lanes.size()) m_lane.reset();
  layOut();
}

void TimelineCanvas::setSeriesNote(const QString& note) {
  if (note == m_seriesNote) return;
  m_seriesNote = note;
  layOut();
}

void TimelineCanvas::clear() {
  m_timeline = {};
  m_series = {};
  m_seriesNote.clear();
  m_lane.reset();
  m_detail = {};
  m_window.reset();
  m_time = {};
  m_marks.clear();
  m_peak.reset();
  m_peakError.reset();
  m_newest.clear();
  m_endNs.reset();
  m_currentMark.reset();
  m_cursor = {};
  layOut();
}

QString TimelineCanvas::labelOf(const MarkSpot& spot) const {
  return spot.count == 1 ? markName(m_marks[spot.first]) : numberOfText(spot.count, Noun::Mark);
}

std::optional<std::size_t> TimelineCanvas::bucketAt(double x) const {
  const QRectF area = plot();
  const Timeline& shown = drawn();
  if (shown.buckets.empty() || area.width() <= 0 || x < area.left() || x > area.right()) return std::nullopt;
  const quint64 at = momentAt(x);
  if (at < shown.beginNs) return std::nullopt;
  const auto bucket = static_cast<std::size_t>((at - shown.beginNs) / shown.bucketNs);
  if (bucket > shown.buckets.size()) return std::nullopt;
  return std::min(bucket, shown.buckets.size() - 1);
}

std::optional<std::size_t> TimelineCanvas::spotAt(double x) const {
  std::optional<std::size_t> nearest;
  double least = kMarkReach;
  for (std::size_t i = 0; i < m_spots.size(); ++i) {
    const double distance = std::abs(m_spots[i].x - x);
    if (distance > least) continue;
    least = distance;
    nearest = i;
  }
  return nearest;
}

quint64 TimelineCanvas::momentOf(const Cursor& cursor) const {
  const quint64 at = cursor.of == Cursor::Of::Spot ? m_marks[m_spots[cursor.position].first].atNs
                                                   : endOfBucket(drawn(), m_scale, cursor.position);
  return std::clamp(at, m_scale.time.begin, m_scale.time.end);
}

void TimelineCanvas::setCursorShown(Cursor cursor) {
  if (cursor == m_cursor) return;
  m_cursor = cursor;
  describe();
  update();
}

void TimelineCanvas::setCurrentLane(std::optional<std::size_t> lane) {
  if (lane == m_lane) return;
  m_lane = lane;
  describe();
  update();
}

void TimelineCanvas::resizeEvent(QResizeEvent*) {
  layOut();
  emit windowChanged();
}

void TimelineCanvas::changeEvent(QEvent* event) {
  if (event->type() == QEvent::FontChange) layOut();
  if (event->type() == QEvent::PaletteChange) m_lanes.show(m_series, palette());
  QWidget::changeEvent(event);
}

std::size_t TimelineCanvas::step() const {
  return bucketsPerStep(drawn(), m_scale, plot().width() * devicePixelRatioF());
}

void TimelineCanvas::paintEvent(QPaintEvent*) {
  QPainter canvas(this);
  const QFont shown = font();
  TimelinePainter painter(canvas, m_scale, palette(), shown);
  painter.grid();  // Below the curve, where it is needed to judge heights.
  const std::vector<Point> newest = &drawn() == &m_timeline ? m_newest : std::vector<Point>();
  painter.live(drawn(), step(), newest);
  double legendBottom = plot().top() - fontMetrics().height() - kTimelineGap / 2;
  if (drawsLayers()) {
    const Hues hues(palette());
    paintLayers(canvas, m_series, m_scale, hues);
    painter.curve(drawn(), step(), newest);
    painter.legend(layerLegend(m_series, hues), legendBottom);
    legendBottom -= fontMetrics().height();
  }
  if (const double bars = barsHeight(); bars > 0) {
    const auto told = temporaryRates(drawn(), m_scale, step());
    painter.allocations(allocationRates(drawn(), m_scale, step()),
                        told.empty() ? temporaryRates(m_series, m_scale) : told, bars);
  }
  if (m_seriesNote.isEmpty())
    m_lanes.paint(canvas, m_series, m_scale, palette(), shown, m_chosenThreads, m_lane);
  else if (m_lanes.count() > 0)
    painter.note(m_lanes.area(), m_seriesNote);
  if (drawsResident()) {
    painter.resident(m_timeline);
    painter.legend(m_timeline, legendBottom);
  }
  painter.labels();
  const MarkSpot* current = nullptr;
  if (m_cursor.of == Cursor::Of::Spot) current = &m_spots[m_cursor.position];
  for (const MarkSpot& spot : m_spots)
    if (current == nullptr && m_currentMark && spot.contains(*m_currentMark)) current = &spot;
  painter.marks(
      m_spots, [this](const MarkSpot& spot) { return labelOf(spot); }, current);
  if (m_peak && window().contains(std::min(m_peak->atNs, m_scale.recordEndNs)))
    painter.peak(*m_peak, tr("peak %1").arg(bytesText(Estimate{m_peak->bytes, m_peakError})));
  painter.time(m_time);
  if (m_cursor.of == Cursor::Of::Bucket) {
    const Timeline::Bucket& bucket = drawn().buckets[m_cursor.position];
    painter.cursor(momentOf(m_cursor), bucket.isKnown ? std::optional(bucket.liveBytes) : std::nullopt);
  }
  if (m_cursor.of != Cursor::Of::Nothing) painter.readOut(momentOf(m_cursor), readOutOf(m_cursor));
  if (hasFocus()) painter.focusFrame();
}

}  // namespace heaptap::gui
