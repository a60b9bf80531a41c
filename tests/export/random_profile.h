// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "export/format.h"

namespace heaptap::exporting::test {

/// A session made by chance, the same for the same seed: recursion, inlined functions, places without names,
/// markers, names with everything that a format may take for its own, a megabyte long or no UTF-8, stacks
/// that were not recorded, sites in three heaps. Its summary has the sums.
[[nodiscard]] Subject randomSubject(std::uint32_t seed, bool isSampled = false);

/// The sum of a cost as the summary has it.
[[nodiscard]] std::uint64_t sumInSummary(const v1::Summary& summary, Cost cost);

}  // namespace heaptap::exporting::test
