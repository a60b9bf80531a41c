// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace heaptap::service {

/// File descriptors that this process may open beyond those that are open now: the limit is read each time,
/// as it can be changed from outside. Threads: any. The answer is of that instant: other threads open files
/// meanwhile, so what asks leaves some over.
std::size_t freeDescriptors();

/// Of these, what must be free before a connection is accepted: what a query needs to look at a file, and
/// some more.
inline constexpr std::size_t kFreeForConnection = 6;
/// A session takes its file with log and index, and its reserve. So many must be free before it is opened:
/// viewers, and relays that wait, can still connect afterwards.
inline constexpr std::size_t kDescriptorsOfSession = 4;
inline constexpr std::size_t kFreeForSession = kDescriptorsOfSession + 10;

}  // namespace heaptap::service
