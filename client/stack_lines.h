// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "client/profile.h"

namespace heaptap::client {

/// One line of a stack for people.
/// Owns: nothing: texts are those of the definitions; bytes, as they were recorded.
struct StackLine {
  std::string_view function = {};  ///< Empty: unknown.
  std::string_view file = {};      ///< Empty: unknown.
  std::string_view module = {};    ///< Path; empty: none.
  std::uint32_t line = 0;          ///< 0: unknown.
  bool isInlined = false;
  bool isGuessed = false;     ///< Found without unwind information.
  std::uint64_t pc = 0;       ///< Address in the module's file; without a module, in the process.
  std::uint64_t address = 0;  ///< In the process. 0: the line stands for no place in the code.

  bool operator==(const StackLine&) const = default;
};

/// A damaged or hostile session may hold stacks of any depth; what is shown of one stays bounded.
inline constexpr std::size_t kMaxStackLines = 16384;

/// The lines of a stack: innermost first, an inlined function before its caller, without the allocator's own
/// leading lines (unless there are no others). Empty also for an id that is not defined.
[[nodiscard]] std::vector<StackLine> stackLines(const Profile& profile, model::StackId stack);

/// Line number `line` (from 0, innermost first) of a frame. Frames have frameLines() of them.
[[nodiscard]] StackLine lineOf(const Profile& profile, model::FrameId frame, std::uint32_t line);
/// At least 1, but for "no frame".
[[nodiscard]] std::uint32_t frameLines(const Profile& profile, model::FrameId frame);

/// Where a stack begins for people, behind the allocator's own leading lines.
struct StackStart {
  model::StackId stack{};   ///< The node of the first line; the empty stack: there is no line.
  std::uint32_t line = 0;   ///< Which of the frame's lines that is.
  std::size_t leading = 0;  ///< Lines that were left out.

  bool operator==(const StackStart&) const = default;
};
[[nodiscard]] StackStart startOf(const Profile& profile, model::StackId stack);

}  // namespace heaptap::client
