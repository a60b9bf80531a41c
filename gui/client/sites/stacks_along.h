// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "client/profile.h"
#include "gui/models/trees/tree_query.h"

namespace heaptap::gui {

/// Which stacks of a profile a node of a call tree is made of: those that go along the functions of its path,
/// as the trees of the client library merge them: place by place of a function, without the allocator's own.
/// Threads: any, as it never changes.
class StacksAlong {
 public:
  /// `path`: functions from the root of the tree on.
  /// Cost: top-down, one pass over the stacks.
  StacksAlong(const client::Profile& profile, TreeDirection direction, std::vector<std::uint32_t> path);

  [[nodiscard]] bool contains(model::StackId stack) const;

 private:
  /// How far a stack has gone along the path; or it has left it.
  static constexpr std::uint32_t kOff = 0xFFFF'FFFF;

  void followInwards();
  [[nodiscard]] bool goesOutwards(model::StackId stack) const;

  const client::Profile& m_profile;
  std::vector<std::uint32_t> m_path;
  std::vector<std::uint32_t> m_steps;  ///< By stack, of a top-down tree.
};

}  // namespace heaptap::gui
