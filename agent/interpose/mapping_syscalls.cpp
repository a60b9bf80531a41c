// SPDX-License-Identifier: Apache-2.0
#include "agent/interpose/mapping_syscalls.h"

namespace heaptap::interpose {
namespace {

template <class T>
T* pointer(unsigned long word) {
  return reinterpret_cast<T*>(word);
}
long word(const void* at) { return static_cast<long>(reinterpret_cast<std::uintptr_t>(at)); }

}  // namespace

long recordedMappingCall(long (*call)(long, ...), long number, const unsigned long (&w)[6],
                         const heaptap_call_site& from) {
  const auto make = [&] { return call(number, w[0], w[1], w[2], w[3], w[4], w[5]); };
  switch (number) {
    case SYS_mmap: {
      const long at = make();
      noteMapped(pointer<void>(static_cast<unsigned long>(at)), w[1], static_cast<int>(w[3]), from);
      return at;
    }
    case SYS_munmap:
      return unmapNoted(pointer<void>(w[0]), w[1], from, [&] { return static_cast<int>(make()); });
    case SYS_mremap:
      return word(remapNoted(pointer<void>(w[0]), w[1], w[2], static_cast<int>(w[3]), from,
                             [&] { return pointer<void>(static_cast<unsigned long>(make())); }));
    default: break;
  }
  // brk: returns where the end is now, which is where it was when it failed, or was only asked.
  long end = call(SYS_brk, 0UL);
  if (w[0] == 0) return end;
  breakNoted(pointer<char>(static_cast<unsigned long>(end)), pointer<char>(w[0]), from, [&] {
    end = make();
    return end == static_cast<long>(w[0]);
  });
  return end;
}

}  // namespace heaptap::interpose
