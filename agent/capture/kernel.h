// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "agent/capture/arch/arch.h"

/// The few system calls that capture makes. All return the kernel's value: negative errno on failure.
/// Threads: any. No cancellation point; errno kept.
namespace heaptap::capture::kernel {

template <class T>
long asWord(T* pointer) {
  return static_cast<long>(reinterpret_cast<std::uintptr_t>(pointer));
}

/// Null on failure.
inline void* map(std::size_t bytes, int protection, int flags, int descriptor = -1) {
  const long at = arch::systemCall(SYS_mmap, 0, static_cast<long>(bytes), protection, flags, descriptor, 0);
  return at < 0 && at > -4096 ? nullptr : reinterpret_cast<void*>(at);
}
inline void unmap(void* at, std::size_t bytes) {
  arch::systemCall(SYS_munmap, asWord(at), static_cast<long>(bytes));
}
inline long close(long descriptor) { return arch::systemCall(SYS_close, descriptor); }
inline std::uint32_t threadId() { return static_cast<std::uint32_t>(arch::systemCall(SYS_gettid)); }
inline std::uint32_t processId() { return static_cast<std::uint32_t>(arch::systemCall(SYS_getpid)); }

/// Nanoseconds of CLOCK_MONOTONIC, by a real system call: for slow paths only.
inline std::uint64_t monotonicNs() {
  timespec now{};
  arch::systemCall(SYS_clock_gettime, CLOCK_MONOTONIC, asWord(&now));
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(now.tv_nsec);
}

/// Sleeps while `word` still has `seen`, at most `timeoutNs`. The word lies in memory shared with the relay.
inline void futexWait(const std::atomic<std::uint32_t>& word, std::uint32_t seen, long timeoutNs) {
  const timespec timeout{0, timeoutNs};
  arch::systemCall(SYS_futex, asWord(&word), FUTEX_WAIT, seen, asWord(&timeout));
}

}  // namespace heaptap::capture::kernel
