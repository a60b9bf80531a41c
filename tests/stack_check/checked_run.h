// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/child_process.h"

namespace heaptap::stack_check {

/// One program, all of whose stacks were compared with libunwind's; see CheckTotals for the numbers.
struct CheckedRun {
  test::Outcome outcome;
  std::uint64_t stacks = 0;
  std::uint64_t frames = 0;
  std::uint64_t mismatches = 0;
  std::uint64_t truncated = 0;
  std::uint64_t guessed = 0;
  std::uint64_t early = 0;
  std::uint64_t overflows = 0;
  std::string firstMismatches;

  /// The numbers, in one line.
  [[nodiscard]] std::string summary() const;
};

/// Whether the walker compares what it remembers with what is there. Without it is the negative control.
enum class Proofs : std::uint8_t { Checked, Believed };

/// Runs a program, and what it starts, to the end. The recordings that it makes are thrown away.
[[nodiscard]] CheckedRun checkStacks(const test::Launch& launch, Proofs proofs = Proofs::Checked);

}  // namespace heaptap::stack_check
