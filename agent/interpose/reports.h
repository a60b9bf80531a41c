// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <errno.h>

#include <cstddef>
#include <cstdint>

#include "agent/include/heaptap/abi.h"
#include "agent/interpose/libc_errno.h"
#include "agent/interpose/real_allocator.h"

/// What an entry point of the malloc family says about a call. Inlined, as all that takes the call site: it
/// is that of the entry point. `kUsable` returns the function that says how much a block holds: of the
/// allocator that made it.
namespace heaptap::interpose {

using UsableSize = std::size_t (*)(void*);
inline UsableSize usableSizeOfMalloc() { return realAllocator().usableSize; }

/// Counts an allocation or a free that need not be reported. Returns true when nothing is left to report.
[[gnu::always_inline]] inline bool settleAllocation(const void* block, std::size_t size) {
  return block == nullptr || heaptap_count_unsampled_alloc(size) != 0 || isShutFromNowOn();
}
[[gnu::always_inline]] inline bool settleFree(const void* block) {
  return block == nullptr || heaptap_count_unsampled_free(block) != 0 || isShutFromNowOn();
}

template <UsableSize (*kUsable)() = usableSizeOfMalloc>
[[gnu::always_inline]] inline void* report(void* block, std::size_t size, std::size_t align,
                                           heaptap_origin origin) {
  const heaptap_call_site from = heaptap_caller();
  const heaptap_allocation allocation{block, size, align, origin, kUsable()};
  heaptap_on_alloc(&allocation, &from);
  return block;
}

template <UsableSize (*kUsable)() = usableSizeOfMalloc>
[[gnu::always_inline]] inline void* reported(void* block, std::size_t size, std::size_t align,
                                             heaptap_origin origin) {
  return settleAllocation(block, size) ? block : report<kUsable>(block, size, align, origin);
}

[[gnu::always_inline]] inline void reportFree(void* block, std::size_t size, heaptap_origin origin) {
  if (settleFree(block)) return;
  const heaptap_call_site from = heaptap_caller();
  heaptap_on_dealloc(block, size, 0, origin, &from);
}

/// Calls one of the real functions that may be made of others: those report nothing meanwhile, as the caller
/// does.
template <class Call>
[[gnu::always_inline]] inline auto answeringFor(Call&& call) {
  const heaptap_layer* const layer = realAllocator().layer;
  if (layer == nullptr || isShut()) return call();
  const heaptap_call_site from = heaptap_caller();
  if (heaptap_enter_layer(layer, &from) == 0) return call();
  const auto result = call();
  heaptap_leave_layer();
  return result;
}

/// `own`: so many of the bytes are heaptap's.
template <UsableSize (*kUsable)() = usableSizeOfMalloc>
[[gnu::always_inline]] inline void* reallocReported(void* (*real)(void*, std::size_t), void* old,
                                                    std::size_t size, heaptap_origin origin,
                                                    std::size_t own = 0) {
  if (old == nullptr)
    return reported<kUsable>(answeringFor([&] { return real(nullptr, size); }), size, 0, origin);
  if (size != 0 && heaptap_is_unsampled_block(old) != 0) {
    void* const now = answeringFor([&] { return real(old, size); });
    if (now != nullptr) heaptap_count_unsampled_realloc();
    return reported<kUsable>(now, size - own, 0, origin);
  }
  if (isShutFromNowOn()) return real(old, size);
  const heaptap_call_site from = heaptap_caller();
  if (size == 0) {
    // glibc frees and returns null; an allocator that returns a minimal block instead has made a new one.
    heaptap_on_dealloc(old, 0, 0, origin, &from);
    return reported<kUsable>(answeringFor([&] { return real(old, 0); }), 0, 0, origin);
  }
  const std::uint64_t token = heaptap_on_realloc_begin(old, 0, 0, origin, &from);
  void* now = answeringFor([&] { return real(old, size); });
  const heaptap_allocation allocation{now, size - own, 0, origin, kUsable()};
  heaptap_on_realloc_end(token, old, &allocation, &from);
  return now;
}

inline void* outOfMemory() {
  setErrno(ENOMEM);
  return nullptr;
}

}  // namespace heaptap::interpose
