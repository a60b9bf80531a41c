// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QString>
#include <QStringList>
#include <optional>

#include "gui/models/estimate.h"
#include "gui/models/heap.h"
#include "gui/models/marks/mark.h"
#include "gui/models/sessions/session.h"
#include "gui/models/sites/site.h"

namespace heaptap::gui {

/// What the blocks that were not freed are called: it depends on how the process ended.
enum class Remains { Live, Leaked, LiveAtEnd };

/// How good the numbers of a sampled session are. The errors are standard errors.
struct Sampling {
  quint64 interval = 0;  ///< Bytes between samples on average.
  quint64 samples = 0;   ///< Allocations that were recorded.
  double liveBytesError = 0;
  double liveBlocksError = 0;
  double peakBytesError = 0;
  double temporariesError = 0;
};

/// What recording has cost.
struct OwnCost {
  std::optional<quint64> agentCpuNs;      ///< In the program itself; an estimate.
  std::optional<quint64> relayCpuNs;      ///< Of all the sessions that the relay records.
  std::optional<quint64> collectorCpuNs;  ///< For this session.
  std::optional<quint64> maxPoolBytes;    ///< Largest share of heaptap's shared memory in the resident set.
  quint64 truncatedStacks = 0;            ///< Allocations with a stack deeper than is walked.
  quint64 overflowedStacks = 0;           ///< Allocations without one: the table was full.
  quint64 lostStacks = 0;                 ///< Allocations with one that could not be followed to its end.
  quint64 guessedStacks = 0;              ///< Allocations with a frame found without unwind information.
};

/// Events that were not recorded, for one reason.
struct DropCause {
  quint64 events = 0;
  QString cause;   ///< "were dropped because …"
  QString remedy;  ///< What the user can do.
};

/// The totals of one session. With `sampling`, allocations, allocated bytes and frees are exact, and all
/// other numbers of blocks and bytes are estimates.
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
  quint64 droppedAllocations = 0;
  quint64 droppedBytes = 0;
  quint64 droppedFrees = 0;
  QList<DropCause> dropCauses;
  QStringList counters;  ///< What else the relay counted, a line for each number that is not 0.
  quint64 eventsNotStored = 0;
  std::optional<quint64> pausedSinceNs;  ///< No allocations are recorded since then. Absent: they are.
  std::optional<quint64> residentBytes;  ///< Largest resident size, as the kernel counts.
  bool residentIncludesOwn = false;      ///< With heaptap's own share, as the two could not be separated.
  QStringList notes;                     ///< One line each.
  quint64 findings = 0;                  ///< Different ones.
  quint64 wrongUses = 0;                 ///< How often they were made.
  Slack slack;
  std::optional<Sampling> sampling;  ///< Absent: every allocation was recorded.
  std::optional<OwnCost> ownCost;    ///< Absent: unknown.
  Heaps heaps;                       ///< Others than malloc's, which the numbers above are of.
  Marks marks;

  [[nodiscard]] Estimate estimateOf(quint64 value, double Sampling::*error) const {
    return {value, sampling ? std::optional((*sampling).*error) : std::nullopt};
  }
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
  std::optional<double> liveBytesError;  ///< In a sampled session.
  quint64 liveBlocks = 0;
  quint64 peakBytes = 0;
  quint64 allocations = 0;
  quint64 droppedEvents = 0;
  std::optional<quint64> residentBytes;  ///< Without heaptap's own share.
  std::optional<quint64> pausedSinceNs;  ///< As Summary has it.
  /// Absent: not reported, as where allocations are sampled.
  std::optional<quint64> peakAtNs;
  std::optional<quint64> allocatedBytes;
  std::optional<quint64> temporaries;
};

}  // namespace heaptap::gui
