// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "heaptap/v1/query.pb.h"

namespace heaptap::analysis {

/// What a sampled session tells of the blocks that were not freed, beside the estimates: what was counted of
/// all allocations, and how much can have been missed. An estimate of nothing is no proof that nothing is
/// left: what was never sampled has no standard error either.
struct Unfreed {
  /// Allocations less frees, both counted in the program. None: not known, as the counts did not come, or as
  /// blocks of another process were freed too.
  std::optional<std::uint64_t> blocks;
  std::uint64_t mostBytes = 0;  ///< There are not more of them in at least 19 of 20 cases.

  [[nodiscard]] bool isNothing() const { return blocks == std::uint64_t{0}; }
};

/// None where every allocation was recorded.
[[nodiscard]] std::optional<Unfreed> unfreedOf(const v1::Summary& summary);

/// The most that an estimate of bytes stands for in at least 19 of 20 cases. `error`: its standard error;
/// `interval`: bytes between samples.
[[nodiscard]] std::uint64_t mostOf(std::uint64_t bytes, double error, std::uint64_t interval);

/// "1,055 blocks were not freed, of at most 3.00 MiB": a sentence without its end.
[[nodiscard]] std::string unfreedText(const Unfreed& unfreed);

}  // namespace heaptap::analysis
