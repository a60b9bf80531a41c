// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/leaks/leak_report.h"
#include "heaptap/v1/query.pb.h"
#include "text/paint.h"

namespace heaptap::exporting {

/// The block at the top of a report: what ran, its numbers in one column, and every loss.
/// `leaks`: says how much of what is left is leaked; null: nothing is known.
[[nodiscard]] std::string summaryText(const v1::Summary& summary, const analysis::LeakReport* leaks = nullptr,
                                      Paint paint = {});

/// The CPU times that recording has cost, in one line for the end of a run; empty when none is known.
[[nodiscard]] std::string ownCostLine(const v1::Summary& summary);

/// `one allocation in 512 KiB on average, 1,234 recorded`. Of a sampled session only.
[[nodiscard]] std::string samplingText(const v1::Sampling& sampling);

}  // namespace heaptap::exporting
