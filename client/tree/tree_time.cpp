// SPDX-License-Identifier: Apache-2.0
#include "client/tree/tree_time.h"

#include <algorithm>
#include <utility>

#include "client/instant_words.h"

namespace heaptap::client {
namespace {

constexpr const char* kAdvice = "a time of a tree is written as 12.5s, 50%, -10s, start or end";

/// The moment of the only mark of this name.
Result<TreeInstant> markedIn(const SessionTree& tree, const std::string& name, const MarksOf& marksOf) {
  std::optional<TreeInstant> found;
  std::string whose;
  for (const TreeMember& member : tree.members) {
    const auto summary = marksOf(member);
    if (!summary) continue;
    for (const v1::MarkReport& mark : summary->marks()) {
      if (mark.name() != name) continue;
      const std::int64_t ns =
          member.startNs + static_cast<std::int64_t>(std::min(mark.at_ns(), member.info.duration_ns()));
      // Of several marks of one session the last is meant, as it is without a tree.
      if (found && whose != member.info.id())
        return failure(Code::Usage, name, "several sessions of the tree have a mark of this name",
                       "ask for a time instead, or for one session without --tree");
      whose = member.info.id();
      found = TreeInstant{.ns = static_cast<std::uint64_t>(std::max<std::int64_t>(ns, 0)), .mark = name};
    }
  }
  if (found) return *found;
  return failure(Code::NotFound, name, "is no time, and no session of the tree has such a mark", kAdvice);
}

std::uint64_t withinOf(const TreeMember& member, std::uint64_t ns) {
  const std::int64_t own = static_cast<std::int64_t>(ns) - member.startNs;
  const auto length = static_cast<std::uint64_t>(member.endNs - member.startNs);
  return own <= 0 ? 0 : std::min(static_cast<std::uint64_t>(own), length);
}

}  // namespace

Result<TreeInstant> treeInstantOf(std::string_view words, const SessionTree& tree, const MarksOf& marksOf) {
  const WrittenInstant written = readInstant(words);
  if (written.kind == WrittenInstant::Kind::Peak)
    return failure(Code::Usage, std::string(words), "each process of a tree has a peak of its own", kAdvice);
  if (written.kind == WrittenInstant::Kind::Mark) return markedIn(tree, written.name, marksOf);
  return nsOf(written, tree.durationNs(), "the tree").map([](std::uint64_t ns) {
    return TreeInstant{.ns = ns};
  });
}

std::optional<MemberTime> timeOf(const TreeMember& member, const TreeInstant* from, const TreeInstant& at,
                                 bool gone) {
  if (static_cast<std::int64_t>(at.ns) < member.startNs) return std::nullopt;
  const auto isAfter = [&](std::uint64_t ns) {
    return !member.isOpen && static_cast<std::int64_t>(ns) > member.endNs;
  };
  if (from != nullptr && isAfter(from->ns)) return std::nullopt;
  // What was not there at the beginning cannot be gone.
  if (from != nullptr && gone && static_cast<std::int64_t>(from->ns) < member.startNs) return std::nullopt;
  MemberTime time{.when = {.gone = gone}, .isOver = isAfter(at.ns)};
  // All that it had at the beginning of a stretch is gone when it is over.
  const bool isAllGone = gone && time.isOver;
  time.when.at = When::time(withinOf(member, isAllGone ? from->ns : at.ns));
  if (isAllGone) {
    time.when.gone = false;
    return time;
  }
  if (from == nullptr) {
    if (time.isOver) time.when.at.clear_at();
    return time;
  }
  time.when.from = When::time(withinOf(member, from->ns));
  return time;
}

}  // namespace heaptap::client
