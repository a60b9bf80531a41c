// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dlfcn.h>
#include <heaptap/alloc/global_descriptor.h>
#include <heaptap/alloc/platform/error_output.h>

#include <cstdlib>

/// The linker sees one program or one library at a time. Where several of them define a global allocator, the
/// loader takes the first without a word, for whatever it can bind to it: some blocks would end in another
/// allocator than they came from. So each definition looks for others when it is loaded. Hidden: each object
/// asks from where it stands.
namespace heaptap::detail {

/// The first definition in the process, or the first after the object that this is part of; nullptr: none
/// that is exported.
[[gnu::visibility("hidden")]] inline const GlobalDescriptor* findDefinition(void* where) noexcept {
  const void* const found = dlsym(where, "heaptap_error_only_one_GLOBAL_ALLOCATOR_may_be_defined");
  if (found == nullptr) {
    // What libc keeps of the failure is given back at the second call.
    static_cast<void>(dlerror());
    static_cast<void>(dlerror());
  }
  return static_cast<const GlobalDescriptor*>(found);
}

/// The file that `address` was loaded from.
inline const char* loadedFrom(const void* address) noexcept {
  Dl_info info{};
  return dladdr(address, &info) != 0 && info.dli_fname != nullptr ? info.dli_fname : "?";
}

[[noreturn]] inline void refuseTwo(const GlobalDescriptor& first, const GlobalDescriptor& second) noexcept {
  platform::ErrorLine line;
  line << "heaptap: two global allocators in one process: " << first.type << " (" << first.file << ":"
       << first.line << ", in " << loadedFrom(first.identity) << ") and " << second.type << " ("
       << second.file << ":" << second.line << ", in " << loadedFrom(second.identity)
       << "); only the program may define one, not a library";
  line.write();
  std::abort();
}

/// Ends the process if it has another definition than `mine`. Not found is one in the program itself when a
/// library is loaded by dlopen and the program does not export it (heaptap_global_allocator() of CMake makes
/// it do so).
[[gnu::visibility("hidden")]] inline void requireOnlyDefinition(const GlobalDescriptor& mine) noexcept {
  // The program asks for those after it: the first is its own, if it is exported.
  const GlobalDescriptor* const next = findDefinition(RTLD_NEXT);
  if (next != nullptr && next->identity != mine.identity) refuseTwo(mine, *next);
  const GlobalDescriptor* const first = findDefinition(RTLD_DEFAULT);
  if (first != nullptr && first->identity != mine.identity) refuseTwo(*first, mine);
}

}  // namespace heaptap::detail
