// SPDX-License-Identifier: Apache-2.0
#include "gui/views/timeline/timeline_view.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>
#include <utility>

namespace heaptap::gui {
namespace {

constexpr double kShaking = 4;  // Pixels that a hand moves while it clicks.
constexpr double kEndReach = 5;
constexpr int kPageOfBuckets = 32;
constexpr double kZoomStep = 1.25;          // Of one notch of the wheel, and of a key.
constexpr double kNotch = 120;              // Of a wheel, in eighths of a degree.
constexpr double kShareMovedByNotch = 0.1;  // Of the window.

}  // namespace

TimelineView::TimelineView(QWidget* parent) : TimelineCanvas(parent) {
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(tr("Live heap over time"));
}

void TimelineView::chooseLane(std::size_t lane) {
  if (lane < series().lanes.size() && !series().lanes[lane].isRest())
    emit threadChosen(series().lanes[lane].word);
}

void TimelineView::goToLane(int direction) {
  if (lanes().count() == 0 || !seriesNote().isEmpty()) return;
  const auto last = static_cast<int>(lanes().count()) - 1;
  const int from = currentLane() ? static_cast<int>(*currentLane()) : (direction > 0 ? -1 : last + 1);
  setCurrentLane(static_cast<std::size_t>(std::clamp(from + direction, 0, last)));
}

void TimelineView::showCursorAt(double x) {
  if (const auto spot = spotAt(x)) return setCursorShown({Cursor::Of::Spot, *spot});
  const auto bucket = bucketAt(x);
  setCursorShown(bucket ? Cursor{Cursor::Of::Bucket, *bucket} : Cursor{});
}

TimeChoice TimelineView::stretchBetween(quint64 oneNs, quint64 otherNs) const {
  const TimeChoice::Of of = time().hasBeginning() ? time().of : TimeChoice::Of::Grown;
  return TimeChoice::stretch(std::min(oneNs, otherNs), std::max(oneNs, otherNs), of);
}

std::optional<quint64> TimelineView::otherEndAt(double x) const {
  if (!time().hasBeginning()) return std::nullopt;
  if (std::abs(xOf(*time().atNs) - x) <= kEndReach) return time().fromNs;
  if (std::abs(xOf(*time().fromNs) - x) <= kEndReach) return time().atNs;
  return std::nullopt;
}

void TimelineView::choose(const TimeChoice& chosen) {
  if (chosen == time()) return;
  setTime(chosen);
  emit timeChosen(chosen);
}

void TimelineView::mousePressEvent(QMouseEvent* event) {
  const double x = event->position().x();
  const bool isInPlot = x >= plot().left() - kEndReach && x <= plot().right() + kEndReach;
  m_drag = {};
  if (event->button() == Qt::MiddleButton && isInPlot) {
    m_drag = {.of = Drag::Of::Window, .pressedX = x, .window = window()};
    setCursor(Qt::ClosedHandCursor);
  } else if (event->button() == Qt::LeftButton) {
    const auto otherEnd = otherEndAt(x);
    const auto lane = seriesNote().isEmpty() ? lanes().laneAt(event->position()) : std::nullopt;
    if (const auto spot = spotAt(x); spot && !otherEnd && !lane)
      emit markChosen(spots()[*spot].first);
    else if (isInPlot && !drawn().buckets.empty())
      m_drag = {
          .of = Drag::Of::Time, .pressedX = x, .anchorNs = otherEnd.value_or(momentAt(x)), .lane = lane};
    else if (lane)
      m_drag = {.pressedX = x, .lane = lane};
  }
  QWidget::mousePressEvent(event);
}

void TimelineView::mouseMoveEvent(QMouseEvent* event) {
  const double x = event->position().x();
  m_drag.hasMoved = m_drag.hasMoved || std::abs(x - m_drag.pressedX) > kShaking;
  switch (m_drag.of) {
    case Drag::Of::Window: {
      const double perPixel = static_cast<double>(m_drag.window.width()) / std::max(1.0, plot().width());
      return setWindow(moved(m_drag.window, (m_drag.pressedX - x) * perPixel, recordEnd()));
    }
    case Drag::Of::Time:
      // It is chosen when the button is released; until then it is only shown.
      if (m_drag.hasMoved) setTime(stretchBetween(m_drag.anchorNs, momentAt(x)));
      break;
    case Drag::Of::Nothing: setCursor(otherEndAt(x) ? Qt::SplitHCursor : Qt::ArrowCursor); break;
  }
  setCurrentLane(seriesNote().isEmpty() ? lanes().laneAt(event->position()) : std::nullopt);
  showCursorAt(x);
}

void TimelineView::mouseReleaseEvent(QMouseEvent* event) {
  const Drag drag = std::exchange(m_drag, {});
  if (drag.of == Drag::Of::Window) unsetCursor();
  if (drag.lane && !drag.hasMoved && event->button() == Qt::LeftButton) {
    chooseLane(*drag.lane);
  } else if (drag.of == Drag::Of::Time && event->button() == Qt::LeftButton) {
    const TimeChoice chosen = drag.hasMoved ? stretchBetween(drag.anchorNs, momentAt(event->position().x()))
                                            : TimeChoice::instant(momentAt(event->position().x()));
    setTime(chosen);
    emit timeChosen(chosen);
  }
  QWidget::mouseReleaseEvent(event);
}

void TimelineView::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton) choose({});
}

void TimelineView::zoomBy(double factor, quint64 aroundNs) {
  setWindow(zoomed(window(), factor, aroundNs, recordEnd()));
}

void TimelineView::wheelEvent(QWheelEvent* event) {
  const QPoint angle = event->angleDelta();
  const bool isAcross = std::abs(angle.x()) > std::abs(angle.y());
  const bool moves = isAcross || (event->modifiers() & Qt::ShiftModifier);
  const double notches = (isAcross ? angle.x() : angle.y()) / kNotch;
  if (notches == 0 || drawn().buckets.empty()) return event->ignore();
  if (moves)
    setWindow(
        moved(window(), -notches * kShareMovedByNotch * static_cast<double>(window().width()), recordEnd()));
  else
    zoomBy(std::pow(kZoomStep, -notches), momentAt(event->position().x()));
  event->accept();
}

void TimelineView::leaveEvent(QEvent*) {
  setCurrentLane({});
  setCursorShown({});
}

void TimelineView::focusInEvent(QFocusEvent* event) {
  update();
  QWidget::focusInEvent(event);
}

void TimelineView::focusOutEvent(QFocusEvent* event) {
  m_anchorNs.reset();
  setCurrentLane({});
  setCursorShown({});
  update();
  QWidget::focusOutEvent(event);
}

void TimelineView::goToMark(int direction) {
  if (spots().empty()) return;
  const auto last = static_cast<qint64>(spots().size()) - 1;
  qint64 to = direction > 0 ? 0 : last;
  if (cursorShown().of == Cursor::Of::Spot) {
    to = std::clamp<qint64>(static_cast<qint64>(cursorShown().position) + direction, 0, last);
  } else if (cursorShown().of == Cursor::Of::Bucket) {
    const double x = xOf(momentOf(cursorShown()));
    const auto next = std::upper_bound(spots().begin(), spots().end(), x,
                                       [](double at, const MarkSpot& spot) { return at < spot.x; });
    to = std::clamp<qint64>(next - spots().begin() - (direction < 0 ? 1 : 0), 0, last);
  }
  setCursorShown({Cursor::Of::Spot, static_cast<std::size_t>(to)});
  emit markChosen(spots()[static_cast<std::size_t>(to)].first);
}

void TimelineView::goToBucket(qint64 bucket, bool extends) {
  const auto last = static_cast<qint64>(drawn().buckets.size()) - 1;
  if (extends && !m_anchorNs)
    m_anchorNs = cursorShown().of == Cursor::Of::Nothing ? window().beginNs : momentOf(cursorShown());
  if (!extends) m_anchorNs.reset();
  setCursorShown({Cursor::Of::Bucket, static_cast<std::size_t>(std::clamp<qint64>(bucket, 0, last))});
  // The cursor is never out of sight.
  const quint64 at = endOfBucketAt(cursorShown().position);
  if (!window().contains(at)) {
    const Cursor cursor = cursorShown();
    const double by = at < window().beginNs ? static_cast<double>(at) - static_cast<double>(window().beginNs)
                                            : static_cast<double>(at) - static_cast<double>(window().endNs);
    setWindow(moved(window(), by, recordEnd()));
    setCursorShown(cursor);
  }
  if (extends) choose(stretchBetween(*m_anchorNs, momentOf(cursorShown())));
}

void TimelineView::keyPressEvent(QKeyEvent* event) {
  if (drawn().buckets.empty()) return QWidget::keyPressEvent(event);
  if (event->modifiers() == Qt::ControlModifier) {
    if (event->key() == Qt::Key_Left) return goToMark(-1);
    if (event->key() == Qt::Key_Right) return goToMark(1);
  }
  if (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier)) return QWidget::keyPressEvent(event);
  const bool hasCursor = cursorShown().of != Cursor::Of::Nothing;
  const auto last = static_cast<qint64>(drawn().buckets.size()) - 1;
  qint64 from = static_cast<qint64>(bucketAt(plot().right()).value_or(static_cast<std::size_t>(last)));
  if (cursorShown().of == Cursor::Of::Bucket) from = static_cast<qint64>(cursorShown().position);
  if (cursorShown().of == Cursor::Of::Spot)
    from =
        static_cast<qint64>(bucketAt(xOf(momentOf(cursorShown()))).value_or(static_cast<std::size_t>(last)));
  const auto stride = static_cast<qint64>(step());
  const bool extends = event->modifiers() & Qt::ShiftModifier;
  const quint64 around = hasCursor ? momentOf(cursorShown()) : momentAt(plot().center().x());
  switch (event->key()) {
    case Qt::Key_Left: return goToBucket(from - stride, extends);
    case Qt::Key_Right: return goToBucket(from + stride, extends);
    case Qt::Key_PageUp: return goToBucket(from - kPageOfBuckets * stride, extends);
    case Qt::Key_PageDown: return goToBucket(from + kPageOfBuckets * stride, extends);
    case Qt::Key_Home: return goToBucket(0, extends);
    case Qt::Key_End: return goToBucket(last, extends);
    case Qt::Key_Up: return goToLane(-1);
    case Qt::Key_Down: return goToLane(1);
    case Qt::Key_Space:
      if (currentLane()) chooseLane(*currentLane());
      return;
    case Qt::Key_Plus:
    case Qt::Key_Equal: return zoomBy(1 / kZoomStep, around);
    case Qt::Key_Minus: return zoomBy(kZoomStep, around);
    case Qt::Key_0: return setWindow(std::nullopt);
    case Qt::Key_Return:
    case Qt::Key_Enter:
      if (hasCursor) choose(TimeChoice::instant(momentOf(cursorShown())));
      return;
    case Qt::Key_Escape:
      m_anchorNs.reset();
      // First the cursors go, then what is chosen.
      if (currentLane()) return setCurrentLane({});
      return hasCursor ? setCursorShown({}) : choose({});
    default: return QWidget::keyPressEvent(event);
  }
}

}  // namespace heaptap::gui
