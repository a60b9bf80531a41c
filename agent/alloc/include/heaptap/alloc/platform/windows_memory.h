// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/layout.h>

#include <cstdint>
#include <cstring>
#include <type_traits>

namespace heaptap::platform {

/// What is needed of <windows.h>, which would put a thousand macros into every program that includes this.
namespace windows {
using Size = std::conditional_t<sizeof(void*) == 8, unsigned long long, unsigned long>;  // SIZE_T
inline constexpr unsigned long kZeroed = 8;                                              // HEAP_ZERO_MEMORY
extern "C" {
__declspec(dllimport) void* __stdcall GetProcessHeap();
__declspec(dllimport) void* __stdcall HeapAlloc(void* heap, unsigned long flags, Size size);
__declspec(dllimport) void* __stdcall HeapReAlloc(void* heap, unsigned long flags, void* block, Size size);
__declspec(dllimport) int __stdcall HeapFree(void* heap, unsigned long flags, void* block);
}
}  // namespace windows

/// The heap of the process.
///
/// It aligns blocks to MEMORY_ALLOCATION_ALIGNMENT. One that needs more is cut from a larger one, whose
/// address stands right before it: so no block can be freed without its layout.
struct WindowsMemory {
  static void* alloc(Layout layout) noexcept { return allocate(layout, 0); }
  static void* allocZeroed(Layout layout) noexcept { return allocate(layout, windows::kZeroed); }

  static void* realloc(void* block, Layout old, std::size_t newSize) noexcept {
    if (isNatural(old)) return windows::HeapReAlloc(windows::GetProcessHeap(), 0, block, newSize);
    const auto layout = Layout::from(newSize, old.align());
    void* const moved = layout ? alloc(*layout) : nullptr;
    if (moved == nullptr) return nullptr;
    std::memcpy(moved, block, old.size() < newSize ? old.size() : newSize);
    dealloc(block, old);
    return moved;
  }

  static void dealloc(void* block, Layout layout) noexcept {
    windows::HeapFree(windows::GetProcessHeap(), 0, isNatural(layout) ? block : *whereWholeIs(block));
  }

 private:
  static constexpr std::size_t kNaturalAlign = sizeof(void*) == 8 ? 16 : 8;

  static bool isNatural(Layout layout) noexcept { return layout.align() <= kNaturalAlign; }

  static void* allocate(Layout layout, unsigned long flags) noexcept {
    void* const heap = windows::GetProcessHeap();
    if (isNatural(layout)) return windows::HeapAlloc(heap, flags, layout.size());
    // No overflow: the size is at most PTRDIFF_MAX, the alignment PTRDIFF_MAX + 1.
    auto* const whole = static_cast<char*>(windows::HeapAlloc(heap, flags, layout.size() + layout.align()));
    if (whole == nullptr) return nullptr;
    // At least kNaturalAlign bytes lie before the block, as the alignment is a multiple of it.
    const auto misaligned = reinterpret_cast<std::uintptr_t>(whole) & (layout.align() - 1);
    char* const block = whole + (layout.align() - misaligned);
    *whereWholeIs(block) = whole;
    return block;
  }

  static void** whereWholeIs(void* block) noexcept { return static_cast<void**>(block) - 1; }
};

}  // namespace heaptap::platform
