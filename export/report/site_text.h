// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "client/site_table.h"
#include "export/report/layout.h"

/// Sites of a report. They are positions in the table; `summary` has the numbers that shares are of.
namespace heaptap::exporting {

/// Live blocks of some sites, under one word for them all: "live", "new and still there".
struct LiveBlocks {
  std::string word;
  std::uint64_t bytes = 0;
  std::uint64_t blocks = 0;
  double bytesError = 0;
  double blocksError = 0;
};
/// Blocks by the site that allocated them. `shown`: sites with live blocks.
[[nodiscard]] std::string liveSitesText(const LiveBlocks& live, const client::SiteTable& table,
                                        const client::SiteTable::Selection& shown, NameStyle style);
/// The first `top` sites by allocations and by temporaries, a line each.
[[nodiscard]] std::string allocationRankingsText(const client::SiteTable& table, model::HeapId heap,
                                                 std::size_t top, NameStyle style);

/// Rankings of the sites by peak, allocations and temporaries, `top` in each, then each ranked site once
/// with its numbers, its stack and its sizes.
[[nodiscard]] std::string sitesText(const v1::Summary& summary, const client::SiteTable& table,
                                    const std::vector<std::uint32_t>& sites, std::size_t top,
                                    NameStyle style);

/// The first `top` sites of a heap by peak, a line each, and how to see more of them.
[[nodiscard]] std::string peakRankingText(const v1::Summary& summary, const client::SiteTable& table,
                                          model::HeapId heap, std::size_t top, NameStyle style);

}  // namespace heaptap::exporting
