// SPDX-License-Identifier: Apache-2.0
//
// The replaceable operators new and delete of C++ ([new.delete]), all twenty: a block that new[] has made is
// to be freed by delete[], and a sized delete says how large it believes the block to be. The C++ library's
// own only call malloc and free, so these do that themselves; see RealOperators::Mode for others.
//
// No frame of ours stands in an exception's way: these functions have unwind tables and nothing to clean up.
#include "agent/interpose/real_allocator.h"
#include "agent/interpose/real_operators.h"

#define HEAPTAP_REPLACED __attribute__((visibility("default")))

namespace {

using heaptap::interpose::realAllocator;
using heaptap::interpose::RealOperators;
using heaptap::interpose::realOperators;
using heaptap::interpose::recording;
using Mode = RealOperators::Mode;

// As the C++ library's operators ask for it (libstdc++, new_op.cc and new_opa.cc).
void* allocateDirectly(std::size_t size, std::size_t align) {
  if (size == 0) size = 1;
  if (align == 0) return realAllocator().malloc(size);
  const auto alignedAlloc = realAllocator().alignedAlloc;
  std::size_t rounded = 0;
  if (alignedAlloc == nullptr || __builtin_add_overflow(size, align - 1, &rounded)) return nullptr;
  return alignedAlloc(align, rounded & ~(align - 1));
}

// Inlined, as all that takes the call site: it is that of the operator.
template <class Operator, class CallReal>
[[gnu::always_inline]] inline void* newed(std::size_t size, std::size_t align, heaptap_origin origin,
                                          Operator RealOperators::*which, CallReal&& callReal) {
  const RealOperators& real = realOperators();
  if (!recording() || real.mode == Mode::Aside) return callReal(real.*which);
  const heaptap_call_site from = heaptap_caller();
  void* block = nullptr;
  if (real.mode == Mode::Direct) {
    block = allocateDirectly(size, align);
    if (block == nullptr) {
      // The real operator calls new handlers and throws. A block that it finds after all has been reported as
      // malloc's.
      block = callReal(real.*which);
      if (block != nullptr) heaptap_on_dealloc(block, 0, 0, HEAPTAP_ORIGIN_FREE, &from);
    }
  } else {
    if (heaptap_enter_layer(&real.layerOf(real.*which), &from) == 0) return callReal(real.*which);
    block = callReal(real.*which);
    heaptap_leave_layer();
  }
  if (block == nullptr) return nullptr;
  const heaptap_allocation allocation{block, size, align, origin, realAllocator().usableSize};
  heaptap_on_alloc(&allocation, &from);
  return block;
}

template <class Operator, class CallReal>
[[gnu::always_inline]] inline void deleted(void* block, std::size_t size, heaptap_origin origin,
                                           Operator RealOperators::*which, CallReal&& callReal) {
  const RealOperators& real = realOperators();
  if (block == nullptr || !recording() || real.mode == Mode::Aside) return callReal(real.*which);
  const heaptap_call_site from = heaptap_caller();
  // First, in both: after the real free another thread may own the address.
  if (real.mode == Mode::Direct) {
    heaptap_on_dealloc(block, size, 0, origin, &from);
    return realAllocator().free(block);
  }
  heaptap_on_dealloc(block, size, 0, origin, &from);
  if (heaptap_enter_layer(&real.layerOf(real.*which), &from) == 0) return callReal(real.*which);
  callReal(real.*which);
  heaptap_leave_layer();
}

std::size_t bytes(std::align_val_t align) { return static_cast<std::size_t>(align); }

}  // namespace

// ---- new -------------------------------------------------------------------------------------------

HEAPTAP_REPLACED void* operator new(std::size_t size) {
  return newed(size, 0, HEAPTAP_ORIGIN_OPERATOR_NEW, &RealOperators::plain,
               [&](auto call) { return call(size); });
}
HEAPTAP_REPLACED void* operator new[](std::size_t size) {
  return newed(size, 0, HEAPTAP_ORIGIN_NEW_ARRAY, &RealOperators::array,
               [&](auto call) { return call(size); });
}
HEAPTAP_REPLACED void* operator new(std::size_t size, const std::nothrow_t& tag) noexcept {
  return newed(size, 0, HEAPTAP_ORIGIN_NEW_NOTHROW, &RealOperators::nothrow,
               [&](auto call) { return call(size, tag); });
}
HEAPTAP_REPLACED void* operator new[](std::size_t size, const std::nothrow_t& tag) noexcept {
  return newed(size, 0, HEAPTAP_ORIGIN_NEW_ARRAY_NOTHROW, &RealOperators::arrayNothrow,
               [&](auto call) { return call(size, tag); });
}
HEAPTAP_REPLACED void* operator new(std::size_t size, std::align_val_t align) {
  return newed(size, bytes(align), HEAPTAP_ORIGIN_NEW_ALIGNED, &RealOperators::aligned,
               [&](auto call) { return call(size, align); });
}
HEAPTAP_REPLACED void* operator new[](std::size_t size, std::align_val_t align) {
  return newed(size, bytes(align), HEAPTAP_ORIGIN_NEW_ARRAY_ALIGNED, &RealOperators::arrayAligned,
               [&](auto call) { return call(size, align); });
}
HEAPTAP_REPLACED void* operator new(std::size_t size, std::align_val_t align,
                                    const std::nothrow_t& tag) noexcept {
  return newed(size, bytes(align), HEAPTAP_ORIGIN_NEW_ALIGNED_NOTHROW, &RealOperators::alignedNothrow,
               [&](auto call) { return call(size, align, tag); });
}
HEAPTAP_REPLACED void* operator new[](std::size_t size, std::align_val_t align,
                                      const std::nothrow_t& tag) noexcept {
  return newed(size, bytes(align), HEAPTAP_ORIGIN_NEW_ARRAY_ALIGNED_NOTHROW,
               &RealOperators::arrayAlignedNothrow, [&](auto call) { return call(size, align, tag); });
}

// ---- delete ----------------------------------------------------------------------------------------

HEAPTAP_REPLACED void operator delete(void* block) noexcept {
  deleted(block, 0, HEAPTAP_ORIGIN_OPERATOR_DELETE, &RealOperators::drop, [&](auto call) { call(block); });
}
HEAPTAP_REPLACED void operator delete[](void* block) noexcept {
  deleted(block, 0, HEAPTAP_ORIGIN_DELETE_ARRAY, &RealOperators::dropArray, [&](auto call) { call(block); });
}
HEAPTAP_REPLACED void operator delete(void* block, std::size_t size) noexcept {
  deleted(block, size, HEAPTAP_ORIGIN_DELETE_SIZED, &RealOperators::dropSized,
          [&](auto call) { call(block, size); });
}
HEAPTAP_REPLACED void operator delete[](void* block, std::size_t size) noexcept {
  deleted(block, size, HEAPTAP_ORIGIN_DELETE_ARRAY_SIZED, &RealOperators::dropArraySized,
          [&](auto call) { call(block, size); });
}
HEAPTAP_REPLACED void operator delete(void* block, std::align_val_t align) noexcept {
  deleted(block, 0, HEAPTAP_ORIGIN_DELETE_ALIGNED, &RealOperators::dropAligned,
          [&](auto call) { call(block, align); });
}
HEAPTAP_REPLACED void operator delete[](void* block, std::align_val_t align) noexcept {
  deleted(block, 0, HEAPTAP_ORIGIN_DELETE_ARRAY_ALIGNED, &RealOperators::dropArrayAligned,
          [&](auto call) { call(block, align); });
}
HEAPTAP_REPLACED void operator delete(void* block, std::size_t size, std::align_val_t align) noexcept {
  deleted(block, size, HEAPTAP_ORIGIN_DELETE_SIZED_ALIGNED, &RealOperators::dropSizedAligned,
          [&](auto call) { call(block, size, align); });
}
HEAPTAP_REPLACED void operator delete[](void* block, std::size_t size, std::align_val_t align) noexcept {
  deleted(block, size, HEAPTAP_ORIGIN_DELETE_ARRAY_SIZED_ALIGNED, &RealOperators::dropArraySizedAligned,
          [&](auto call) { call(block, size, align); });
}
HEAPTAP_REPLACED void operator delete(void* block, const std::nothrow_t& tag) noexcept {
  deleted(block, 0, HEAPTAP_ORIGIN_DELETE_NOTHROW, &RealOperators::dropNothrow,
          [&](auto call) { call(block, tag); });
}
HEAPTAP_REPLACED void operator delete[](void* block, const std::nothrow_t& tag) noexcept {
  deleted(block, 0, HEAPTAP_ORIGIN_DELETE_ARRAY_NOTHROW, &RealOperators::dropArrayNothrow,
          [&](auto call) { call(block, tag); });
}
HEAPTAP_REPLACED void operator delete(void* block, std::align_val_t align,
                                      const std::nothrow_t& tag) noexcept {
  deleted(block, 0, HEAPTAP_ORIGIN_DELETE_ALIGNED_NOTHROW, &RealOperators::dropAlignedNothrow,
          [&](auto call) { call(block, align, tag); });
}
HEAPTAP_REPLACED void operator delete[](void* block, std::align_val_t align,
                                        const std::nothrow_t& tag) noexcept {
  deleted(block, 0, HEAPTAP_ORIGIN_DELETE_ARRAY_ALIGNED_NOTHROW, &RealOperators::dropArrayAlignedNothrow,
          [&](auto call) { call(block, align, tag); });
}
