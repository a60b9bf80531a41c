// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>

#include "export/report/folded_stack.h"

namespace heaptap::exporting {

/// What the stacks of one list are called, a line each: different stacks never look the same. Where the lines
/// of the program's own are equal, the place follows in which they differ, as `parse ← main (parse.cpp:12)`;
/// where no source line tells them apart, the id by which SQL knows the stack, as `(stack 812)`. Cost: a pass
/// over the stacks. Threads: one at a time.
class StackLabels {
 public:
  /// `columns`: none is wider, as long as that leaves room for a name. `stacks`: may repeat.
  StackLabels(StackFolder& folder, NameStyle style, std::size_t columns,
              std::span<const model::StackId> stacks);

  /// `stack`: one of those.
  [[nodiscard]] const std::string& of(model::StackId stack) const { return m_labels.at(stack); }

 private:
  std::map<model::StackId, std::string> m_labels;
};

/// Stacks of one list, line by line, as they are shown: what is folded may make different ones look the same.
class ShownStacks {
 public:
  ShownStacks(StackFolder& folder, NameStyle style, std::size_t indent,
              std::span<const model::StackId> stacks);

  /// `stack`: one of those.
  [[nodiscard]] const std::string& of(model::StackId stack) const { return m_texts.at(stack); }
  /// Where another one looks the same, `, stack 812`: its id in SQL; else nothing.
  [[nodiscard]] std::string distinction(model::StackId stack) const;

 private:
  std::map<model::StackId, std::string> m_texts;
  std::map<std::string, std::size_t> m_times;  ///< How many stacks look so.
};

}  // namespace heaptap::exporting
