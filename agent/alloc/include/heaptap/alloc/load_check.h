// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dlfcn.h>
#include <heaptap/alloc/global_descriptor.h>
#include <heaptap/alloc/platform/error_output.h>

#include <cstdlib>

namespace heaptap::detail {

/// The file that `address` was loaded from.
inline const char* loadedFrom(const void* address) noexcept {
  Dl_info info{};
  return dladdr(address, &info) != 0 && info.dli_fname != nullptr ? info.dli_fname : "?";
}

/// Ends the process if another definition of the global allocator is in front of `mine`. The linker sees one
/// program or library at a time; where several define one, the loader silently takes the first for what it
/// can bind. To be called when the object with `mine` is loaded. A definition in the program itself is found
/// if it is exported: when a library that the program was linked with names it, or by --export-dynamic.
inline void requireOnlyDefinition(const GlobalDescriptor& mine) noexcept {
  // Found by its name and not by address: that of another object, if there is one in front.
  const auto* const first = static_cast<const GlobalDescriptor*>(
      dlsym(RTLD_DEFAULT, "heaptap_error_only_one_GLOBAL_ALLOCATOR_may_be_defined"));
  if (first == nullptr) {
    // Nothing exports it, which is well. What libc keeps for dlerror() is given back, at the second call.
    static_cast<void>(dlerror());
    static_cast<void>(dlerror());
    return;
  }
  if (first->identity == mine.identity) return;
  platform::ErrorLine line;
  line << "heaptap: two global allocators in one process: " << first->type << " (" << first->file << ":"
       << first->line << ", in " << loadedFrom(first) << ") and " << mine.type << " (" << mine.file << ":"
       << mine.line << ", in " << loadedFrom(mine.identity)
       << "); only the program may define one, not a library";
  line.write();
  std::abort();
}

}  // namespace heaptap::detail
