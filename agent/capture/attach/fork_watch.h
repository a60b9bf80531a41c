// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace heaptap::capture {

/// Marks every fork() in the recording, so that the relay knows with which blocks a child begins
/// (pthread_atfork(3)). Children made by raw clone are found without. Called once, by the constructor.
void watchForks();

/// In a forked child, at its first event: becomes a process of its own in the shared memory that it has
/// inherited. No descriptor, path or relay is needed. False when it shall not, or cannot, be recorded.
/// Threads: the one that joins first.
bool joinAsChild();

}  // namespace heaptap::capture
