// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/heap.h>
#include <heaptap/alloc/inner.h>
#include <heaptap/alloc/without_memory.h>

#include <cstddef>
#include <memory_resource>
#include <optional>
#include <utility>

namespace heaptap {

/// An allocator as a std::pmr::memory_resource. It owns the A in it; Ref<A> is one that others use, too.
/// Two are equal when they are one, or hold the same stateless A, or equal ones.
/// Errors: std::bad_alloc when A gives none, when the alignment is no power of two, and above PTRDIFF_MAX
/// bytes. Threads: those of A.
template <GlobalAllocator A = Heap>
class MemoryResource final : public std::pmr::memory_resource {
 public:
  MemoryResource() = default;
  template <class... Args>
  requires detail::InnerArguments<A, Args...>
  explicit MemoryResource(Args&&... inner) : m_allocator(std::forward<Args>(inner)...) {}

  [[nodiscard]] const A& inner() const noexcept { return m_allocator; }

 private:
  /// No bytes are one byte: the resource must give a pointer that is not null.
  static std::optional<Layout> layoutFor(std::size_t size, std::size_t align) noexcept {
    return Layout::from(size > 0 ? size : 1, align);
  }

  void* do_allocate(std::size_t size, std::size_t align) override {
    const std::optional<Layout> layout = layoutFor(size, align);
    void* const block = layout ? AllocatorTraits<const A>::alloc(m_allocator, *layout) : nullptr;
    if (block == nullptr) detail::throwBadAlloc(size);
    return block;
  }

  void do_deallocate(void* block, std::size_t size, std::size_t align) override {
    AllocatorTraits<const A>::dealloc(m_allocator, block, *layoutFor(size, align));
  }

  [[nodiscard]] bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    if (this == &other) return true;
    const auto* const same = dynamic_cast<const MemoryResource*>(&other);
    if (same == nullptr) return false;
    if constexpr (std::is_empty_v<A>) {
      return true;
    } else if constexpr (std::equality_comparable<A>) {
      return m_allocator == same->m_allocator;
    } else {
      return false;
    }
  }

  [[no_unique_address]] A m_allocator{};
};

}  // namespace heaptap
