// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/profile_source.h"
#include "client/site_table.h"
#include "export/report/layout.h"
#include "export/sink.h"

/// What `heaptap threads` prints.
namespace heaptap::cli {

struct ThreadListing {
  std::string title;   ///< What the caller calls the session.
  std::string filter;  ///< Empty: all blocks.
  client::SiteTable table;
  /// Groups of the matrix, as positions in the table; its last group is of all other sites.
  std::vector<std::uint32_t> sites;
  model::ThreadMatrix matrix;
  bool byBlocks = false;

  [[nodiscard]] const client::Profile& profile() const { return table.profile(); }
};

/// After which the interval has what it has: its first nanosecond is the next one. 0: the session's start.
[[nodiscard]] inline std::uint64_t fromNs(const model::ThreadMatrix& matrix) {
  return matrix.knownFromNs - (matrix.knownFromNs == 0 ? 0 : 1);
}

/// The cells of some groups, or of all, added up, in their order.
[[nodiscard]] std::vector<model::ThreadCell> cellsOf(const model::ThreadMatrix& matrix,
                                                     std::optional<std::uint32_t> group = std::nullopt);
/// Likewise how long their blocks lived.
[[nodiscard]] std::array<std::uint64_t, 64> lifetimesOf(const model::ThreadMatrix& matrix,
                                                        std::optional<std::uint32_t> group = std::nullopt);

void writeThreads(exporting::Sink& out, const ThreadListing& listing, exporting::NameStyle style);
void writeThreadsJson(exporting::Sink& out, const ThreadListing& listing);
/// A line for each pair of threads.
void writeThreadsCsv(exporting::Sink& out, const ThreadListing& listing);

}  // namespace heaptap::cli
