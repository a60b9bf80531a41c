// SPDX-License-Identifier: Apache-2.0
// Operators of an allocator's own, as tcmalloc and mimalloc have them: all twenty, over malloc and free,
// which are none of the program's business.
#include <stdlib.h>

#include <new>

#pragma GCC visibility push(default)

namespace {
void* get(std::size_t size) { return malloc(size == 0 ? 1 : size); }
void* getOrThrow(std::size_t size) {
  for (;;) {
    if (void* block = get(size)) return block;
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) throw std::bad_alloc();
    handler();
  }
}
void* getAligned(std::size_t size, std::align_val_t align) {
  void* block = nullptr;
  return posix_memalign(&block, static_cast<std::size_t>(align), size) == 0 ? block : nullptr;
}
}  // namespace

void* operator new(std::size_t size) { return getOrThrow(size); }
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return get(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return get(size); }
void* operator new(std::size_t size, std::align_val_t align) { return getAligned(size, align); }
void* operator new[](std::size_t size, std::align_val_t align) { return getAligned(size, align); }
void* operator new(std::size_t size, std::align_val_t align, const std::nothrow_t&) noexcept {
  return getAligned(size, align);
}
void* operator new[](std::size_t size, std::align_val_t align, const std::nothrow_t&) noexcept {
  return getAligned(size, align);
}
void operator delete(void* block) noexcept { free(block); }
void operator delete[](void* block) noexcept { operator delete(block); }
void operator delete(void* block, std::size_t) noexcept { free(block); }
void operator delete[](void* block, std::size_t) noexcept { free(block); }
void operator delete(void* block, std::align_val_t) noexcept { free(block); }
void operator delete[](void* block, std::align_val_t) noexcept { free(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { free(block); }
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept { free(block); }
void operator delete(void* block, std::align_val_t, const std::nothrow_t&) noexcept { free(block); }
void operator delete[](void* block, std::align_val_t, const std::nothrow_t&) noexcept { free(block); }
