// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <memory>
#include <optional>
#include <vector>

#include "gui/models/sites/site.h"

namespace heaptap::gui {

/// What is to be thought of memory that was not freed.
enum class LeakKind {
  Growing,     ///< It has become more and more until the end.
  Once,        ///< It has not; or nothing is known of its history.
  Kept,        ///< Until the end, on purpose: by a runtime, or by a singleton.
  Suppressed,  ///< The user has said that it is to be left out.
};

/// How sure it is that a group is a leak.
struct LeakConfidence {
  double score = 0;  ///< From 0 to 1.
  QString word;      ///< "high", "medium", "low".
};

/// Call sites whose leaks have one root cause.
struct LeakGroup {
  LeakKind kind = LeakKind::Once;
  QString name;      ///< Of what is kept or suppressed: what it is.
  QString heapName;  ///< Empty: malloc's.
  StackLine place;   ///< The program's own innermost line.
  quint64 bytes = 0;
  quint64 blocks = 0;
  bool areEstimates = false;
  std::optional<LeakConfidence> confidence;  ///< Absent: nothing is known of its history.
  std::vector<quint64> liveBytes;            ///< At instants that divide the run evenly; empty: not known.
  std::vector<SiteNumbers::Key> sites;       ///< Most bytes first; at least one.
  /// By a filter: bytes and blocks are without them; kind, confidence and history are of all.
  std::size_t sitesLeftOut = 0;

  /// Whether the program is to blame, rather than a runtime.
  [[nodiscard]] bool isOwn() const { return kind == LeakKind::Growing || kind == LeakKind::Once; }
};

/// Those of the program first; within each kind, most bytes first. Null: they are not told apart, as where a
/// process still runs.
using Leaks = std::shared_ptr<const std::vector<LeakGroup>>;

/// "growing", "leaked once", "kept on purpose", "suppressed".
[[nodiscard]] QString leakKindText(LeakKind kind);
/// What that means, in a sentence.
[[nodiscard]] QString leakKindMeaning(LeakKind kind);
/// The function that is to blame, or what is kept.
[[nodiscard]] QString leakName(const LeakGroup& group);

}  // namespace heaptap::gui
