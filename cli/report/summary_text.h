// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "heaptap/v1/query.pb.h"

namespace heaptap::cli {

/// The block at the top of a report: what ran, its numbers in one column, and every loss.
[[nodiscard]] std::string summaryText(const v1::Summary& summary);

}  // namespace heaptap::cli
