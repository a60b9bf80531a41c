// SPDX-License-Identifier: Apache-2.0
//
// mlockall: what a program locks is its own memory. See agent/capture/attach/memory_locks.h. By its number it
// comes through syscall(2), see thread_attributes.cpp.
#include "agent/interpose/memory_locks.h"

#include <errno.h>

#include <atomic>

#include "agent/include/heaptap/abi.h"
#include "agent/interpose/libc_errno.h"
#include "agent/interpose/next_function.h"

namespace {

using LockAll = int (*)(int);
constinit std::atomic<LockAll> g_lockAll{nullptr};

[[gnu::constructor]] void findRealFunction() { heaptap::interpose::nextFunction(g_lockAll, "mlockall"); }

}  // namespace

namespace heaptap::interpose {

bool lockAllForProgram(int flags, int& result) {
  const long outcome = heaptap_lock_all(flags);
  if (outcome > 0) return false;
  result = outcome == 0 ? 0 : -1;
  if (outcome < 0) setErrno(static_cast<int>(-outcome));
  return true;
}

}  // namespace heaptap::interpose

extern "C" __attribute__((visibility("default"))) int mlockall(int flags) {
  int result = -1;
  if (heaptap::interpose::lockAllForProgram(flags, result)) return result;
  const LockAll next = heaptap::interpose::nextFunction(g_lockAll, "mlockall");
  if (next != nullptr) return next(flags);
  heaptap::interpose::setErrno(ENOSYS);
  return -1;
}
