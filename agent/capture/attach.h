// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace heaptap::capture {

/// Connects this process to its relay: the Unix socket that HEAPTAP_RELAY names (read with secure_getenv).
/// Receives the shared memory, maps it, and keeps no descriptor. Waits for an answer at most two seconds.
/// Called once, at the first event or by the library's constructor, whichever comes first.
/// Returns false when there is no relay, or it refuses: then the process runs on unrecorded.
bool attachToRelay();

}  // namespace heaptap::capture
