// SPDX-License-Identifier: Apache-2.0
#include "gui/client/sites/stacks_along.h"

#include <utility>

namespace heaptap::gui {

using client::FrameNames;
using model::index;

StacksAlong::StacksAlong(const client::Profile& profile, TreeDirection direction,
                         std::vector<std::uint32_t> path)
    : m_profile(profile), m_path(std::move(path)) {
  if (direction == TreeDirection::TopDown) followInwards();
}

void StacksAlong::followInwards() {
  m_steps.resize(m_profile.definitions.stacks.size(), 0);
  for (std::size_t i = 1; i < m_steps.size(); ++i) {  // A caller has the smaller id.
    const model::StackNode& node = m_profile.definitions.stack(static_cast<model::StackId>(i));
    std::uint32_t steps = m_steps[index(node.parent)];
    const auto functions = m_profile.names->functions(node.frame);
    for (std::size_t line = functions.size(); line-- > 0 && steps < m_path.size();)
      if (functions[line] != FrameNames::kAllocator)
        steps = index(functions[line]) == m_path[steps] ? steps + 1 : kOff;
    m_steps[i] = steps;
  }
}

bool StacksAlong::goesOutwards(model::StackId stack) const {
  std::size_t steps = 0;
  for (; stack != model::StackId{} && steps < m_path.size();
       stack = m_profile.definitions.stack(stack).parent)
    for (const client::FunctionId function :
         m_profile.names->functions(m_profile.definitions.stack(stack).frame)) {
      if (function == FrameNames::kAllocator || steps == m_path.size()) continue;
      if (index(function) != m_path[steps]) return false;
      ++steps;
    }
  return steps == m_path.size();
}

bool StacksAlong::contains(model::StackId stack) const {
  if (index(stack) >= m_profile.definitions.stacks.size()) return false;
  return m_steps.empty() ? goesOutwards(stack) : m_steps[index(stack)] == m_path.size();
}

}  // namespace heaptap::gui
