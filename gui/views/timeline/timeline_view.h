// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "gui/views/timeline/timeline_canvas.h"

namespace heaptap::gui {

/// The timeline as the user handles it.
///
///     pointer               reads out; a click chooses an instant, or a mark; a drag chooses a stretch of
///     time;
///                           a drag of one end of it moves that end; a double click chooses now
///     wheel                 zooms at the pointer; with Shift, or across, moves; a drag with the middle
///     button moves ← → Page Home End     the cursor, by bucket; with Ctrl from mark to mark; with Shift a
///     stretch from where it was Enter, Escape         chooses the instant of the cursor; now
///     + - 0                 zooms at the cursor; all of the record
///     ↑ ↓ Space             from lane to lane; the thread of a lane, as a click on it
///
/// Threads: GUI thread.
class TimelineView : public TimelineCanvas {
  Q_OBJECT

 public:
  explicit TimelineView(QWidget* parent = nullptr);

 signals:
  /// The user looks at a mark; its position.
  void markChosen(std::size_t mark);
  /// The user wants to look at this time.
  void timeChosen(const heaptap::gui::TimeChoice& time);
  /// The user wants to look at a thread, or, when it is looked at, at all again: the word by which filters
  /// know it.
  void threadChosen(const QString& word);

 protected:
  void mouseMoveEvent(QMouseEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;

 private:
  /// What a pressed button does while the pointer moves.
  struct Drag {
    enum class Of { Nothing, Time, Window } of = Of::Nothing;
    double pressedX = 0;
    quint64 anchorNs = 0;                  ///< The other end of the stretch.
    TimeWindow window = {};                ///< As it was.
    bool hasMoved = false;                 ///< Farther than a hand that clicks shakes.
    std::optional<std::size_t> lane = {};  ///< Where it was pressed.
  };

  void showCursorAt(double x);
  void zoomBy(double factor, quint64 aroundNs);
  void choose(const TimeChoice& time);
  void chooseLane(std::size_t lane);
  void goToLane(int direction);
  void goToMark(int direction);
  void goToBucket(qint64 bucket, bool extends);
  [[nodiscard]] TimeChoice stretchBetween(quint64 oneNs, quint64 otherNs) const;
  /// The end of the chosen stretch at a position across the widget: the moment of the other end.
  [[nodiscard]] std::optional<quint64> otherEndAt(double x) const;

  Drag m_drag;
  std::optional<quint64> m_anchorNs;  ///< Of a stretch that the keyboard extends.
};

}  // namespace heaptap::gui
