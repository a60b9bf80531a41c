// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "analysis/leaks/leak_report.h"
#include "client/site_table.h"

namespace heaptap::analysis {

/// The function of the program's own that allocated most of what was live at a heap's peak.
struct PeakPlace {
  client::StackLine line;  ///< In the site with most of it; texts are those of the profile.
  std::uint64_t bytes = 0;
};
/// None: nothing was live, or no function of the program's own is known.
[[nodiscard]] std::optional<PeakPlace> peakPlace(const client::SiteTable& table, model::HeapId heap);

/// The first thing to say of a session, in one sentence without line ends: "3 places leak 301 KiB, 1 of them
/// grows; peak 57.0 MiB after 1.50 s, 52.1 % of it from parseModule."
/// Names are as they came: not every byte is printable.
[[nodiscard]] std::string verdict(const client::SiteTable& table, const LeakReport& leaks);

/// What a group is listed by: `name`, and of what a function has made once, that function before it.
[[nodiscard]] std::string listedName(const LeakGroup& group);

/// A place as people say it: the function without template arguments and parameters, else `module+0x12ab`.
[[nodiscard]] std::string spokenPlace(const client::StackLine& line);

}  // namespace heaptap::analysis
