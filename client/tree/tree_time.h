// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "client/tree/session_tree.h"
#include "client/when.h"
#include "heaptap/v1/query.pb.h"

namespace heaptap::client {

/// One moment for all processes of a tree. Units: ns since the root's start.
struct TreeInstant {
  std::uint64_t ns = 0;
  std::string mark = {};  ///< By whose name it was asked for; empty: by a time.
};

/// Returns the marks of a member. Errors: of its source.
using MarksOf = std::function<Result<v1::Summary>(const TreeMember& member)>;

/// Reads an instant as people write it (client/instant_words.h), for a tree: times count from the root's
/// start, shares are of the time until the last process had ended, and a mark is the moment at which the only
/// process that has it was there. `marksOf`: asked only for the name of a mark; a member without an answer
/// has none. Errors: NotFound: no such mark; Usage: before the start, after the end; a mark that several
/// sessions have; the
///         peak, as each process has its own.
[[nodiscard]] Result<TreeInstant> treeInstantOf(std::string_view words, const SessionTree& tree,
                                                const MarksOf& marksOf);

/// What an instant, or a stretch of time, of the tree is to one of its members.
struct MemberTime {
  When when;  ///< In the member's own time. Now: what it has counted in all.
  /// The process, or this image of it, had ended by then: nothing of it is live.
  bool isOver = false;
};
/// None: the member had not begun, or, for a stretch, was over before; of what is gone also where it began
/// within. `from`: null for an instant.
[[nodiscard]] std::optional<MemberTime> timeOf(const TreeMember& member, const TreeInstant* from,
                                               const TreeInstant& at, bool gone);

}  // namespace heaptap::client
