// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace heaptap::capture {

/// The first definition of a dynamic symbol in load order, behind the object that holds `after` (like
/// RTLD_NEXT seen from there), or in all objects when `after` is null. Null when no object defines it.
///
/// Reads the ELF hash tables itself (ELF gABI, "Dynamic Section"; GNU hash as in binutils): dlsym may
/// allocate, and its symbol version is too new for older systems.
/// Threads: any; takes the loader's lock, so for slow paths only.
void* findDynamicSymbol(const char* name, const void* after);

}  // namespace heaptap::capture
