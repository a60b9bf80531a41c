// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/leaks/leak_report.h"
#include "analysis/policy/baseline.h"
#include "client/site_table.h"

namespace heaptap::analysis {

/// The most that the numbers of a rule stand for, in at least 19 of 20 cases, where they are estimates; none
/// where they are exact, or not known. `table`, `leaks`, `measures`: of the rule; `isWhole`: it is about the
/// whole program, of which allocations and their bytes are counted.
[[nodiscard]] Measures atMostOf(const client::SiteTable& table, const LeakReport& leaks,
                                const Measures& measures, bool isWhole);

}  // namespace heaptap::analysis
