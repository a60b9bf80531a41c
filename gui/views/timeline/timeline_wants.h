// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include "gui/models/sessions/selection.h"
#include "gui/models/sessions/session_store.h"
#include "gui/views/timeline/timeline_view.h"

namespace heaptap::gui {

/// Says to the store what the timeline wants to know beyond what everybody is told, and shows the answers:
/// the part that it shows in finer steps, and threads and functions over time.
///
/// The latter are counted from the events of the part, or sums of them, which may take long. So they are
/// asked for when the part has stayed the same for a moment; and of a live session again so seldom that the
/// collector has little to do. Threads: GUI thread.
class TimelineWants : public QObject {
  Q_OBJECT

 public:
  /// All must outlive this.
  TimelineWants(TimelineView& timeline, SessionStore& store, Selection& selection, QObject* parent = nullptr);

  /// Nothing of it is on its way.
  [[nodiscard]] bool isSettled() const;

 private:
  void wantPart();
  void wantSeriesSoon();
  void wantSeries();
  void followSeries();
  /// What is beside the curve has changed: perhaps there is room for more or fewer lanes.
  void checkRoom();
  void followTimeline();
  /// The collector had not answered for long.
  void askAfterSilence();
  void showNote();

  TimelineView& m_timeline;
  SessionStore& m_store;
  Selection& m_selection;
  QTimer m_soon;
  QTimer m_again;
  QElapsedTimer m_asked;  ///< Since the last question about series.
  qint64 m_answerMs = 0;  ///< How long the last answer took.
  quint64 m_turn = 0;
};

}  // namespace heaptap::gui
