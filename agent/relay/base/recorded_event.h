// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace heaptap::relay {

/// An event of a batch. Ids are those of the session.
struct RecordedEvent {
  std::uint64_t timeNs = 0;   ///< In whole time units, as the columns of the batch tell it.
  std::uint64_t number = 0;   ///< Of a free: of the allocation that ends.
  std::uint64_t address = 0;  ///< Of an allocation.
  std::uint32_t pair = 0;
  std::uint32_t thread = 0;
  std::uint32_t stack = 0;  ///< Of a free; 0: not recorded.
  std::uint8_t lifetimeLog2 = 0;
  bool isFree = false;
  std::optional<bool> temporary = std::nullopt;  ///< Of a free, where the target says it.
};
static_assert(sizeof(RecordedEvent) == 40);

/// What a batch says before its events.
struct BatchHead {
  std::uint64_t firstAllocation = 0;  ///< Number of the first allocation.
  std::uint64_t baseTimeNs = 0;       ///< In whole time units; not later than the first event.
  std::uint32_t timeUnitNs = 100;
  bool keepsEvents = true;  ///< No: what they add up to is all that is wanted.
};

}  // namespace heaptap::relay
