// SPDX-License-Identifier: Apache-2.0
#include "export/report/folded_stack.h"

#include <algorithm>
#include <utility>

#include "text/quantity.h"

namespace heaptap::exporting {
namespace {

using analysis::CodeOwner;

constexpr std::size_t kMostLines = 16;
constexpr std::size_t kInnermost = 10;  ///< Of a long stack, these …
constexpr std::size_t kOutermost = 4;   ///< … and these are shown.
constexpr std::size_t kLeastShared = 3;

}  // namespace

StackFolder::StackFolder(client::Profile profile, NameStyle style)
    : m_profile(std::move(profile)), m_showsAll(style.full || style.allFrames), m_ownCode(m_profile) {}

std::vector<client::StackLine> StackFolder::labelLines(model::StackId stack) {
  constexpr std::size_t kMost = 16;  // More than there is ever room for.
  return m_showsAll ? client::stackLines(m_profile, stack) : m_ownCode.ownLines(stack, kMost);
}

std::vector<StackFolder::Line> StackFolder::linesOf(model::StackId stack) {
  std::vector<Line> lines;
  if (index(stack) >= m_profile.definitions.stacks.size()) return lines;
  bool hasStarted = false;  // What is further out only starts the program.
  bool isRust = false;
  client::StackStart at = client::startOf(m_profile, stack);
  while (at.stack != model::StackId{} && lines.size() < client::kMaxStackLines) {
    const model::StackNode& node = m_profile.definitions.stack(at.stack);
    const std::uint32_t count = client::frameLines(m_profile, node.frame);
    for (std::uint32_t line = at.line; line < count; ++line) {
      const CodeOwner owner = m_ownCode.ownerOf(node.frame, line);
      hasStarted |= owner == CodeOwner::Start || (isRust && m_ownCode.isMain(node.frame, line));
      lines.push_back(
          {.node = at.stack,
           .text = client::lineOf(m_profile, node.frame, line),
           .isRuntime = hasStarted || (owner != CodeOwner::Program && owner != CodeOwner::Allocation)});
      // What stands for frames that are not known is not to be overlooked.
      if (lines.back().text.address == 0) lines.back().isRuntime = false;
      isRust = owner == CodeOwner::RustRuntime;
    }
    at = {.stack = node.parent};
  }
  return lines;
}

FoldedStack StackFolder::fold(model::StackId stack, const std::string& label) {
  const std::vector<Line> lines = linesOf(stack);
  FoldedStack folded;
  const auto isOwn = [](const Line& line) { return !line.isRuntime; };
  if (m_showsAll || std::none_of(lines.begin(), lines.end(), isOwn)) {
    for (const Line& line : lines) folded.lines.push_back(line.text);
    return folded;
  }
  // Of each stretch of runtime frames only the outermost is of interest: what the program has called. Those
  // outside of all of the program's own only start it.
  std::vector<const Line*> kept;
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (!lines[i].isRuntime || (i + 1 < lines.size() && !lines[i + 1].isRuntime)) kept.push_back(&lines[i]);
  const auto standFor = [&folded](std::size_t count, const std::string& what) {
    folded.texts.push_back("… " + formatNumberOf(count, "frame") + what);
    folded.lines.push_back({.function = folded.texts.back()});
  };
  std::size_t shared = kept.size();
  while (shared > 0 && m_shown.contains(kept[shared - 1]->node)) --shared;
  const bool isShared = !label.empty() && kept.size() - shared >= kLeastShared && shared > 0;
  const std::size_t end = isShared ? shared : kept.size();
  const bool isLong = end > kMostLines;
  const std::size_t innermost = isLong ? kInnermost : end;
  for (std::size_t i = 0; i < innermost; ++i) folded.lines.push_back(kept[i]->text);
  if (isLong) {
    standFor(end - kInnermost - kOutermost, " (--all-frames shows them)");
    for (std::size_t i = end - kOutermost; i < end; ++i) folded.lines.push_back(kept[i]->text);
  }
  if (isShared) standFor(kept.size() - shared, " as in " + m_shown[kept[shared]->node]);
  for (std::size_t i = 0; i < end && !label.empty(); ++i)
    if (!isLong || i < kInnermost || i >= end - kOutermost) m_shown.try_emplace(kept[i]->node, label);
  return folded;
}

}  // namespace heaptap::exporting
