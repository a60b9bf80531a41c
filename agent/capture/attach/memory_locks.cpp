// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/attach/memory_locks.h"

#include <errno.h>
#include <sys/resource.h>

#include "agent/capture/memory/address_space.h"
#include "agent/capture/memory/own_memory.h"
#include "agent/capture/record/restrictions.h"
#include "agent/capture/system/kernel.h"
#include "agent/wire/layout.h"

// Of newer headers than some systems have (Linux 4.4).
#ifndef MCL_ONFAULT
#define MCL_ONFAULT 4
#endif
#ifndef MLOCK_ONFAULT
#define MLOCK_ONFAULT 1
#endif

namespace heaptap::capture {
namespace {

long lockAll(int flags) { return arch::systemCall(SYS_mlockall, flags); }

void lock(const Mapping& mapping, int flags) {
  arch::systemCall(SYS_mlock2, static_cast<long>(mapping.start), static_cast<long>(mapping.bytes()), flags);
}
void unlock(const Mapping& mapping) {
  arch::systemCall(SYS_munlock, static_cast<long>(mapping.start), static_cast<long>(mapping.bytes()));
}

// Whether the text begins with `start`.
bool beginsWith(const char* text, const char* start) {
  while (*start != 0)
    if (*text++ != *start++) return false;
  return true;
}

// Of a library of heaptap's. Its folder may be any.
bool isLibrary(const char* name) {
  for (; *name != 0; ++name)
    if (beginsWith(name, "/libheaptap")) return true;
  return false;
}

/// Tells heaptap's mappings from the program's: its memory, its libraries and their zeros, which lie behind
/// them without a name.
class OwnMappings {
 public:
  bool isOwn(const Mapping& mapping) {
    const bool isNamed = isLibrary(mapping.name);
    const bool isBehind = mapping.name[0] == 0 && mapping.start == m_endOfLibrary;
    if (isNamed || isBehind) m_endOfLibrary = mapping.end;
    return isNamed || isBehind || isOwnMemory(mapping.start);
  }

 private:
  std::uint64_t m_endOfLibrary = 0;
};

// The kernel's own, of which nothing can be locked (VM_IO, VM_SPECIAL), or which is no part of the address
// space.
bool isKernels(const Mapping& mapping) { return beginsWith(mapping.name, "[v"); }

/// Locks what is the program's, and unlocks the rest. `flags`: of mlock2.
struct Locking {
  OwnMappings own;
  int flags = 0;

  static void visit(const Mapping& mapping, void* data) {
    auto& self = *static_cast<Locking*>(data);
    if (self.own.isOwn(mapping))
      unlock(mapping);
    else if (!isKernels(mapping))
      lock(mapping, self.flags);
  }
};

/// How much address space the process would have without heaptap.
struct Sum {
  OwnMappings own;
  std::uint64_t bytes = 0;

  static void visit(const Mapping& mapping, void* data) {
    auto& self = *static_cast<Sum*>(data);
    if (!self.own.isOwn(mapping) && !beginsWith(mapping.name, "[vsyscall]")) self.bytes += mapping.bytes();
  }
};

bool wouldFitWithoutOwn() {
  rlimit limit{};
  Sum sum;
  return arch::systemCall(SYS_prlimit64, 0, RLIMIT_MEMLOCK, 0, kernel::asWord(&limit)) == 0 &&
         forEachMapping(Sum::visit, &sum) && sum.bytes <= limit.rlim_cur;
}

}  // namespace

long lockAllButOwnMemory(int flags) {
  const bool isKnown = (flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT)) == 0;
  if (!isKnown || (flags & MCL_CURRENT) == 0 || (restrictionsToInherit() & wire::kNoSystemCalls) != 0)
    return lockAll(flags);
  // On fault: nothing becomes real before it is known whose it is.
  long result = lockAll(flags | MCL_ONFAULT);
  // The kernel compares the whole address space with the limit (mm/mlock.c).
  if (result == -ENOMEM && wouldFitWithoutOwn()) {
    const int future = flags & (MCL_FUTURE | MCL_ONFAULT);
    result = (future & MCL_FUTURE) != 0 ? lockAll(future) : 0;
  }
  if (result != 0 && result != -EINVAL) return result;
  Locking locking;
  locking.flags = (flags & MCL_ONFAULT) != 0 ? MLOCK_ONFAULT : 0;
  if (result == -EINVAL || !forEachMapping(Locking::visit, &locking)) {
    // An old kernel, or one that does not show the mappings: the program gets what it asked for.
    result = lockAll(flags);
    if (result == 0) unlockOwnMemory();
    return result;
  }
  const int all = MCL_FUTURE | MCL_ONFAULT;
  if ((flags & all) == MCL_FUTURE) lockAll(MCL_FUTURE);
  return 0;
}

}  // namespace heaptap::capture
