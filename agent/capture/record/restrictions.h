// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agent/capture/record/context.h"

/// Threads that the kernel kills for a system call (seccomp(2)), or for reading the time stamp counter. They
/// are recorded without either. The kernel is not asked: in strict mode the question itself would kill.
namespace heaptap::capture {

/// Before the calling thread gives up what the wire::kNo… bits in `what` say, or all threads do: gets
/// everything that recording needs system calls for, then marks them. A mark stays, also when the attempt
/// fails: it costs no more than the waiting for room.
/// Threads: any, while the gate is open; errno kept.
void restrictThreads(std::uint32_t what, bool allThreads);

/// What new threads and children of this process must do without, as far as anyone has noticed.
std::uint32_t restrictionsToInherit();

/// Room for one more thread's context, got beforehand; null when there is none (left).
ThreadContext* reservedContext();

/// The kernel's id of the calling thread, without a system call; 0 when libc does not tell.
/// Only in threads and processes that libc has made: others still have the id of their creator here.
std::uint32_t threadIdFromLibc();

/// The time for an event of a thread with these restrictions, as a stamp: without a clock, the time of the
/// relay's last look, or `notBefore`.
std::uint64_t ticksUnder(std::uint32_t restrictions, std::uint64_t notBefore);

}  // namespace heaptap::capture
