// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cli/report/stack_text.h"
#include "heaptap/v1/query.pb.h"

namespace heaptap::cli {

/// The first `top` findings (0: all), each with the stacks that made it. Empty when there are none.
[[nodiscard]] std::string findingsText(const std::vector<v1::FindingReport>& findings, std::size_t top,
                                       NameStyle style);

}  // namespace heaptap::cli
