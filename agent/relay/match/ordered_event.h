// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agent/relay/match/block.h"
#include "agent/relay/match/limbo.h"
#include "agent/wire/event.h"
#include "agent/wire/origin.h"

namespace heaptap::relay {

/// An event of malloc's heap on its way from the thread that finds the order to one that matches, and on to
/// one that records what came of it. A line of the cache for itself: neighbours are matched by different
/// threads.
struct alignas(64) OrderedEvent {
  std::uint64_t timeNs = 0;  ///< Since the session's start.
  std::uint64_t address = 0;
  std::uint64_t number = 0;   ///< Of the allocation; of a free, once matched, that of its block.
  std::uint64_t blockNs = 0;  ///< Likewise, when it was.
  Limbo* limbo = nullptr;     ///< Of its stream. Of a realloc.
  std::uint32_t pair = 0;     ///< Likewise.
  std::uint32_t thread = 0;   ///< Session index.
  std::uint32_t given =
      0;                   ///< Of a free that says more than its origin: what, as the window numbers it, + 1.
  wire::EventKind kind{};  ///< Alloc, Free, ReallocBegin, ReallocDone.
  wire::Origin origin{};   ///< Of a free.
  std::uint8_t foldedHigh = 0;
  std::uint8_t level = 0;
  std::uint8_t process = 0;  ///< As the window numbers them.
  bool isFilled = false;     ///< Once matched: there was a block at this address.

  [[nodiscard]] bool isAllocation() const {
    return kind == wire::EventKind::Alloc || kind == wire::EventKind::ReallocDone;
  }
  [[nodiscard]] Block block() const { return {address, number, blockNs, pair}; }
};
static_assert(sizeof(OrderedEvent) == 64);

}  // namespace heaptap::relay
