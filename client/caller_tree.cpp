// SPDX-License-Identifier: Apache-2.0
#include "client/caller_tree.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <utility>

namespace heaptap::client {

CallerTree::CallerTree(Profile profile, const StackCosts& costs) : m_profile(std::move(profile)) {
  for (std::uint32_t i = 1; i < costs.stacks(); ++i) {
    const auto stack = static_cast<model::StackId>(i);
    if (costs.self(stack) != 0) m_starts.push_back({.stack = stack, .line = 0, .cost = costs.self(stack)});
  }
}

std::vector<CallerTree::Node> CallerTree::level(const std::vector<Place>& places) const {
  struct Group {
    std::uint64_t cost = 0;
    std::vector<Place> places;
  };
  absl::flat_hash_map<FunctionId, Group> groups;
  for (Place place : places) {
    FunctionId function = FrameNames::kAllocator;
    while (place.stack != model::StackId{} && function == FrameNames::kAllocator) {
      const model::StackNode& node = m_profile.definitions.stack(place.stack);
      const auto functions = m_profile.names->functions(node.frame);
      if (place.line < functions.size()) function = functions[place.line++];
      if (place.line >= functions.size()) place = {.stack = node.parent, .line = 0, .cost = place.cost};
    }
    if (function == FrameNames::kAllocator) continue;  // The stack has ended.
    Group& group = groups[function];
    group.cost += place.cost;
    if (place.stack != model::StackId{}) group.places.push_back(place);
  }
  std::vector<Node> nodes;
  nodes.reserve(groups.size());
  for (auto& [function, group] : groups) {
    const bool hasCallers = !group.places.empty();
    nodes.push_back({.function = function,
                     .cost = group.cost,
                     .hasCallers = hasCallers,
                     .places = std::make_shared<const std::vector<Place>>(std::move(group.places))});
  }
  std::sort(nodes.begin(), nodes.end(), [](const Node& a, const Node& b) {
    return a.cost != b.cost ? a.cost > b.cost : a.function < b.function;
  });
  return nodes;
}

}  // namespace heaptap::client
