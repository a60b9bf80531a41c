// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

/// What the relay's program does to its own process before anything else. Threads: the only one.
namespace heaptap::relay {

/// The relay records others; the relay is never recorded. gRPC must not prepare for forks that never come.
void cleanEnvironment();

/// Lets go of what a relay got from the program that has started it and that it will outlive: working folder,
/// file mode mask, scheduling.
void standAlone();

/// Standard error goes to relay.log beside the socket: of this relay only, the last one's is replaced.
void logBeside(const std::string& socket);

}  // namespace heaptap::relay
