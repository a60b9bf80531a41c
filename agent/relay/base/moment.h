// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace heaptap::relay {

/// When something happened, and in which thread.
struct Moment {
  std::uint64_t timeNs = 0;  ///< Since the session's start.
  std::uint32_t thread = 0;  ///< Session index.
};

}  // namespace heaptap::relay
