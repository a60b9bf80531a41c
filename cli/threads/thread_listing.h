// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
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
  std::uint64_t askedNs = 0;  ///< Where the interval was to begin, if all its events were stored.
  bool byBlocks = false;

  [[nodiscard]] const client::Profile& profile() const { return table.profile(); }
};

/// After which the interval has what it has: its first nanosecond is the next one. 0: the session's start.
[[nodiscard]] inline std::uint64_t fromNs(const model::ThreadMatrix& matrix) {
  return matrix.knownFromNs - (matrix.knownFromNs == 0 ? 0 : 1);
}

/// Blocks of some cells, and their bytes.
class BlockSum {
 public:
  void add(const model::ThreadCell& cell) {
    m_blocks += cell.blocks;
    m_bytes += cell.bytes;
    m_blocksVariance += cell.blocksVariance;
    m_bytesVariance += cell.bytesVariance;
  }
  [[nodiscard]] std::uint64_t blocks() const { return m_blocks; }
  [[nodiscard]] std::uint64_t bytes() const { return m_bytes; }
  /// Standard errors; 0 where the numbers are exact.
  [[nodiscard]] double blocksError() const { return std::sqrt(m_blocksVariance); }
  [[nodiscard]] double bytesError() const { return std::sqrt(m_bytesVariance); }
  /// `1,234 ± 56` and `3.00 MiB ± 120 KiB`.
  [[nodiscard]] std::string blocksText() const;
  [[nodiscard]] std::string bytesText() const;

 private:
  std::uint64_t m_blocks = 0;
  std::uint64_t m_bytes = 0;
  double m_blocksVariance = 0;
  double m_bytesVariance = 0;
};

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
