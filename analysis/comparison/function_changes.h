// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/comparison/common_stacks.h"
#include "analysis/comparison/run_values.h"
#include "analysis/comparison/site_matching.h"

namespace heaptap::analysis {

/// What each function has allocated itself, and with all that it called, in each run. A stack counts once for
/// each function on it.
struct FunctionRows {
  std::vector<std::uint32_t> rowOf;      ///< By function.
  std::vector<std::uint32_t> functions;  ///< By row: the function whose name it has.
  RunValues self;
  RunValues total;
};

/// `values`: by node. A function that only one side has is taken for one of the other side that differs in
/// template arguments and parameters only, where that is the only one.
[[nodiscard]] FunctionRows functionRows(const CommonStacks& stacks, const Presence& functionsSeen,
                                        const RunValues& values);

}  // namespace heaptap::analysis
