// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "analysis/leaks/leak_report.h"
#include "cli/run/recording.h"
#include "heaptap/v1/query.pb.h"

namespace heaptap::cli {

/// What the end of a run is about.
struct RunEnd {
  std::string name;  ///< COMMAND's.
  pid_t pid;
  std::optional<int> waitStatus;         ///< How it ended, as waitpid() has it; none: recovered from a file.
  std::optional<std::string> collector;  ///< As given with --collector.
  bool complete;                         ///< False: the user did not wait for the record's end.
  bool quiet;                            ///< Only what went wrong.
  std::uint64_t leastAllocations = 0;    ///< What removeSmallSessions() was called with, …
  std::size_t removed = 0;               ///< … and what it has removed.
};

/// Prints on standard error what was recorded, what is missing, and what to type next.
void printRunSummary(const RunEnd& end, const Recording& recording);

/// The lines for one session: allocations, peak, what is leaked, losses. `leaks`: what is to be thought of
/// what is left; null: it was not judged, so that nothing is called leaked.
[[nodiscard]] std::string summaryLines(const v1::Summary& summary,
                                       const analysis::LeakReport* leaks = nullptr);

}  // namespace heaptap::cli
