// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/system/c_library.h"

#include <atomic>
#include <cstring>

#include "agent/capture/system/object_symbols.h"
#include "agent/capture/system/process_start.h"

namespace heaptap::capture {
namespace {

constinit CLibrary g_library;
constinit std::atomic<bool> g_isKnown{false};

template <class Pointer>
void find(Pointer& pointer, const ObjectSymbols& symbols, const char* name) {
  void* const found = symbols.addressOf(name);
  if (found != nullptr) pointer = reinterpret_cast<Pointer>(found);
}

// Every loader that debuggers know writes there where its list of objects is (System V gABI, DT_DEBUG).
const r_debug* debugOf(const ProcessStart& start) {
  const auto* const segments = reinterpret_cast<const Elf64_Phdr*>(start.programHeaders);
  const Elf64_Phdr* table = nullptr;
  const Elf64_Phdr* dynamic = nullptr;
  for (std::uint64_t i = 0; i < start.programHeaderCount; ++i) {
    if (segments[i].p_type == PT_PHDR) table = &segments[i];
    if (segments[i].p_type == PT_DYNAMIC) dynamic = &segments[i];
  }
  if (dynamic == nullptr) return nullptr;
  const std::uint64_t bias = table == nullptr ? 0 : start.programHeaders - table->p_vaddr;
  for (const auto* entry = reinterpret_cast<const Elf64_Dyn*>(bias + dynamic->p_vaddr);
       entry->d_tag != DT_NULL; ++entry)
    if (entry->d_tag == DT_DEBUG) return reinterpret_cast<const r_debug*>(entry->d_un.d_ptr);
  return nullptr;
}

// musl's loader is its libc, and needs no name.
void findLibc(CLibrary& library, const LoadedImage& loader) {
  library.libcBias = loader.bias;
  library.libc = loader.dynamic;
  const link_map* object = library.debug == nullptr ? nullptr : library.debug->r_map;
  for (; object != nullptr; object = object->l_next) {
    if (object->l_ld == nullptr ||
        std::strcmp(ObjectSymbols(object->l_addr, object->l_ld).soname(), "libc.so.6") != 0)
      continue;
    library.libcBias = object->l_addr;
    library.libc = object->l_ld;
    return;
  }
}

// Two threads may do this at once: they write the same values.
void findAll(CLibrary& library) {
  const ProcessStart start = readProcessStart();
  library.isSecure = start.isSecure;
  if (start.vdso != 0) {
    const LoadedImage vdso = imageAt(start.vdso);
    find(library.readClock, ObjectSymbols(vdso.bias, vdso.dynamic), "__vdso_clock_gettime");
  }
  if (start.loader == 0) return;
  const LoadedImage image = imageAt(start.loader);
  if (image.dynamic == nullptr) return;
  library.loader = image.start;
  library.loaderEnd = image.end;
  const ObjectSymbols loader(image.bias, image.dynamic);
  find(library.debug, loader, "_r_debug");
  if (library.debug == nullptr) library.debug = debugOf(start);
  find(library.arguments, loader, "_dl_argv");
  find(library.stackEnd, loader, "__libc_stack_end");
  findLibc(library, image);
  const ObjectSymbols libc(library.libcBias, library.libc);
  find(library.iterateObjects, libc, "dl_iterate_phdr");
  find(library.findObject, libc, "_dl_find_object");
  find(library.errnoLocation, libc, "__errno_location");
  find(library.lockMutex, libc, "pthread_mutex_lock");
  find(library.registerAtfork, libc, "__register_atfork");
}

}  // namespace

const CLibrary& cLibrary() {
  if (!g_isKnown.load(std::memory_order_acquire)) {
    findAll(g_library);
    g_isKnown.store(true, std::memory_order_release);
  }
  return g_library;
}

void* findInLibc(const char* name) {
  const CLibrary& library = cLibrary();
  return ObjectSymbols(library.libcBias, library.libc).addressOf(name);
}

}  // namespace heaptap::capture
