// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "client/site_table.h"
#include "export/report/layout.h"
#include "heaptap/v1/query.pb.h"

/// Heaps beside malloc's: the process's mappings, and those that the program has named.
namespace heaptap::exporting {

/// All of them, a line each. Empty when there are none.
[[nodiscard]] std::string heapsText(const v1::Summary& summary, NameStyle style = {});

/// One in a sentence: what the lists that follow are of. Empty for malloc's.
[[nodiscard]] std::string heapText(const v1::HeapReport& heap, NameStyle style = {});

/// The sites with the largest share of a heap's peak, a line each.
[[nodiscard]] std::string heapSitesText(const v1::HeapReport& heap, const client::SiteTable& table,
                                        const std::vector<std::uint32_t>& sites, NameStyle style);

/// The heap called `name`; `malloc` and the empty name are malloc's.
/// Errors: NotFound, naming those that there are.
[[nodiscard]] Result<v1::HeapReport> findHeap(const v1::Summary& summary, const std::string& name);

/// `summary` with the numbers of that heap in place of malloc's, for the lists of its leaks and sites.
[[nodiscard]] v1::Summary summaryOfHeap(const v1::Summary& summary, const v1::HeapReport& heap);

}  // namespace heaptap::exporting
