// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "client/profile.h"
#include "gui/models/filter/site_filter.h"

namespace heaptap::gui {

class NameMatch;

/// Which stacks of a profile have a name in any of their lines.
///
///     texts ──► lines of frames ──► stacks: a stack matches if its frame does, or the stack that called it
///
/// Cost: each name is looked at once, then each frame and each stack.
class StackSearch {
 public:
  StackSearch(const client::Profile& profile, const FilterTerm& term);

  /// Whether a line that people see of the stack has the name.
  [[nodiscard]] bool matches(model::StackId stack) const;
  /// Whether the name of the heap has it.
  [[nodiscard]] bool matches(model::HeapId heap) const { return m_heaps[index(heap)] != 0; }

 private:
  void searchNames(const NameMatch& match);
  /// Whether a line of the frame matches, from this one outwards.
  [[nodiscard]] bool frameMatches(model::FrameId frame, std::uint32_t firstLine) const;

  const client::Profile& m_profile;
  std::vector<std::uint8_t> m_functions;  ///< By text, as the name of a function; 1: it matches.
  std::vector<std::uint8_t> m_files;      ///< By text, as the name of a file.
  std::vector<std::uint8_t> m_modules;    ///< By module.
  std::vector<std::uint8_t> m_heaps;      ///< By heap.
  std::vector<std::uint8_t> m_places;     ///< By frame: what stands in place of a function; else 0.
  std::vector<std::uint8_t> m_stacks;     ///< By stack, with its callers.
};

/// The terms of a filter that are on names, applied to one profile, which must outlive it.
class StackFilter {
 public:
  StackFilter(const client::Profile& profile, const SiteFilter& filter);

  [[nodiscard]] bool passes(model::StackId stack, model::HeapId heap) const;

 private:
  struct Term {
    StackSearch search;
    bool isNot;
  };
  std::vector<Term> m_terms;
};

/// Pairs of which stack, heap and size pass, ascending.
[[nodiscard]] std::vector<model::PairId> pairsThatPass(const client::Profile& profile,
                                                       const SiteFilter& filter);

}  // namespace heaptap::gui
