// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "import/profile_builder.h"

namespace heaptap::importing {

/// What a heap profile has for one stack.
struct HeapSample {
  std::uint64_t liveBlocks = 0;
  std::uint64_t liveBytes = 0;
  std::uint64_t blocks = 0;  ///< Allocated in all, where that is known; else 0.
  std::uint64_t bytes = 0;
};

/// Takes `207: 2136928 [213: 2142568]` off the front of a line: live blocks and bytes, and those in all.
/// None: it is something else.
[[nodiscard]] std::optional<HeapSample> takeHeapSample(std::string_view& line);

/// What was allocated, where blocks were sampled as often as each byte has a chance of 1 in `period`: such
/// blocks stand for 1 / (1 - exp(-size / period)) of their size. `period` of at most 1: every block was
/// recorded.
[[nodiscard]] HeapSample unsampled(const HeapSample& sample, std::uint64_t period);

/// Adds the samples of one profile. The peak is not known: what is live stands for it.
class HeapSums {
 public:
  explicit HeapSums(ProfileBuilder& profile) : m_profile(profile) {}

  /// False: a number that cannot be; nothing was added.
  [[nodiscard]] bool add(std::uint32_t stack, const HeapSample& sample);

 private:
  ProfileBuilder& m_profile;
  std::uint64_t m_bytes = 0;
  std::uint64_t m_blocks = 0;
};

}  // namespace heaptap::importing
