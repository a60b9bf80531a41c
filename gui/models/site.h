// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "gui/models/estimate.h"
#include "gui/models/stack_line.h"

namespace heaptap::gui {

/// Allocations of `minBytes` to `maxBytes`, both included.
struct SizeBucket {
  quint64 minBytes = 0;
  quint64 maxBytes = 0;
  quint64 allocations = 0;
  quint64 liveBlocks = 0;
};

/// A place where blocks of a site are freed.
struct FreeSite {
  quint64 frees = 0;
  std::vector<quint32> lines;  ///< As in Site.
};

/// What the allocator gave beyond what was asked for. Absent: it did not say.
/// Units: bytes.
struct Slack {
  std::optional<quint64> allocated;
  std::optional<quint64> live;
  std::optional<quint64> peak;  ///< Of the blocks that were live at the session's peak.
};

/// Standard errors of a site's numbers, where allocations are sampled.
struct SiteErrors {
  double allocations = 0;
  double allocatedBytes = 0;
  double liveBlocks = 0;
  double liveBytes = 0;
  double peakBytes = 0;
  double temporaries = 0;
};

/// A call site: one stack of one heap, and everything that was allocated from it.
struct Site {
  quint64 stack = 0;  ///< Id within the session.
  quint32 heap = 0;   ///< Id within the session; 0: malloc's.
  quint64 allocations = 0;
  quint64 frees = 0;
  quint64 allocatedBytes = 0;
  quint64 liveBlocks = 0;
  quint64 liveBytes = 0;
  quint64 peakBytes = 0;  ///< Bytes of this site that were live at the session's peak.
  quint64 temporaries = 0;
  std::optional<SiteErrors> errors;  ///< Present where the numbers are estimates.
  Slack slack;
  QString heapName;               ///< Empty: malloc's.
  QStringList entryPoints;        ///< What the program called: "malloc", "operator new[]", ….
  std::vector<FreeSite> freedAt;  ///< Most frees first; only where the stacks of frees were recorded.
  std::vector<SizeBucket> sizes;
  std::vector<quint32> lines;  ///< Positions in SiteSet::lines, innermost first.
  QString function;            ///< The innermost functions: `inner ← caller ← …`.
  QString location;            ///< Of the innermost line.

  /// What tells it from all others of its session.
  using Key = std::pair<quint64, quint32>;
  [[nodiscard]] Key key() const { return {stack, heap}; }

  [[nodiscard]] Estimate estimateOf(quint64 value, double SiteErrors::*error) const {
    return {value, errors ? std::optional((*errors).*error) : std::nullopt};
  }
};

/// All sites of a session at one moment. Lines are stored once, however many stacks pass through them.
/// Threads: immutable once shared.
struct SiteSet {
  std::vector<StackLine> lines;
  std::vector<Site> sites;
};

using Sites = std::shared_ptr<const SiteSet>;

/// A stack of the set, line by line.
[[nodiscard]] std::vector<StackLine> stackOf(const std::vector<quint32>& lines, const SiteSet& set);

/// Fills `function` and `location` of a site from its lines.
void describe(Site& site, const SiteSet& set);

}  // namespace heaptap::gui
