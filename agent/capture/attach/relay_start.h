// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/capture/attach/obstacle.h"

namespace heaptap::capture {

/// Starts heaptap-relay so that this process never notices: it is no child of ours, sends no SIGCHLD, leaves
/// no zombie, and gets none of our descriptors, signal settings or LD_ variables. It runs in a session of its
/// own. The program is the one that was installed with this library, or HEAPTAP_RELAY_PROGRAM.
/// Waits until the program was executed, not until it listens.
/// Threads: any; the others run on meanwhile.
Obstacle startRelay(const char* socketPath, const char* collector);

}  // namespace heaptap::capture
