// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/global_descriptor.h>

namespace heaptap::detail {

#if defined(__ELF__)

// The definition that the program has, or nothing. By a weak reference under another name: after a weak
// declaration the definition would be weak as well, and two of them no error.
[[gnu::weakref("heaptap_error_only_one_GLOBAL_ALLOCATOR_may_be_defined"),
  maybe_unused]] static GlobalDescriptor g_selectedAllocator;

/// The program's global allocator; nullptr: it selects none, which means System.
inline const GlobalDescriptor* selectedAllocator() noexcept { return &g_selectedAllocator; }

#else

// Neither Mach-O nor PE has an undefined symbol that is null and that a compiler of today gets right.
inline const GlobalDescriptor* selectedAllocator() noexcept { return nullptr; }

#endif

}  // namespace heaptap::detail
