// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <cstdint>
#include <string_view>
#include <vector>

#include "client/profile.h"

namespace heaptap::gui {

/// Which stacks of a profile have a text in a function, file or module of any of their lines, in any case.
///
///     texts ──► lines of frames ──► stacks: a stack matches if its frame does, or the stack that called it
///
/// Cost: each name is looked at once, then each frame and each stack.
class StackSearch {
 public:
  StackSearch(const client::Profile& profile, const QString& text);

  /// Whether a line that people see of the stack matches.
  [[nodiscard]] bool matches(model::StackId stack) const;

 private:
  [[nodiscard]] bool contains(std::string_view name) const;
  /// Whether a line of the frame matches, from this one outwards.
  [[nodiscard]] bool frameMatches(model::FrameId frame, std::uint32_t firstLine) const;

  const client::Profile& m_profile;
  QString m_text;
  std::vector<std::uint8_t> m_texts;    ///< By text; 1: it matches.
  std::vector<std::uint8_t> m_modules;  ///< By module.
  std::vector<std::uint8_t> m_stacks;   ///< By stack, with its callers.
};

/// Pairs whose stacks have the text, ascending.
[[nodiscard]] std::vector<model::PairId> pairsWith(const client::Profile& profile, const QString& text);

/// Those of malloc's heap; without a text, all of them. Ascending.
[[nodiscard]] std::vector<model::PairId> mallocPairsWith(const client::Profile& profile, const QString& text);

}  // namespace heaptap::gui
