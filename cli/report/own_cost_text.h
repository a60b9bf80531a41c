// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "heaptap/v1/query.pb.h"

namespace heaptap::cli {

/// What recording has cost, and what it has lost: lines of the summary.
[[nodiscard]] std::string ownCostText(const v1::Summary& summary);
/// The CPU times, in one line for the end of a run; empty when none is known.
[[nodiscard]] std::string ownCostLine(const v1::Summary& summary);

}  // namespace heaptap::cli
