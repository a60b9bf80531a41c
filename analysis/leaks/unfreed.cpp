// SPDX-License-Identifier: Apache-2.0
#include "analysis/leaks/unfreed.h"

#include <algorithm>
#include <limits>

#include "text/quantity.h"

namespace heaptap::analysis {

std::uint64_t mostOf(std::uint64_t bytes, double error, std::uint64_t interval) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  // Of n bytes in blocks none is sampled with the probability e^(-n/T), whatever their sizes: of three
  // intervals in 1 of 20 cases.
  constexpr std::uint64_t kUnseenIntervals = 3;
  const auto plus = [](std::uint64_t a, std::uint64_t b) { return a > kMost - b ? kMost : a + b; };
  const std::uint64_t unseen = interval > kMost / kUnseenIntervals ? kMost : interval * kUnseenIntervals;
  const std::uint64_t once = wholeError(error);
  return plus(plus(bytes, unseen), plus(once, once));
}

std::optional<Unfreed> unfreedOf(const v1::Summary& summary) {
  if (!summary.has_sampling()) return std::nullopt;
  const v1::Sampling& sampling = summary.sampling();
  Unfreed unfreed;
  unfreed.mostBytes = mostOf(summary.live_bytes(), sampling.live_bytes_error(), sampling.interval());
  // Of a record whose end is not known the counts are estimates, too.
  const v1::SessionState state = summary.info().state();
  const bool isCounted =
      state != v1::SESSION_CUT_SHORT && state != v1::SESSION_RECORDED_ELSEWHERE && summary.allocations() != 0;
  if (!isCounted) return unfreed;
  unfreed.mostBytes = std::min<std::uint64_t>(unfreed.mostBytes, summary.allocated_bytes());
  if (summary.inherited_blocks() != 0 || summary.frees() > summary.allocations()) return unfreed;
  unfreed.blocks = summary.allocations() - summary.frees();
  if (unfreed.isNothing()) unfreed.mostBytes = 0;
  return unfreed;
}

std::string unfreedText(const Unfreed& unfreed) {
  const std::string most = formatBytes(unfreed.mostBytes);
  if (!unfreed.blocks) return "up to " + most + " may not have been freed";
  return formatNumberOf(*unfreed.blocks, "block") + (*unfreed.blocks == 1 ? " was" : " were") +
         " not freed, of at most " + most;
}

}  // namespace heaptap::analysis
