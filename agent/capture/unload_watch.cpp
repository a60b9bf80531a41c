// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/unload_watch.h"

#include <link.h>

#include <cstddef>

#include "agent/capture/loaded_objects.h"

// Weak, as the loader is no library that this one is linked with: another libc has another one.
#pragma weak _r_debug

// Exported by the loader, and defined nowhere else (System V AMD64 ABI, thread-local storage).
// NOLINTNEXTLINE(bugprone-reserved-identifier, readability-identifier-naming)
extern "C" [[gnu::weak]] void* __tls_get_addr(void*);

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
  LoadedObject loader;
  if (!findLoadedObject(reinterpret_cast<std::uintptr_t>(&__tls_get_addr), loader)) return;
  m_loader = loader.start;
  m_loaderBytes = loader.end - loader.start;
}

bool UnloadWatch::looksDifferent() {
  // It allocates for threads too, perhaps while another thread waits for this one in dl_iterate_phdr. A
  // thread that loads is about to take that lock anyway. The last of its allocations for a binary comes in
  // this state (glibc elf/dl-deps.c, l_initfini).
  if (__atomic_load_n(&_r_debug.r_state, __ATOMIC_RELAXED) != r_debug::RT_ADD) return false;
  unsigned long long unloads = 0;
  dl_iterate_phdr(readUnloads, &unloads);
  return m_unloads.exchange(unloads, std::memory_order_relaxed) != unloads;
}

}  // namespace heaptap::capture
