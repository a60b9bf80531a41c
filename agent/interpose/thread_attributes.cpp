// SPDX-License-Identifier: Apache-2.0
//
// What threads do to themselves: enter a sandbox, take a name. prctl and syscall are the ways into
// seccomp(2), for which libc has no function of its own; the agent must know before its next system call,
// which might be the one that the kernel kills for. Names of threads that live shortly are nowhere else to be
// found.
#include <errno.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stdarg.h>
#include <sys/syscall.h>

#include <atomic>

#include "agent/capture/system/arch/arch.h"
#include "agent/include/heaptap/abi.h"
#include "agent/interpose/libc_errno.h"
#include "agent/interpose/mapping_syscalls.h"
#include "agent/interpose/memory_locks.h"
#include "agent/interpose/next_function.h"

#define HEAPTAP_INTERPOSED extern "C" __attribute__((visibility("default")))

namespace {

using heaptap::interpose::nextFunction;
using Prctl = int (*)(int, ...);
using Syscall = long (*)(long, ...);
using SetName = int (*)(pthread_t, const char*);
constinit std::atomic<Prctl> g_prctl{nullptr};
constinit std::atomic<Syscall> g_syscall{nullptr};
constinit std::atomic<SetName> g_setName{nullptr};

[[gnu::constructor]] void findRealFunctions() {
  nextFunction(g_prctl, "prctl");
  nextFunction(g_syscall, "syscall");
  nextFunction(g_setName, "pthread_setname_np");
}

// Strict mode takes the time stamp counter too.
constexpr uint32_t kStrict = HEAPTAP_NO_SYSTEM_CALLS | HEAPTAP_NO_TIME_STAMP;

// A filter of null is how programs ask whether filters exist.
void noticePrctl(unsigned long option, unsigned long a, unsigned long b) {
  if (option == PR_SET_SECCOMP && a == SECCOMP_MODE_STRICT) heaptap_restrict(kStrict, 0);
  if (option == PR_SET_SECCOMP && a == SECCOMP_MODE_FILTER && b != 0)
    heaptap_restrict(HEAPTAP_NO_SYSTEM_CALLS, 0);
  if (option == PR_SET_TSC && a == PR_TSC_SIGSEGV) heaptap_restrict(HEAPTAP_NO_TIME_STAMP, 0);
}

void noticeSeccomp(unsigned long operation, unsigned long flags, unsigned long filter) {
  if (operation == SECCOMP_SET_MODE_STRICT) heaptap_restrict(kStrict, 0);
  if (operation == SECCOMP_SET_MODE_FILTER && filter != 0)
    heaptap_restrict(HEAPTAP_NO_SYSTEM_CALLS, (flags & SECCOMP_FILTER_FLAG_TSYNC) != 0 ? 1 : 0);
}

// execve(2) and execveat(2), which have the same arguments behind the folder. Returns: 0: neither.
uint32_t noteExecution(long number, unsigned long a, unsigned long b, unsigned long c, unsigned long d) {
  const auto pathAt = [](unsigned long word) { return reinterpret_cast<const char*>(word); };
  const auto listAt = [](unsigned long word) { return reinterpret_cast<char* const*>(word); };
  if (number == SYS_execve) return heaptap_on_exec_begin(pathAt(a), -1, listAt(c), 0);
  if (number == SYS_execveat) return heaptap_on_exec_begin(pathAt(b), static_cast<int>(a), listAt(d), 0);
  return 0;
}

int unavailable() {
  heaptap::interpose::setErrno(ENOSYS);
  return -1;
}

}  // namespace

// Both hand on as many words as the kernel takes, whether the caller gave them or not: so does libc's
// syscall.
HEAPTAP_INTERPOSED int prctl(int option, ...) {
  va_list words;
  va_start(words, option);
  const auto a = va_arg(words, unsigned long);
  const auto b = va_arg(words, unsigned long);
  const auto c = va_arg(words, unsigned long);
  const auto d = va_arg(words, unsigned long);
  va_end(words);
  noticePrctl(static_cast<unsigned>(option), a, b);
  const Prctl next = nextFunction(g_prctl, "prctl");
  const int result = next == nullptr ? unavailable() : next(option, a, b, c, d);
  if (option == PR_SET_NAME && result == 0) heaptap_thread_named(reinterpret_cast<const char*>(a));
  return result;
}

HEAPTAP_INTERPOSED int pthread_setname_np(pthread_t thread, const char* name) {
  const SetName next = nextFunction(g_setName, "pthread_setname_np");
  const int result = next == nullptr ? ENOSYS : next(thread, name);
  // glibc's pthread_self() is the thread pointer.
  if (result == 0 && thread == heaptap::capture::arch::threadPointer()) heaptap_thread_named(name);
  return result;
}

HEAPTAP_INTERPOSED long syscall(long number, ...) {
  va_list words;
  va_start(words, number);
  const auto a = va_arg(words, unsigned long);
  const auto b = va_arg(words, unsigned long);
  const auto c = va_arg(words, unsigned long);
  const auto d = va_arg(words, unsigned long);
  const auto e = va_arg(words, unsigned long);
  const auto f = va_arg(words, unsigned long);
  va_end(words);
  if (number == SYS_seccomp) noticeSeccomp(a, b, c);
  if (number == SYS_prctl) noticePrctl(a, b, c);
  if (int result = 0;
      number == SYS_mlockall && heaptap::interpose::lockAllForProgram(static_cast<int>(a), result))
    return result;
  const Syscall next = nextFunction(g_syscall, "syscall");
  if (next == nullptr) return unavailable();
  if (heaptap::interpose::recordedMappingCall != nullptr && heaptap::interpose::changesMappings(number) &&
      heaptap::interpose::recordingMappings()) {
    const heaptap_call_site from = heaptap_caller();
    const unsigned long all[] = {a, b, c, d, e, f};
    return heaptap::interpose::recordedMappingCall(next, number, all, from);
  }
  const uint32_t token = noteExecution(number, a, b, c, d);
  const long result = next(number, a, b, c, d, e, f);
  if (token != 0) heaptap_on_exec_failed(token);
  return result;
}
