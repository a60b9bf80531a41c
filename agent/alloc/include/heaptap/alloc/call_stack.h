// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#if defined(_WIN32)
#include <windows.h>
#else
#include <unwind.h>
#endif

namespace heaptap::detail {

/// Fills `frames` with return addresses, the innermost first, and tells how many there are. The first ones
/// may be those of adapters, where the compiler did not inline them. Threads: any. Nothing is allocated;
/// unwind tables must not be switched off.
#if defined(_WIN32)
[[gnu::noinline]] inline std::size_t captureStack(std::span<void*> frames) noexcept {
  return RtlCaptureStackBackTrace(1, static_cast<ULONG>(frames.size()), frames.data(), nullptr);
}
#else
[[gnu::noinline]] inline std::size_t captureStack(std::span<void*> frames) noexcept {
  struct Walk {
    std::span<void*> frames;
    std::size_t count = 0;
    bool skip = true;  // This function.
  } walk{frames};
  if (frames.empty()) return 0;
  _Unwind_Backtrace(
      [](_Unwind_Context* context, void* argument) {
        auto& to = *static_cast<Walk*>(argument);
        if (to.skip) {
          to.skip = false;
          return _URC_NO_REASON;
        }
        void* const at = reinterpret_cast<void*>(_Unwind_GetIP(context));
        if (at == nullptr) return _URC_END_OF_STACK;
        to.frames[to.count++] = at;
        return to.count < to.frames.size() ? _URC_NO_REASON : _URC_END_OF_STACK;
      },
      &walk);
  return walk.count;
}
#endif

}  // namespace heaptap::detail
