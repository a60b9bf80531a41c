// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <linux/futex.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "agent/capture/system/arch/arch.h"

/// The few system calls that capture makes. All return the kernel's value: negative errno on failure.
/// Threads: any. No cancellation point; errno kept.
namespace heaptap::capture::kernel {

template <class T>
long asWord(T* pointer) {
  return static_cast<long>(reinterpret_cast<std::uintptr_t>(pointer));
}

/// Null on failure.
inline void* map(std::size_t bytes, int protection, int flags, int descriptor = -1,
                 std::uint64_t offset = 0) {
  const long at = arch::systemCall(SYS_mmap, 0, static_cast<long>(bytes), protection, flags, descriptor,
                                   static_cast<long>(offset));
  return at < 0 && at > -4096 ? nullptr : reinterpret_cast<void*>(at);
}
inline void unmap(void* at, std::size_t bytes) {
  arch::systemCall(SYS_munmap, asWord(at), static_cast<long>(bytes));
}
inline constexpr std::size_t kHugePage = 2U << 20;
inline long close(long descriptor) { return arch::systemCall(SYS_close, descriptor); }
inline std::uint32_t threadId() { return static_cast<std::uint32_t>(arch::systemCall(SYS_gettid)); }
inline std::uint32_t effectiveUser() { return static_cast<std::uint32_t>(arch::systemCall(SYS_geteuid)); }
inline std::uint32_t processId() { return static_cast<std::uint32_t>(arch::systemCall(SYS_getpid)); }

/// Nanoseconds of CLOCK_MONOTONIC, by a real system call: for slow paths only.
inline std::uint64_t monotonicNs() {
  timespec now{};
  arch::systemCall(SYS_clock_gettime, CLOCK_MONOTONIC, asWord(&now));
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(now.tv_nsec);
}

/// Whether eight bytes at `address` may be read: rt_sigprocmask(2) reads the new mask before it refuses an
/// operation that there is not. Changes nothing; for memory that is mapped and may not be read, or that lies
/// beyond the end of its file, it fails like for none.
inline bool isReadable(std::uint64_t address) {
  constexpr long kNoOperation = -1;
  constexpr long kMaskBytes = 8;
  constexpr long kFault = -14;  // EFAULT
  return arch::systemCall(SYS_rt_sigprocmask, kNoOperation, static_cast<long>(address), 0, kMaskBytes) !=
         kFault;
}

/// Reads the word at `address` of this process (`processId`) by way of the kernel, as another thread may
/// unmap it meanwhile. Returns: false when it may not be read.
inline bool readWord(std::uint32_t processId, std::uint64_t address, std::uint64_t& word) {
  constexpr long kFault = -14;  // EFAULT
  iovec to{&word, sizeof word};
  iovec from{reinterpret_cast<void*>(address), sizeof word};
  const long result = arch::systemCall(SYS_process_vm_readv, static_cast<long>(processId), asWord(&to), 1,
                                       asWord(&from), 1, 0);
  if (result == static_cast<long>(sizeof word)) return true;
  // Where that call is not there, or forbidden: nearly as well.
  if (result == kFault || !isReadable(address)) return false;
  word = *reinterpret_cast<const volatile std::uint64_t*>(address);
  return true;
}

/// Where the thread is with regard to the signal stack that it has (sigaltstack(2)).
enum class SignalStack : std::uint8_t { None, Unused, InUse };
inline SignalStack signalStack() {
  stack_t now{};
  // None: perhaps one that the kernel takes away while a handler is on it (SS_AUTODISARM).
  if (arch::systemCall(SYS_sigaltstack, 0, asWord(&now)) != 0 || (now.ss_flags & SS_DISABLE) != 0)
    return SignalStack::None;
  return (now.ss_flags & SS_ONSTACK) != 0 ? SignalStack::InUse : SignalStack::Unused;
}

/// Lets other threads run.
inline void yield() { arch::systemCall(SYS_sched_yield); }

/// Sleeps that long, less when a signal comes.
inline void sleep(long ns) {
  const timespec time{0, ns};
  arch::systemCall(SYS_nanosleep, asWord(&time));
}

/// Sleeps while `word` still has `seen`, at most `timeoutNs`. The word lies in memory shared with the relay.
inline void futexWait(const std::atomic<std::uint32_t>& word, std::uint32_t seen, long timeoutNs) {
  const timespec timeout{0, timeoutNs};
  arch::systemCall(SYS_futex, asWord(&word), FUTEX_WAIT, seen, asWord(&timeout));
}

}  // namespace heaptap::capture::kernel
