// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "export/cost.h"

namespace heaptap::exporting::test {

/// What the formats made of protobuf's messages have of a cost, read by the numbers of their fields; none:
/// nothing.
[[nodiscard]] std::optional<std::uint64_t> sumInPprof(const std::string& file, Cost cost);
[[nodiscard]] std::optional<std::uint64_t> sumInPerfetto(const std::string& file, Cost cost);

}  // namespace heaptap::exporting::test
