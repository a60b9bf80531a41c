// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace heaptap::capture {

/// mlockall(2) for the program's memory: what heaptap has in the process is neither locked nor made real, and
/// whether the call succeeds depends on the program's own memory alone. Returns what the kernel would: 0, or
/// a negative errno. Threads: any, while the process is recorded; errno kept.
long lockAllButOwnMemory(int flags);

}  // namespace heaptap::capture
