// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/comparison/comparison.h"

namespace heaptap::analysis {

/// The call tree of both sides of a comparison, from the outermost function inwards. A site is where it is
/// after; one that is only before, where it was.
///
///     before   main ─► parse ─► grow 10       after   main ─► parse 14 (grow is inlined)
///     tree     main ─► parse 10 → 14
///
/// Numbers are medians of the runs: with several runs, those of callees need not add up to their caller's.
/// Owns: nothing; the comparison outlives it. Threads: any.
class ChangeTree {
 public:
  static constexpr std::uint32_t kRoot = CommonStacks::kRoot;

  explicit ChangeTree(const Comparison& comparison);

  /// Nodes are those of the comparison's stacks.
  [[nodiscard]] std::uint32_t functionOf(std::uint32_t node) const;
  /// Of the function itself, and of it with all that it called.
  [[nodiscard]] Change self(std::uint32_t node) const {
    return changeOf(m_self.row(node), m_selfVariances[node]);
  }
  [[nodiscard]] Change total(std::uint32_t node) const {
    return changeOf(m_total.row(node), m_totalVariances[node]);
  }
  /// Of several functions with all that they called, as if they were one.
  [[nodiscard]] Change totalOf(const std::vector<std::uint32_t>& nodes) const;
  /// The functions called by a node that have a cost in any run, those with the largest number of either side
  /// first; equal ones in the order of their ids.
  [[nodiscard]] std::vector<std::uint32_t> children(std::uint32_t node) const;

 private:
  [[nodiscard]] Change changeOf(std::span<const std::uint64_t> runs, const SideVariances& variances) const;

  const Comparison& m_comparison;
  RunValues m_self;
  RunValues m_total;
  std::vector<SideVariances> m_selfVariances;
  std::vector<SideVariances> m_totalVariances;
  std::vector<std::uint32_t> m_firstChild;  ///< By node; 0: none.
  std::vector<std::uint32_t> m_nextSibling;
};

}  // namespace heaptap::analysis
