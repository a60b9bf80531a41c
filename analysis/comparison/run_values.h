// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "client/filter.h"
#include "client/stack_costs.h"

namespace heaptap::analysis {

/// A table of numbers: a row for each thing that is compared, a column for each run.
class RunValues {
 public:
  RunValues() = default;
  RunValues(std::size_t rows, std::size_t runs) : m_runs(runs), m_values(rows * runs, 0) {}

  [[nodiscard]] std::size_t rows() const { return m_runs == 0 ? 0 : m_values.size() / m_runs; }
  [[nodiscard]] std::size_t runs() const { return m_runs; }
  [[nodiscard]] std::uint64_t& at(std::size_t row, std::size_t run) { return m_values[row * m_runs + run]; }
  [[nodiscard]] std::span<const std::uint64_t> row(std::size_t row) const {
    return std::span(m_values).subspan(row * m_runs, m_runs);
  }
  void add(std::size_t row, std::span<const std::uint64_t> values) {
    for (std::size_t run = 0; run < m_runs; ++run) at(row, run) += values[run];
  }

 private:
  std::size_t m_runs = 0;
  std::vector<std::uint64_t> m_values;
};

/// Squares of the standard errors of a cost, by stack. Empty where the numbers are exact.
[[nodiscard]] std::vector<double> variancesOf(const client::Profile& profile, client::Cost cost,
                                              const client::FilterMatch& filter);

/// Which stacks have allocated anything, whatever has become of it: by StackId, 1 where they have.
[[nodiscard]] std::vector<std::uint8_t> usedStacks(const client::Profile& profile,
                                                   const client::FilterMatch& filter);

/// What the session's own summary says of a heap's cost. None: it does not say, as at a snapshot.
[[nodiscard]] std::optional<std::uint64_t> summaryValue(const client::Profile& profile, client::Cost cost,
                                                        model::HeapId heap);

}  // namespace heaptap::analysis
