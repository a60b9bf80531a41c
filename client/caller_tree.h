// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "client/stack_costs.h"

namespace heaptap::client {

/// The call tree from the allocating function outwards: who calls, and for how much of the cost. The same
/// callers appear below every function that they call, so a level is made when it is asked for.
/// The allocator's own functions are left out.
/// Cost: of a level, one pass over the stacks of its node.
/// Owns: a share of the profile; nodes are values that can be kept. Threads: any, as nothing changes.
class CallerTree {
 public:
  /// Where a stack has got to on its way outwards.
  struct Place {
    model::StackId stack{};  ///< The node with the next line outwards; the empty stack: its end.
    std::uint32_t line = 0;
    std::uint64_t cost = 0;
  };
  struct Node {
    FunctionId function{};
    std::uint64_t cost = 0;
    bool hasCallers = false;
    std::shared_ptr<const std::vector<Place>> places = {};  ///< Of the callers.
  };

  CallerTree(Profile profile, const StackCosts& costs);

  /// The functions that allocate. Here and below: the largest cost first, equal ones in the order of their
  /// ids.
  [[nodiscard]] std::vector<Node> allocating() const { return level(m_starts); }
  /// The functions that call this one, in the stacks of this node. Costs add up to the node's own, but for
  /// stacks that end here.
  [[nodiscard]] std::vector<Node> callers(const Node& node) const { return level(*node.places); }

 private:
  [[nodiscard]] std::vector<Node> level(const std::vector<Place>& places) const;

  Profile m_profile;
  std::vector<Place> m_starts;
};

}  // namespace heaptap::client
