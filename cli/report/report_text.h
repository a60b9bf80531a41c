// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/report/stack_text.h"
#include "heaptap/v1/query.pb.h"

namespace heaptap::cli {

/// Some sites of a longer list.
struct SiteList {
  std::vector<v1::Site> sites;
  std::uint64_t total = 0;  ///< How many there are in all.
};

/// The blocks left at the end, by the site that allocated them.
[[nodiscard]] std::string leaksText(const v1::Summary& summary, const SiteList& leaks, NameStyle style);

/// Rankings of the sites by peak, allocations and temporaries, `top` in each, then each ranked site once
/// with its numbers, its stack and its sizes.
[[nodiscard]] std::string sitesText(const v1::Summary& summary, const SiteList& sites, std::size_t top,
                                    NameStyle style);

}  // namespace heaptap::cli
