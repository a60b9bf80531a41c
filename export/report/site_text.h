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

/// The blocks left at the end, by the site that allocated them.
[[nodiscard]] std::string leaksText(const v1::Summary& summary, const client::SiteTable& table,
                                    const client::SiteTable::Selection& leaks, NameStyle style);

/// Rankings of the sites by peak, allocations and temporaries, `top` in each, then each ranked site once
/// with its numbers, its stack and its sizes.
[[nodiscard]] std::string sitesText(const v1::Summary& summary, const client::SiteTable& table,
                                    const std::vector<std::uint32_t>& sites, std::size_t top,
                                    NameStyle style);

/// The first `top` sites of a heap by peak, a line each, and how to see more of them.
[[nodiscard]] std::string peakRankingText(const v1::Summary& summary, const client::SiteTable& table,
                                          model::HeapId heap, std::size_t top, NameStyle style);

}  // namespace heaptap::exporting
