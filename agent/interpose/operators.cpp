// SPDX-License-Identifier: Apache-2.0
//
// The replaceable operators new and delete of C++ ([new.delete]), all twenty: a block that new[] has made is
// to be freed by delete[], and a sized delete says how large it believes the block to be. The C++ library's
// own only call malloc and free, so these do that themselves; see RealOperators::Mode for others.
//
// No frame of ours stands in an exception's way: these functions have unwind tables and nothing to clean up.
#include "agent/interpose/real_allocator.h"
#include "agent/interpose/real_operators.h"
#include "agent/interpose/unrelocated.h"

#define HEAPTAP_REPLACED __attribute__((visibility("default")))

namespace {

using heaptap::interpose::g_real;
using heaptap::interpose::isShut;
using heaptap::interpose::isShutFromNowOn;
using heaptap::interpose::modeSoFar;
using heaptap::interpose::realAllocator;
using heaptap::interpose::RealOperators;
using heaptap::interpose::realOperators;
using Mode = heaptap::interpose::OperatorMode;

// As the C++ library's operators ask for it (libstdc++, new_op.cc and new_opa.cc).
void* allocateDirectly(std::size_t size, std::size_t align) {
  if (size == 0) size = 1;
  if (align == 0) return g_real.malloc(size);
  const auto alignedAlloc = realAllocator().alignedAlloc;
  std::size_t rounded = 0;
  if (alignedAlloc == nullptr || __builtin_add_overflow(size, align - 1, &rounded)) return nullptr;
  return alignedAlloc(align, rounded & ~(align - 1));
}

std::size_t bytes(std::align_val_t align) { return static_cast<std::size_t>(align); }

// What an operator is called with behind the size, or behind the block: …
std::size_t alignIn() { return 0; }
std::size_t alignIn(const std::nothrow_t&) { return 0; }
std::size_t alignIn(std::align_val_t align) { return bytes(align); }
std::size_t alignIn(std::align_val_t align, const std::nothrow_t&) { return bytes(align); }
// … the size that a delete declares.
template <class... Arguments>
std::size_t sizeIn(const Arguments&...) {
  return 0;
}
template <class... Arguments>
std::size_t sizeIn(std::size_t size, const Arguments&...) {
  return size;
}

// The operators jump to the functions from here on as the last thing that they do, so that the caller is
// theirs. They need no frame of their own then, which is most of what an event would cost that is only
// counted.

template <heaptap_origin kOrigin, class... Arguments>
void reportNew(void* block, std::size_t size, const heaptap_call_site& from, Arguments... arguments) {
  const heaptap_allocation allocation{block, size, alignIn(arguments...), kOrigin,
                                      realAllocator().usableSize};
  heaptap_on_alloc(&allocation, &from);
}

// What malloc has answered, or in its place the real operator: that one calls new handlers and throws.
template <auto kReal, heaptap_origin kOrigin, class... Arguments>
[[gnu::always_inline]] inline void* newReported(void* block, std::size_t size, Arguments... arguments) {
  const bool isFromOperator = block == nullptr;
  if (isFromOperator) block = (realOperators().*kReal)(size, arguments...);
  if (block == nullptr || isShutFromNowOn()) return block;
  const heaptap_call_site from = heaptap_caller();
  // A block that the operator found after all has been reported as malloc's.
  if (isFromOperator) heaptap_on_dealloc(block, 0, 0, HEAPTAP_ORIGIN_FREE, &from);
  reportNew<kOrigin, Arguments...>(block, size, from, arguments...);
  return block;
}

template <auto kReal, heaptap_origin kOrigin, class... Arguments>
[[gnu::noinline]] void* newDirect(void* block, std::size_t size, Arguments... arguments) {
  return newReported<kReal, kOrigin, Arguments...>(block, size, arguments...);
}

template <auto kReal, heaptap_origin kOrigin, class... Arguments>
[[gnu::noinline]] void* newAround(std::size_t size, Arguments... arguments) {
  using namespace heaptap::interpose;
  if (!isRelocated()) return alignedUnrelocated(alignIn(arguments...), size, __builtin_return_address(0));
  const RealOperators& real = realOperators();
  const Mode mode = modeSoFar();
  if (mode == Mode::Direct)
    return newReported<kReal, kOrigin, Arguments...>(allocateDirectly(size, alignIn(arguments...)), size,
                                                     arguments...);
  if (mode == Mode::Aside || isShut()) return (real.*kReal)(size, arguments...);
  const heaptap_call_site from = heaptap_caller();
  if (heaptap_enter_layer(&real.layerOf(real.*kReal), &from) == 0) return (real.*kReal)(size, arguments...);
  void* const block = (real.*kReal)(size, arguments...);
  heaptap_leave_layer();
  if (block != nullptr) reportNew<kOrigin, Arguments...>(block, size, from, arguments...);
  return block;
}

template <auto kReal, class... Arguments>
[[gnu::always_inline]] inline void* newStraight(std::size_t size, Arguments... arguments) {
  void* const block = allocateDirectly(size, alignIn(arguments...));
  return block != nullptr ? block : (realOperators().*kReal)(size, arguments...);
}

template <auto kReal, heaptap_origin kOrigin, class... Arguments>
[[gnu::always_inline]] inline void* newed(std::size_t size, Arguments... arguments) {
  const Mode mode = modeSoFar();
  if (mode == Mode::Straight) return newStraight<kReal, Arguments...>(size, arguments...);
  if (mode != Mode::Direct) return newAround<kReal, kOrigin, Arguments...>(size, arguments...);
  void* const block = allocateDirectly(size, alignIn(arguments...));
  if (block != nullptr && heaptap_count_unsampled_alloc(size) != 0) return block;
  return newDirect<kReal, kOrigin, Arguments...>(block, size, arguments...);
}

template <auto kReal, heaptap_origin kOrigin, class... Arguments>
[[gnu::noinline]] void deleteReported(void* block, Arguments... arguments) {
  if (!heaptap::interpose::isRelocated()) return heaptap::interpose::freeUnrelocated(block);
  const RealOperators& real = realOperators();
  const Mode mode = modeSoFar();
  const bool isDirect = mode == Mode::Direct;
  if (block == nullptr || mode == Mode::Aside || isShutFromNowOn())
    return isDirect ? g_real.free(block) : (real.*kReal)(block, arguments...);
  const heaptap_call_site from = heaptap_caller();
  // First, in both: after the real free another thread may own the address.
  heaptap_on_dealloc(block, sizeIn(arguments...), 0, kOrigin, &from);
  if (isDirect) return g_real.free(block);
  if (heaptap_enter_layer(&real.layerOf(real.*kReal), &from) == 0) return (real.*kReal)(block, arguments...);
  (real.*kReal)(block, arguments...);
  heaptap_leave_layer();
}

template <auto kReal, heaptap_origin kOrigin, class... Arguments>
[[gnu::always_inline]] inline void deleted(void* block, Arguments... arguments) {
  const Mode mode = modeSoFar();
  if (mode == Mode::Straight) return g_real.free(block);
  if (block != nullptr && mode == Mode::Direct && heaptap_count_unsampled_free(block) != 0)
    return g_real.free(block);
  deleteReported<kReal, kOrigin, Arguments...>(block, arguments...);
}

using NoThrow = const std::nothrow_t&;
using Size = std::size_t;
using Align = std::align_val_t;

}  // namespace

// ---- new -------------------------------------------------------------------------------------------

HEAPTAP_REPLACED void* operator new(Size size) {
  return newed<&RealOperators::plain, HEAPTAP_ORIGIN_OPERATOR_NEW>(size);
}
HEAPTAP_REPLACED void* operator new[](Size size) {
  return newed<&RealOperators::array, HEAPTAP_ORIGIN_NEW_ARRAY>(size);
}
HEAPTAP_REPLACED void* operator new(Size size, NoThrow tag) noexcept {
  return newed<&RealOperators::nothrow, HEAPTAP_ORIGIN_NEW_NOTHROW, NoThrow>(size, tag);
}
HEAPTAP_REPLACED void* operator new[](Size size, NoThrow tag) noexcept {
  return newed<&RealOperators::arrayNothrow, HEAPTAP_ORIGIN_NEW_ARRAY_NOTHROW, NoThrow>(size, tag);
}
HEAPTAP_REPLACED void* operator new(Size size, Align align) {
  return newed<&RealOperators::aligned, HEAPTAP_ORIGIN_NEW_ALIGNED, Align>(size, align);
}
HEAPTAP_REPLACED void* operator new[](Size size, Align align) {
  return newed<&RealOperators::arrayAligned, HEAPTAP_ORIGIN_NEW_ARRAY_ALIGNED, Align>(size, align);
}
HEAPTAP_REPLACED void* operator new(Size size, Align align, NoThrow tag) noexcept {
  return newed<&RealOperators::alignedNothrow, HEAPTAP_ORIGIN_NEW_ALIGNED_NOTHROW, Align, NoThrow>(
      size, align, tag);
}
HEAPTAP_REPLACED void* operator new[](Size size, Align align, NoThrow tag) noexcept {
  return newed<&RealOperators::arrayAlignedNothrow, HEAPTAP_ORIGIN_NEW_ARRAY_ALIGNED_NOTHROW, Align, NoThrow>(
      size, align, tag);
}

// ---- delete ----------------------------------------------------------------------------------------

HEAPTAP_REPLACED void operator delete(void* block) noexcept {
  deleted<&RealOperators::drop, HEAPTAP_ORIGIN_OPERATOR_DELETE>(block);
}
HEAPTAP_REPLACED void operator delete[](void* block) noexcept {
  deleted<&RealOperators::dropArray, HEAPTAP_ORIGIN_DELETE_ARRAY>(block);
}
HEAPTAP_REPLACED void operator delete(void* block, Size size) noexcept {
  deleted<&RealOperators::dropSized, HEAPTAP_ORIGIN_DELETE_SIZED, Size>(block, size);
}
HEAPTAP_REPLACED void operator delete[](void* block, Size size) noexcept {
  deleted<&RealOperators::dropArraySized, HEAPTAP_ORIGIN_DELETE_ARRAY_SIZED, Size>(block, size);
}
HEAPTAP_REPLACED void operator delete(void* block, Align align) noexcept {
  deleted<&RealOperators::dropAligned, HEAPTAP_ORIGIN_DELETE_ALIGNED, Align>(block, align);
}
HEAPTAP_REPLACED void operator delete[](void* block, Align align) noexcept {
  deleted<&RealOperators::dropArrayAligned, HEAPTAP_ORIGIN_DELETE_ARRAY_ALIGNED, Align>(block, align);
}
HEAPTAP_REPLACED void operator delete(void* block, Size size, Align align) noexcept {
  deleted<&RealOperators::dropSizedAligned, HEAPTAP_ORIGIN_DELETE_SIZED_ALIGNED, Size, Align>(block, size,
                                                                                              align);
}
HEAPTAP_REPLACED void operator delete[](void* block, Size size, Align align) noexcept {
  deleted<&RealOperators::dropArraySizedAligned, HEAPTAP_ORIGIN_DELETE_ARRAY_SIZED_ALIGNED, Size, Align>(
      block, size, align);
}
HEAPTAP_REPLACED void operator delete(void* block, NoThrow tag) noexcept {
  deleted<&RealOperators::dropNothrow, HEAPTAP_ORIGIN_DELETE_NOTHROW, NoThrow>(block, tag);
}
HEAPTAP_REPLACED void operator delete[](void* block, NoThrow tag) noexcept {
  deleted<&RealOperators::dropArrayNothrow, HEAPTAP_ORIGIN_DELETE_ARRAY_NOTHROW, NoThrow>(block, tag);
}
HEAPTAP_REPLACED void operator delete(void* block, Align align, NoThrow tag) noexcept {
  deleted<&RealOperators::dropAlignedNothrow, HEAPTAP_ORIGIN_DELETE_ALIGNED_NOTHROW, Align, NoThrow>(
      block, align, tag);
}
HEAPTAP_REPLACED void operator delete[](void* block, Align align, NoThrow tag) noexcept {
  deleted<&RealOperators::dropArrayAlignedNothrow, HEAPTAP_ORIGIN_DELETE_ARRAY_ALIGNED_NOTHROW, Align,
          NoThrow>(block, align, tag);
}
