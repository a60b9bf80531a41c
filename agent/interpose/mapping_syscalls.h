// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/syscall.h>

#include "agent/include/heaptap/abi.h"
#include "agent/interpose/mapping_events.h"

namespace heaptap::interpose {

/// Returns true for mmap, munmap, mremap and brk, by their number (syscall(2)).
inline bool changesMappings(long number) {
  return number == SYS_mmap || number == SYS_munmap || number == SYS_mremap || number == SYS_brk;
}

/// Makes that system call by libc's `call`, reporting what it changes.
/// Null in the library that does not intercept mmap and its like: there, mappings are not reported.
[[gnu::weak, gnu::visibility("hidden")]] long recordedMappingCall(long (*call)(long, ...), long number,
                                                                  const unsigned long (&words)[6],
                                                                  const heaptap_call_site& from);

}  // namespace heaptap::interpose
