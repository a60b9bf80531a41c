// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/error.h"
#include "client/site_table.h"
#include "client/stack_costs.h"

namespace heaptap::exporting {

/// What an export shows of each stack, where its format has room for one number.
enum class Cost : std::uint8_t { Live, Peak, Leaked, Allocations, Bytes, Temporary };

struct CostWords {
  Cost cost;
  std::string_view name;   ///< On the command line.
  std::string_view title;  ///< For people: "live bytes".
  bool isBytes;            ///< Else a number of blocks.
  client::Cost counted;
  std::uint64_t client::SiteCounters::*ofSite;
};

/// One row for each cost, in the order of the enumeration.
[[nodiscard]] std::span<const CostWords> costs();
[[nodiscard]] const CostWords& wordsOf(Cost cost);
/// Errors: Usage, naming those that there are.
[[nodiscard]] Result<Cost> costNamed(std::string_view name);

}  // namespace heaptap::exporting
