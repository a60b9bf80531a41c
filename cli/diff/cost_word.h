// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "client/stack_costs.h"

namespace heaptap::cli {

/// A cost as it is typed and read.
struct CostWord {
  std::string_view word;  ///< `--cost WORD`.
  client::Cost cost;
  std::string_view meaning;  ///< "leaked bytes"
  bool isBytes;
};

/// `live` and `leaked` are one number: what is left at the end of the record, or live at an instant.
inline constexpr std::array kCostWords{
    CostWord{"leaked", client::Cost::LiveBytes, "bytes left at the end", true},
    CostWord{"live", client::Cost::LiveBytes, "bytes live", true},
    CostWord{"blocks", client::Cost::LiveBlocks, "blocks live", false},
    CostWord{"peak", client::Cost::PeakBytes, "bytes live at the peak", true},
    CostWord{"allocations", client::Cost::Allocations, "allocations", false},
    CostWord{"bytes", client::Cost::AllocatedBytes, "bytes allocated", true},
    CostWord{"temporary", client::Cost::Temporaries, "temporary allocations", false},
};

/// None: there is no such word.
[[nodiscard]] constexpr const CostWord* findCost(std::string_view word) {
  for (const CostWord& known : kCostWords)
    if (known.word == word) return &known;
  return nullptr;
}

}  // namespace heaptap::cli
