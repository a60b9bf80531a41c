// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "analysis/own_code.h"
#include "client/profile.h"
#include "gui/client/sites/name_texts.h"
#include "gui/models/sites/site.h"

namespace heaptap::gui {

/// The functions of the program's own that its stacks are named by: numbers from 0, in the order in which
/// they were met. Each stack is looked at once.
/// Owns: a copy of the profile. Threads: one at a time.
class OwnFunctions {
 public:
  explicit OwnFunctions(client::Profile profile);

  /// The function of a stack. Stacks of which nothing is known share one.
  [[nodiscard]] std::uint32_t of(model::StackId stack);
  [[nodiscard]] std::size_t size() const { return m_lines.size(); }
  /// As one says it; never empty.
  [[nodiscard]] QString name(std::uint32_t function);
  /// What a row of a table says of a stack.
  [[nodiscard]] SiteLabel label(model::StackId stack);
  /// The whole name, or what stands for one; never empty.
  [[nodiscard]] QString wholeName(std::uint32_t function);

 private:
  client::Profile m_profile;
  analysis::OwnCode m_code;
  NameTexts m_texts;
  std::vector<std::uint32_t> m_byStack;    ///< Number + 1; 0: not looked at yet.
  std::vector<client::StackLine> m_lines;  ///< By number.
  std::unordered_map<std::string_view, std::uint32_t> m_byName;
};

}  // namespace heaptap::gui
