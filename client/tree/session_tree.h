// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "heaptap/v1/query.pb.h"

namespace heaptap::client {

/// A session, as it was listed.
struct ListedSession {
  v1::SessionInfo info;
  bool isOpen = false;  ///< Its collector still writes it, so that it may grow.
};

/// A session of a tree.
struct TreeMember {
  v1::SessionInfo info;
  bool isOpen = false;
  std::uint32_t process =
      0;  ///< Which of the tree's processes, from 0: the images that an exec makes share it.
  std::uint32_t depth = 0;  ///< Processes above it.
  /// When it began, and when it had ended, or as far as it is known. Units: ns since the root's start, by the
  /// clock of the host.
  std::int64_t startNs = 0;
  std::int64_t endNs = 0;
};

/// A session, and all that came of it: what its process forked, started and became.
///
///     sh (root) ─┬─► make ─┬─► cc            by `parent_id`: of the process that forked it, or of the
///     program
///                │         └─► cc ─exec─► ld  that an exec has replaced
///                └─► tar
///
/// Invariant: a member comes behind the one that it came from; members of one process are neighbours.
struct SessionTree {
  std::vector<TreeMember> members;   ///< The root first. At least one.
  std::uint32_t processes = 0;       ///< How many there are.
  bool isWholeRun = false;           ///< The root is the first of its run, so that the tree is the run.
  std::vector<std::string> missing;  ///< Ids of sessions that members came from, and that were not listed.
  /// Ids of members that an exec has ended, and whose process has no session after them in the list.
  std::vector<std::string> cutOff;

  [[nodiscard]] const TreeMember& root() const { return members.front(); }
  /// From the root's start until the last member had ended. Units: ns.
  [[nodiscard]] std::uint64_t durationNs() const;
};

/// The tree below `root`. `listed`: any sessions, in any order, with `root` or without; a session that is
/// listed twice counts once. Of the first session of a run all that has its `tree_id` is taken, also where
/// the session in between is missing.
[[nodiscard]] SessionTree treeOf(const ListedSession& root, const std::vector<ListedSession>& listed);

}  // namespace heaptap::client
