// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/unwind/unload_watch.h"

#include <link.h>

#include <cstddef>

#include "agent/capture/system/c_library.h"

namespace heaptap::capture {
namespace {

int readUnloads(dl_phdr_info* info, std::size_t bytes, void* data) {
  // Since glibc 2.4, says dl_iterate_phdr(3).
  if (bytes >= offsetof(dl_phdr_info, dlpi_subs) + sizeof info->dlpi_subs)
    *static_cast<unsigned long long*>(data) = info->dlpi_subs;
  return 1;
}

}  // namespace

void UnloadWatch::open() {
  const CLibrary& library = cLibrary();
  if (library.debug == nullptr) return;
  m_loader = library.loader;
  m_loaderBytes = library.loaderEnd - library.loader;
}

bool UnloadWatch::looksDifferent() {
  // It allocates for threads too, perhaps while another thread waits for this one in dl_iterate_phdr. A
  // thread that loads is about to take that lock anyway. The last of its allocations for a binary comes in
  // this state (glibc elf/dl-deps.c, l_initfini).
  if (__atomic_load_n(&cLibrary().debug->r_state, __ATOMIC_RELAXED) != r_debug::RT_ADD) return false;
  unsigned long long unloads = 0;
  cLibrary().iterate(readUnloads, &unloads);
  return m_unloads.exchange(unloads, std::memory_order_relaxed) != unloads;
}

}  // namespace heaptap::capture
