// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "export/cost.h"

namespace heaptap::exporting::test {

/// What the text formats of other profilers have of a cost, by the rules of their own readers; none: nothing.
[[nodiscard]] std::optional<std::uint64_t> sumInGperftools(const std::string& text, Cost cost);
[[nodiscard]] std::optional<std::uint64_t> sumInHeaptrack(const std::string& text, Cost cost);
[[nodiscard]] std::optional<std::uint64_t> sumInMassif(const std::string& text, Cost cost);
[[nodiscard]] std::optional<std::uint64_t> sumInCallgrind(const std::string& text, Cost cost);

}  // namespace heaptap::exporting::test
