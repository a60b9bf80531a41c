// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace heaptap::stack_check {

/// What the checked processes count: a file that the runner makes, and that each process of the program maps.
/// So nothing is lost however a process ends.
struct CheckTotals {
  std::atomic<std::uint64_t> stacks;      ///< Compared.
  std::atomic<std::uint64_t> frames;      ///< Compared, of all these stacks.
  std::atomic<std::uint64_t> mismatches;  ///< Stacks that are not libunwind's.

  // Of these stacks, those that are equal up to a point beyond which they need not be.
  std::atomic<std::uint64_t> truncated;  ///< Deeper than heaptap walks.
  std::atomic<std::uint64_t> guessed;    ///< Through a function without unwind information: both guess.

  // Not compared.
  std::atomic<std::uint64_t> early;      ///< Before libunwind was loaded.
  std::atomic<std::uint64_t> overflows;  ///< The table of stacks was full.

  std::atomic<std::uint64_t> textUsed;  ///< May be larger than the text.
  char text[256 * 1024];                ///< The first mismatches, frame by frame.
};

/// The file's path.
inline constexpr char kTotalsVariable[] = "HEAPTAP_STACK_CHECK";
/// When set, remembered stacks are believed without a proof: the negative control.
inline constexpr char kUnprovenVariable[] = "HEAPTAP_STACK_CHECK_UNPROVEN";

}  // namespace heaptap::stack_check
