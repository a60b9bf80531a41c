// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "client/stack_costs.h"

namespace heaptap::client {

/// What a function allocates itself, and with all that it calls. A stack counts once for each function that
/// is on it, however often it is there: recursion makes nothing larger than the whole.
struct FunctionCost {
  FunctionId function{};
  std::uint64_t self = 0;
  std::uint64_t total = 0;

  bool operator==(const FunctionCost&) const = default;
};

/// All functions with a cost, the largest total first, equal ones in the order of their ids.
[[nodiscard]] std::vector<FunctionCost> functionCosts(const Profile& profile, const StackCosts& costs);

/// A function that calls the one in the middle, or is called by it, and the cost of the stacks with that
/// call.
struct Neighbour {
  FunctionId function{};
  std::uint64_t cost = 0;

  bool operator==(const Neighbour&) const = default;
};

struct Neighbours {
  FunctionCost middle = {};
  std::vector<Neighbour> callers = {};  ///< The largest cost first, equal ones in the order of their ids.
  std::vector<Neighbour> callees = {};  ///< Likewise.
};

/// One function with its callers and callees. Cost: one pass over the stacks, as for functionCosts().
[[nodiscard]] Neighbours neighboursOf(const Profile& profile, const StackCosts& costs, FunctionId function);

}  // namespace heaptap::client
