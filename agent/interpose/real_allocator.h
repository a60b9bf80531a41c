// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "agent/include/heaptap/abi.h"
#include "agent/wire/page.h"

namespace heaptap::interpose {

using wire::kPage;

/// What the entry points do with a call.
enum class Way : std::uint32_t {
  Unsettled,  ///< The real allocator is not known yet, or this library is not even relocated.
  Recorded,   ///< Count or report it.
  Straight,   ///< Hand it on and nothing else: this process is not recorded, and never will be.
};

/// The same for the operators new and delete.
enum class OperatorMode : std::uint32_t {
  Unknown,  ///< None was called yet.
  /// Nothing but call the real ones: the program has replaced some of them, in front of ours, and which of
  /// the calls between them come here is up to chance; or the malloc that they call. What they call reports
  /// itself.
  Aside,
  /// Call malloc and free in place of the C++ library's own operators, which do nothing else.
  Direct,
  /// Call the real operators, and answer for what those call.
  Around,
  /// As Direct, and nothing is reported: Way::Straight.
  Straight,
};

/// The allocator that the program would have without heaptap: the next definitions in load order, so that a
/// preloaded or linked jemalloc, tcmalloc or mimalloc stays in use. Entries that no library defines are null.
///
/// What most calls need comes first, in one cache line. All is zero until this library is relocated.
struct alignas(64) RealAllocator {
  std::atomic<Way> way{Way::Unsettled};  ///< Beyond Unsettled (release), the functions are known.
  std::atomic<OperatorMode> operators{OperatorMode::Unknown};  ///< Likewise those of RealOperators.
  void* (*malloc)(std::size_t) = nullptr;
  void (*free)(void*) = nullptr;
  void* (*calloc)(std::size_t, std::size_t) = nullptr;
  void* (*realloc)(void*, std::size_t) = nullptr;
  void* (*alignedAlloc)(std::size_t, std::size_t) = nullptr;
  void* (*memalign)(std::size_t, std::size_t) = nullptr;
  int (*posixMemalign)(void**, std::size_t, std::size_t) = nullptr;
  void* (*valloc)(std::size_t) = nullptr;
  void* (*pvalloc)(std::size_t) = nullptr;
  std::size_t (*usableSize)(void*) = nullptr;
  void (*freeSized)(void*, std::size_t) = nullptr;
  void (*freeAlignedSized)(void*, std::size_t, std::size_t) = nullptr;
  /// Its code, where it is not libc's own: its functions may call one another, and so us. Else null.
  const heaptap_layer* layer = nullptr;
};

/// Behind a call: it is not made by a jump, so that what it calls sees heaptap's code as its caller.
[[gnu::always_inline]] inline void staysInFrame() { asm volatile(""); }

/// Does `code` belong to an object whose malloc may have been called through heaptap's, or to heaptap? What
/// that asks of libc's allocator by other names is on behalf of a call that has been reported.
bool isInAllocators(const void* code);

extern constinit RealAllocator g_real;
void findRealAllocator();

inline Way wayOfCalls() { return g_real.way.load(std::memory_order_acquire); }

/// Looked up at the first call. Threads: any.
inline const RealAllocator& realAllocator() {
  if (wayOfCalls() == Way::Unsettled) findRealAllocator();
  return g_real;
}

/// Returns true when this process is not recorded, and never will be: nor will those that it forks.
inline bool isShut() { return *__atomic_load_n(&heaptap_gate, __ATOMIC_ACQUIRE) == HEAPTAP_GATE_SHUT; }

/// From now on all calls go straight to the real functions, if these are known.
void goStraight();
/// Returns what isShut() does, and draws that conclusion.
inline bool isShutFromNowOn() {
  if (!isShut()) return false;
  goStraight();
  return true;
}

}  // namespace heaptap::interpose
