// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/layout.h>
#include <heaptap/alloc/platform/error_output.h>

#include <atomic>
#include <cstdlib>

namespace heaptap {

/// What is called when there is no memory for a block of that layout. It may throw, end the process, or
/// return: then the process is aborted.
using AllocErrorHook = void (*)(Layout);

namespace detail {
inline constinit std::atomic<AllocErrorHook> g_allocErrorHook{nullptr};
}

/// Sets what handleAllocError calls; nullptr: only a line on standard error. Returns what it was before.
/// Threads: any.
inline AllocErrorHook setAllocErrorHook(AllocErrorHook hook) noexcept {
  return detail::g_allocErrorHook.exchange(hook, std::memory_order_acq_rel);
}

/// For a caller who cannot go on without the block that an allocator did not give: calls the hook, and aborts
/// if that returns. Without a hook, one line on standard error. Never returns.
/// It does not allocate. Allocators do not call it: they return nullptr.
[[noreturn]] inline void handleAllocError(Layout layout) {
  if (const AllocErrorHook hook = detail::g_allocErrorHook.load(std::memory_order_acquire)) {
    hook(layout);
  } else {
    platform::ErrorLine line;
    line << "heaptap: out of memory: no block of " << layout.size() << " bytes, aligned to "
         << layout.align();
    line.write();
  }
  std::abort();
}

}  // namespace heaptap
