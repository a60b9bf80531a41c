// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <vector>

#include "gui/models/filter/name_match.h"
#include "gui/models/filter/site_filter.h"
#include "gui/models/sites/stack_line.h"

namespace heaptap::gui {

/// The terms of a filter that are about names, ready to be asked about things that have stacks and words.
/// Threads: one at a time.
class NameFilter {
 public:
  NameFilter() = default;
  explicit NameFilter(const SiteFilter& filter);

  [[nodiscard]] bool passesAll() const { return m_matches.empty(); }
  /// Whether a term is about what must not be there.
  [[nodiscard]] bool hasNot() const;
  /// `words`: what is said of the thing itself; terms on any name look at it.
  template <class... Stack>
  [[nodiscard]] bool passes(const QString& words, const Stack&... stacks) const {
    return std::all_of(m_matches.begin(), m_matches.end(), [&](const NameMatch& match) {
      const bool isThere =
          (match.looksAt(FilterTerm::Of::Any) && match.isIn(words)) || (isInStack(match, stacks) || ...);
      return isThere != match.isNot();
    });
  }

 private:
  static bool isInStack(const NameMatch& match, const std::vector<StackLine>& stack);

  std::vector<NameMatch> m_matches;
};

}  // namespace heaptap::gui
