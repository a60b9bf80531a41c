// SPDX-License-Identifier: Apache-2.0
#include "proto/words/origin_name.h"

namespace heaptap {
inline namespace words {

std::string_view originName(v1::Origin origin) {
  switch (origin) {
    case v1::ORIGIN_MALLOC: return "malloc";
    case v1::ORIGIN_CALLOC: return "calloc";
    case v1::ORIGIN_REALLOC: return "realloc";
    case v1::ORIGIN_REALLOCARRAY: return "reallocarray";
    case v1::ORIGIN_ALIGNED_ALLOC: return "aligned_alloc";
    case v1::ORIGIN_MEMALIGN: return "memalign";
    case v1::ORIGIN_POSIX_MEMALIGN: return "posix_memalign";
    case v1::ORIGIN_VALLOC: return "valloc";
    case v1::ORIGIN_PVALLOC: return "pvalloc";
    case v1::ORIGIN_FREE: return "free";
    case v1::ORIGIN_FREE_SIZED: return "free_sized";
    case v1::ORIGIN_FREE_ALIGNED_SIZED: return "free_aligned_sized";
    case v1::ORIGIN_OPERATOR_NEW:
    case v1::ORIGIN_NEW_NOTHROW: return "operator new";
    case v1::ORIGIN_NEW_ARRAY:
    case v1::ORIGIN_NEW_ARRAY_NOTHROW: return "operator new[]";
    case v1::ORIGIN_NEW_ALIGNED:
    case v1::ORIGIN_NEW_ALIGNED_NOTHROW: return "aligned operator new";
    case v1::ORIGIN_NEW_ARRAY_ALIGNED:
    case v1::ORIGIN_NEW_ARRAY_ALIGNED_NOTHROW: return "aligned operator new[]";
    case v1::ORIGIN_OPERATOR_DELETE:
    case v1::ORIGIN_DELETE_NOTHROW: return "operator delete";
    case v1::ORIGIN_DELETE_SIZED: return "sized operator delete";
    case v1::ORIGIN_DELETE_ARRAY:
    case v1::ORIGIN_DELETE_ARRAY_NOTHROW: return "operator delete[]";
    case v1::ORIGIN_DELETE_ARRAY_SIZED: return "sized operator delete[]";
    case v1::ORIGIN_DELETE_ALIGNED:
    case v1::ORIGIN_DELETE_ALIGNED_NOTHROW: return "aligned operator delete";
    case v1::ORIGIN_DELETE_SIZED_ALIGNED: return "sized aligned operator delete";
    case v1::ORIGIN_DELETE_ARRAY_ALIGNED:
    case v1::ORIGIN_DELETE_ARRAY_ALIGNED_NOTHROW: return "aligned operator delete[]";
    case v1::ORIGIN_DELETE_ARRAY_SIZED_ALIGNED: return "sized aligned operator delete[]";
    case v1::ORIGIN_RUST_GLOBAL: return "Rust's global allocator";
    case v1::ORIGIN_STANDARD_ADAPTER: return "a standard allocator";
    case v1::ORIGIN_EXPLICIT_HEAP:
    case v1::ORIGIN_EXPLICIT_HEAP_UNSIZED: return "a heap of its own";
    case v1::ORIGIN_MMAP: return "mmap";
    case v1::ORIGIN_MUNMAP: return "munmap";
    case v1::ORIGIN_MREMAP: return "mremap";
    case v1::ORIGIN_BRK: return "brk";
    case v1::ORIGIN_CUSTOM_ALLOCATE:
    case v1::ORIGIN_CUSTOM_FREE: return "the program's own allocator";
    default: return "unknown";
  }
}

}  // namespace words
}  // namespace heaptap
