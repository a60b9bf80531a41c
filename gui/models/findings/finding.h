// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <memory>
#include <optional>
#include <tuple>
#include <vector>

#include "gui/models/sites/stack_line.h"

namespace heaptap::gui {

enum class FindingKind { Other, DoubleFree, UnknownFree, MismatchedFree, WrongSize, WrongAlignment };

/// A wrong use of the heap, with the stacks that it was made with.
struct Finding {
  FindingKind kind = FindingKind::Other;
  QString words;  ///< What was wrong: "mismatched free: malloc, then operator delete".
  quint64 count = 0;
  std::optional<quint64> size;          ///< Of the block, as requested; absent: the block is not known.
  std::optional<quint64> declaredSize;  ///< Of a wrong size: what the free said.
  QString allocatedBy;                  ///< "malloc", "operator new[]", …; means nothing without a size.
  QString freedBy;
  std::vector<StackLine> allocation;
  std::vector<StackLine> free;         ///< Empty: not recorded.
  std::vector<StackLine> earlierFree;  ///< Of a double free; empty: not recorded.
  quint64 firstNs = 0;                 ///< Since the session's start.
  quint32 thread = 0;                  ///< Kernel thread id of the first time.
  QString threadName;
  quint64 address = 0;  ///< Of the first time.

  /// What stays the same when it is made again: its first time.
  using Key = std::tuple<FindingKind, quint64, quint32, quint64>;
  [[nodiscard]] Key key() const { return {kind, firstNs, thread, address}; }
  bool operator==(const Finding&) const = default;
};

/// All findings of a session at one moment, those made most often first.
/// Threads: immutable once shared.
using Findings = std::shared_ptr<const std::vector<Finding>>;

/// "once", "3 times".
[[nodiscard]] QString timesText(quint64 count);

/// Where it was made: the innermost functions of the free; those of the allocation when that is all there is.
[[nodiscard]] QString placeText(const Finding& finding);
[[nodiscard]] QString placeLocationText(const Finding& finding);

/// When, by which thread and with which block it was made first, in one line.
[[nodiscard]] QString circumstancesText(const Finding& finding);

/// What such a mistake means, and what it may lead to.
[[nodiscard]] QString meaningText(FindingKind kind);

}  // namespace heaptap::gui
