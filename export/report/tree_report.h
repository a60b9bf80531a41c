// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/leaks/leak_report.h"
#include "client/site_table.h"
#include "client/tree/profile_merge.h"
#include "client/tree/session_tree.h"
#include "export/report/report.h"
#include "export/sink.h"

namespace heaptap::exporting {

/// Numbers of a process, or of all of them, as far as they pass the filter. Of malloc's heap, or the one that
/// was chosen.
struct TreeNumbers {
  std::uint64_t allocations = 0;
  std::uint64_t frees = 0;
  std::uint64_t allocatedBytes = 0;
  std::uint64_t liveBlocks = 0;  ///< At the instant, or else when each session had ended.
  std::uint64_t liveBytes = 0;
  std::uint64_t peakBytes = 0;  ///< Of all: the sum of what each had at its own peak. Not of an instant.
  std::uint64_t leakedBlocks = 0;
  std::uint64_t leakedBytes = 0;
  double liveBytesVariance = 0;  ///< 0: the numbers are exact. Likewise the next.
  double liveBlocksVariance = 0;

  void add(const TreeNumbers& more);
};

/// One session of a tree: a process, or one of the programs that it became.
struct TreeSession {
  client::TreeMember member;
  std::string name;  ///< The file as the user would type it, or the id at a collector.
  v1::Summary summary;
  TreeNumbers numbers;
  bool isOver = false;    ///< It had ended before the instant.
  bool isLeaked = false;  ///< It came to its own end, so that what it left is leaked; never of an instant.
};

/// What a report on a tree of processes is made from.
struct TreeReport {
  const ReportShape& options;
  std::string title;  ///< What the caller calls the session.
  client::SessionTree tree;
  std::vector<TreeSession> sessions;  ///< Those that could be read, in the tree's order.
  std::vector<std::string> notes;     ///< What the reader must know, a line each.
  client::SiteTable table;            ///< Of all sessions together.
  std::function<client::ProfileMerge::Processes(const client::SiteKey&)> processesAt;
  bool hasPeaks = true;                     ///< Not of blocks that were chosen one by one.
  model::HeapId heap = model::kMallocHeap;  ///< The one that was chosen.
  std::string heapName = {};                ///< Empty: malloc's.
  analysis::LeakReport leaks = {};          ///< Not of an instant.
  std::string filter = {};                  ///< In words; empty: everything.
  SourceLookup source = {};                 ///< Empty: no source lines are shown.
  /// Of an instant, or of a stretch of time: when that is, since the root's start.
  struct Time {
    std::optional<std::uint64_t> fromNs = std::nullopt;
    std::uint64_t atNs = 0;
    std::string mark = {};  ///< By which `atNs` was asked for; empty: by a time.
    bool gone = false;
  };
  std::optional<Time> time = std::nullopt;

  [[nodiscard]] TreeNumbers sum() const;
};

void writeTreeText(Sink& out, const TreeReport& report);
/// docs/report-json.md.
void writeTreeJson(Sink& out, const TreeReport& report);

}  // namespace heaptap::exporting
