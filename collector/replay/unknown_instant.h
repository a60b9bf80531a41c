// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/error.h"
#include "collector/replay/stored_events.h"
#include "collector/store/stored_keyframes.h"

/// What is said where the events that an answer needs are not in the file.
namespace heaptap::replay {

/// Of an instant, with those that can be asked for instead. Code: NotFound.
[[nodiscard]] Error instantNotStored(StoredEvents& events, std::uint64_t atNs, store::Asked asked);

/// Of live blocks whose allocations are not stored, with the instants that have all. Code: NotFound.
[[nodiscard]] Error blocksNotStored(StoredEvents& events);

/// Of an interval whose first events are not stored, with those that it can begin from. Code: NotFound.
[[nodiscard]] Error beginningNotStored(StoredEvents& events);

/// Of an interval, with the events that are stored. Code: NotFound.
[[nodiscard]] Error intervalNotStored(StoredEvents& events);

}  // namespace heaptap::replay
