// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "client/profile.h"
#include "export/report/layout.h"

namespace heaptap::exporting {

/// The first `top` findings (0: all), each with the stacks that made it. Empty when there are none.
/// `profile`: not older than the findings.
[[nodiscard]] std::string findingsText(const client::Profile& profile,
                                       const std::vector<v1::FindingReport>& findings, std::size_t top,
                                       NameStyle style);

}  // namespace heaptap::exporting
