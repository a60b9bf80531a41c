// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace heaptap::relay {

/// Addresses from `start` up to `end`.
struct AddressRange {
  std::uint64_t start = 0;
  std::uint64_t end = 0;
};

}  // namespace heaptap::relay
