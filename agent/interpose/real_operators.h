// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <new>

#include "agent/include/heaptap/abi.h"
#include "agent/interpose/real_allocator.h"

namespace heaptap::interpose {

/// The operators new and delete that the program would have without heaptap: the next definitions in load
/// order. Those that no library defines are null; they are not called either.
struct RealOperators {
  heaptap_layer allocator;  ///< These operators, and those of an allocator.
  heaptap_layer all;        ///< And those of the C++ library, which the allocator has not replaced.

  void* (*plain)(std::size_t);
  void* (*array)(std::size_t);
  void* (*nothrow)(std::size_t, const std::nothrow_t&);
  void* (*arrayNothrow)(std::size_t, const std::nothrow_t&);
  void* (*aligned)(std::size_t, std::align_val_t);
  void* (*arrayAligned)(std::size_t, std::align_val_t);
  void* (*alignedNothrow)(std::size_t, std::align_val_t, const std::nothrow_t&);
  void* (*arrayAlignedNothrow)(std::size_t, std::align_val_t, const std::nothrow_t&);
  void (*drop)(void*);
  void (*dropArray)(void*);
  void (*dropSized)(void*, std::size_t);
  void (*dropArraySized)(void*, std::size_t);
  void (*dropAligned)(void*, std::align_val_t);
  void (*dropArrayAligned)(void*, std::align_val_t);
  void (*dropSizedAligned)(void*, std::size_t, std::align_val_t);
  void (*dropArraySizedAligned)(void*, std::size_t, std::align_val_t);
  void (*dropNothrow)(void*, const std::nothrow_t&);
  void (*dropArrayNothrow)(void*, const std::nothrow_t&);
  void (*dropAlignedNothrow)(void*, std::align_val_t, const std::nothrow_t&);
  void (*dropArrayAlignedNothrow)(void*, std::align_val_t, const std::nothrow_t&);

  /// Whose calls this operator answers for. Those of the C++ library only while one of its own is called: it
  /// also allocates what is thrown, and that outlives the call.
  template <class Operator>
  [[nodiscard]] const heaptap_layer& layerOf(Operator function) const {
    const heaptap_code& library = all.objects[HEAPTAP_LAYER_OBJECTS - 1];
    const auto address = reinterpret_cast<std::uint64_t>(function);
    return address - library.start < library.end - library.start ? all : allocator;
  }
};

extern constinit RealOperators g_realOperators;
void findRealOperators();

inline OperatorMode modeSoFar() { return g_real.operators.load(std::memory_order_acquire); }

/// Looked up at the first call: then the library that has them is loaded. Threads: any.
inline const RealOperators& realOperators() {
  if (modeSoFar() == OperatorMode::Unknown) findRealOperators();
  return g_realOperators;
}

}  // namespace heaptap::interpose
