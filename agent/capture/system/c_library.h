// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <time.h>

#include <cstdint>

struct dl_find_object;

namespace heaptap::capture {

/// libc's, the loader's and the kernel's own functions and variables, whatever else in the process defines
/// these names. Called by name they would be the program's, or another preloaded library's, which allocate,
/// wait, or answer otherwise than libc does. They are found by the loader's list of objects, and in the
/// objects' own symbol tables. Null where the system has none.
struct CLibrary {
  using VisitObject = int (*)(dl_phdr_info*, std::size_t, void*);

  int (*iterateObjects)(VisitObject, void*) = nullptr;  ///< dl_iterate_phdr(3): under the loader's lock.
  int (*findObject)(void*, dl_find_object*) = nullptr;  ///< _dl_find_object, without: glibc >= 2.35.
  int (*readClock)(clockid_t, timespec*) = nullptr;     ///< The vDSO's. Negative errno on failure.
  int* (*errnoLocation)() = nullptr;
  int (*lockMutex)(pthread_mutex_t*) = nullptr;
  /// What pthread_atfork is made of: that itself lives in a static library of newer glibcs only (LSB Core,
  /// __register_atfork). The last argument names the object that must stay loaded.
  int (*registerAtfork)(void (*prepare)(), void (*parent)(), void (*child)(), void* object) = nullptr;
  const r_debug* debug = nullptr;           ///< What the loader tells debuggers.
  char** const* arguments = nullptr;        ///< argv, as the kernel left it on the stack.
  void* const* stackEnd = nullptr;          ///< Where the main thread's stack begins.
  std::uint64_t loader = 0, loaderEnd = 0;  ///< The loader's mapping.
  std::uint64_t libcBias = 0;
  const Elf64_Dyn* libc = nullptr;  ///< The dynamic section of the process's libc.
  bool isSecure = true;             ///< The program has another's rights (AT_SECURE), or may have.

  /// All objects, in load order, until `visit` returns other than 0; 0 where they cannot be had.
  int iterate(VisitObject visit, void* data) const {
    return iterateObjects != nullptr ? iterateObjects(visit, data) : 0;
  }
};

/// Looked up at the first call, which must not come while another thread loads or unloads libraries: the one
/// before recording. Threads: any; no lock, no allocation.
const CLibrary& cLibrary();

/// libc's own definition of a symbol; null when it has none.
void* findInLibc(const char* name);

}  // namespace heaptap::capture
