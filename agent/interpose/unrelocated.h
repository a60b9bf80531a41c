// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

/// Calls that come before the loader has relocated this library: made by the resolvers of indirect functions
/// (STT_GNU_IFUNC) of libraries that it has relocated earlier. Until then no pointer, no thread-local
/// variable and no function of another library can be reached from here; what these functions need, they find
/// by the addresses of their own code. One thread runs.
namespace heaptap::interpose {

/// Holds its own address once this library is relocated, and before that what the linker has put there.
[[gnu::visibility("hidden")]] extern const void* const volatile g_relocated;
inline bool isRelocated() { return g_relocated == &g_relocated; }

/// The definition of `name` behind this library in load order, by the loader's list; null when there is none.
void* nextUnrelocated(const char* name);

/// malloc and its like by the next definitions. Blocks are remembered, with the call's return address.
void* mallocUnrelocated(std::size_t size, const void* pc);
void* callocUnrelocated(std::size_t count, std::size_t size, const void* pc);
void* reallocUnrelocated(void* old, std::size_t size, const void* pc);
/// `align` 0: the default.
void* alignedUnrelocated(std::size_t align, std::size_t size, const void* pc);
void freeUnrelocated(void* block);

/// Reports the blocks that are still allocated, as soon as this library is relocated. Of their stacks only
/// the innermost frame is left.
void reportUnrelocated();

}  // namespace heaptap::interpose
