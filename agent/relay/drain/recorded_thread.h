// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "agent/relay/base/event_counts.h"
#include "agent/relay/match/limbo.h"
#include "agent/relay/match/mapping_matcher.h"
#include "agent/wire/layout.h"

namespace heaptap::relay {

/// What the translator keeps for one thread of the target.
struct RecordedThread {
  static constexpr std::uint32_t kNoIndex = 0xFFFF'FFFF;

  std::uint32_t index = kNoIndex;  ///< In the session; none before the thread's first event.
  std::array<Limbo, wire::kStreamsPerThread> limbo;
  std::array<MapLimbo, wire::kStreamsPerThread> mapLimbo;
  OpenGaps gaps;
};

}  // namespace heaptap::relay
