// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>
#include <optional>

#include "gui/models/session.h"

namespace heaptap::gui {

/// What the blocks that nobody freed are called: it depends on how the process ended.
enum class Remains { Live, Leaked, LiveAtEnd };

/// The totals of one session.
struct Summary {
  Session session;
  QString end;             ///< "exited 0", "killed by signal 9", …; empty while live.
  bool liveAtEnd = false;  ///< The blocks left are no leaks: exec or a fatal signal.
  QString host;
  QString executable;
  QString workingDirectory;
  quint64 threads = 0;
  quint64 allocations = 0;
  quint64 frees = 0;
  quint64 allocatedBytes = 0;
  quint64 peakBytes = 0;
  quint64 peakAtNs = 0;
  quint64 liveBlocks = 0;
  quint64 liveBytes = 0;
  quint64 temporaries = 0;
  quint64 unmatchedFrees = 0;
  quint64 unrecordedFrees = 0;
  quint64 lostFrees = 0;
  quint64 droppedAllocations = 0;
  quint64 droppedBytes = 0;
  quint64 droppedFrees = 0;
  quint64 eventsNotStored = 0;
  std::optional<quint64> residentBytes;  ///< Largest resident size, as the kernel counts.
  QStringList notes;                     ///< One line each.

  [[nodiscard]] quint64 droppedEvents() const { return droppedAllocations + droppedFrees; }
  [[nodiscard]] Remains remains() const {
    if (session.isLive()) return Remains::Live;
    return liveAtEnd || session.state != SessionState::Complete ? Remains::LiveAtEnd : Remains::Leaked;
  }
};

/// The few numbers of a live session that change many times a second.
struct LiveStatus {
  Session session;
  quint64 atNs = 0;  ///< Time of the last event seen, since the session's start.
  quint64 liveBytes = 0;
  quint64 liveBlocks = 0;
  quint64 peakBytes = 0;
  quint64 allocations = 0;
  quint64 droppedEvents = 0;
};

}  // namespace heaptap::gui
