// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/allocator_traits.h>

#include <cstdint>

namespace heaptap::detail {

/// The global allocator as Heap sees it, in whatever file, and whatever shared object, it is defined. Two
/// versions of this library in one process understand each other: members are only ever added, at the end.
struct GlobalDescriptor {
  std::uint32_t abi;         ///< kAbi.
  std::uint32_t structSize;  ///< sizeof(GlobalDescriptor) where it was compiled.
  const char* type;          ///< As the program wrote it.
  const char* file;
  std::size_t line;
  const void* identity;  ///< Differs for each definition, also where the linker has made one symbol of two.

  void* (*alloc)(std::size_t size, std::size_t align) noexcept;
  void* (*allocZeroed)(std::size_t size, std::size_t align) noexcept;
  void (*dealloc)(void* block, std::size_t size, std::size_t align) noexcept;
  void* (*realloc)(void* block, std::size_t size, std::size_t align, std::size_t newSize) noexcept;
  std::size_t (*usableSize)(const void* block, std::size_t size, std::size_t align) noexcept;
  bool (*growInPlace)(void* block, std::size_t size, std::size_t align, std::size_t newSize) noexcept;
  bool (*shrinkInPlace)(void* block, std::size_t size, std::size_t align, std::size_t newSize) noexcept;

  static constexpr std::uint32_t kAbi = 1;
};

/// The functions of a descriptor, for the static object `Global`.
template <auto& Global>
struct GlobalFunctions {
  using Traits = AllocatorTraits<const std::remove_cvref_t<decltype(Global)>>;

  static void* alloc(std::size_t size, std::size_t align) noexcept {
    return Traits::alloc(Global, Layout::fromUnchecked(size, align));
  }
  static void* allocZeroed(std::size_t size, std::size_t align) noexcept {
    return Traits::allocZeroed(Global, Layout::fromUnchecked(size, align));
  }
  static void dealloc(void* block, std::size_t size, std::size_t align) noexcept {
    Traits::dealloc(Global, block, Layout::fromUnchecked(size, align));
  }
  static void* realloc(void* block, std::size_t size, std::size_t align, std::size_t newSize) noexcept {
    return Traits::realloc(Global, block, Layout::fromUnchecked(size, align), newSize);
  }
  static std::size_t usableSize(const void* block, std::size_t size, std::size_t align) noexcept {
    return Traits::usableSize(Global, block, Layout::fromUnchecked(size, align));
  }
  static bool growInPlace(void* block, std::size_t size, std::size_t align, std::size_t newSize) noexcept {
    return Traits::growInPlace(Global, block, Layout::fromUnchecked(size, align), newSize);
  }
  static bool shrinkInPlace(void* block, std::size_t size, std::size_t align, std::size_t newSize) noexcept {
    return Traits::shrinkInPlace(Global, block, Layout::fromUnchecked(size, align), newSize);
  }

  static constexpr GlobalDescriptor describe(const char* type, const char* file, std::size_t line,
                                             const void* identity) noexcept {
    return {GlobalDescriptor::kAbi,
            sizeof(GlobalDescriptor),
            type,
            file,
            line,
            identity,
            alloc,
            allocZeroed,
            dealloc,
            realloc,
            usableSize,
            growInPlace,
            shrinkInPlace};
  }
};

}  // namespace heaptap::detail
