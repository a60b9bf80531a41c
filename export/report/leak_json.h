// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

#include "analysis/leaks/leak_report.h"
#include "export/report/json_tables.h"
#include "export/report/json_writer.h"

namespace heaptap::exporting {

/// The objects `leakSummary` and `leakGroups` of a report (docs/report-json.md), as keys of the object that
/// is being written. `rowOfSite`: the row of `sites` of each site that is there, by its position in the site
/// table. `limit`: groups at most; 0: all.
void writeLeaks(JsonWriter& json, const analysis::LeakReport& leaks,
                const std::map<std::uint32_t, std::size_t>& rowOfSite, std::uint64_t limit,
                StackTables& stacks);

}  // namespace heaptap::exporting
