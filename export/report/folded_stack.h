// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "analysis/own_code.h"
#include "client/stack_lines.h"
#include "export/report/layout.h"

namespace heaptap::exporting {

/// A stack as people look at it. A line that stands for others is a text without a place.
/// Owns: the texts of such lines; the others belong to the profile.
struct FoldedStack {
  std::vector<client::StackLine> lines;
  std::deque<std::string> texts;
};

/// Leaves out of stacks what does not help: what runtimes do among themselves, the middle of long stacks, and
/// what an earlier stack of the same report has shown.
/// Threads: one at a time.
class StackFolder {
 public:
  /// With full names or all frames nothing is left out.
  StackFolder(client::Profile profile, NameStyle style);

  /// `label`: how the report calls what the stack is of, so that later ones can refer to it; empty: they do
  /// not, and neither does this one.
  [[nodiscard]] FoldedStack fold(model::StackId stack, const std::string& label);

  /// What a stack is called in one line: lines of the program's own, the innermost ones.
  [[nodiscard]] std::vector<client::StackLine> labelLines(model::StackId stack);

 private:
  struct Line {
    model::StackId node{};
    client::StackLine text;
    bool isRuntime = false;
  };
  [[nodiscard]] std::vector<Line> linesOf(model::StackId stack);

  client::Profile m_profile;
  bool m_showsAll;
  analysis::OwnCode m_ownCode;
  std::map<model::StackId, std::string> m_shown;  ///< Nodes of which the lines were shown: in whose stack.
};

}  // namespace heaptap::exporting
