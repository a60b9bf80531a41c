// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "client/profile.h"
#include "client/stack_lines.h"

namespace heaptap::exporting {

/// How much of a name is shown where it is repeated for each stack: there are names of megabytes.
inline constexpr std::size_t kMostLabelBytes = 1024;
/// What stands in place of a stack that was not recorded.
inline constexpr std::string_view kNoStack = "[no stack was recorded]";

/// `text` of `most` bytes at most, cut between two letters; what is left out is marked with `…`.
/// Precondition: it is UTF-8.
[[nodiscard]] std::string clipped(std::string_view text, std::size_t most = kMostLabelBytes);

/// The last part of a path.
[[nodiscard]] std::string_view fileNameOf(std::string_view path);

/// What a line of a stack is called: the function's name; without one, `module+0xoffset`; never empty.
/// UTF-8, with control characters shown.
[[nodiscard]] std::string labelOf(const client::StackLine& line);

/// The same, of `most` bytes at most: there are names of megabytes, of which only what is shown is looked at.
[[nodiscard]] std::string shortLabelOf(client::StackLine line, std::size_t most = kMostLabelBytes);

/// The same for the functions of a profile, each made once, in one line and of kMostLabelBytes at most.
/// Owns: a share of the profile. Threads: any.
class FunctionLabels {
 public:
  explicit FunctionLabels(const client::Profile& profile);

  /// Precondition: not kAllocator.
  [[nodiscard]] const std::string& operator[](client::FunctionId function) const {
    return m_labels[client::index(function)];
  }
  /// Replaces each `what` in all labels.
  void replace(char what, char with);

 private:
  std::vector<std::string> m_labels;
};

/// A line of the code that a function has, the first that was met. Precondition: not kAllocator.
[[nodiscard]] client::StackLine lineOfFunction(const client::Profile& profile, client::FunctionId function);

}  // namespace heaptap::exporting
