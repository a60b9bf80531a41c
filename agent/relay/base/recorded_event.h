// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace heaptap::relay {

/// An event of a batch, as counting needs it. Ids are those of the session.
struct RecordedEvent {
  std::uint64_t timeNs = 0;  ///< As the columns of the batch tell it.
  std::uint64_t number = 0;  ///< Of a free: of the allocation that ends.
  std::uint32_t pair = 0;
  std::uint32_t thread = 0;
  std::uint32_t stack = 0;  ///< Of a free; 0: not recorded.
  std::uint8_t lifetimeLog2 = 0;
  bool isFree = false;
  std::optional<bool> temporary = std::nullopt;  ///< Of a free, where the target says it.
};
static_assert(sizeof(RecordedEvent) == 32);

}  // namespace heaptap::relay
