// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/agent.h>
#include <heaptap/alloc/inner.h>
#include <heaptap/alloc/system.h>

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace heaptap {

/// Records what is allocated and freed, each with its stack, for `heaptap report`: `Tracing<System>` as
/// global allocator is heaptap without LD_PRELOAD (docs/linking.md).
///
/// It records what its caller asks for: as the outermost adapter, the program's own sizes. What the inner
/// allocator asks of others, of malloc or of a second Tracing, is not recorded again. A block that is freed
/// with another layout than it was allocated with is reported, as a wrong size or alignment, and freed all
/// the same.
///
/// Of A:    GlobalAllocator. Cost:    no byte a block; while it is not recorded, three loads a call.
/// Threads: any, at any time, signal handlers too where A allows that. errno is A's.
template <GlobalAllocator A = System>
class Tracing {
  using Inner = AllocatorTraits<const A>;

 public:
  constexpr Tracing() = default;
  template <class... Args>
  requires detail::InnerArguments<A, Args...>
  constexpr explicit Tracing(Args&&... inner) : m_inner(std::forward<Args>(inner)...) {}

  [[nodiscard]] void* alloc(Layout layout) const noexcept {
    return allocAs(HEAPTAP_ORIGIN_EXPLICIT_HEAP, layout);
  }
  [[nodiscard]] void* allocZeroed(Layout layout) const noexcept {
    return allocZeroedAs(HEAPTAP_ORIGIN_EXPLICIT_HEAP, layout);
  }
  void dealloc(void* block, Layout layout) const noexcept {
    deallocAs(HEAPTAP_ORIGIN_EXPLICIT_HEAP, block, layout);
  }

  [[nodiscard]] void* realloc(void* block, Layout old, std::size_t newSize) const noexcept {
    if (!detail::Agent::mayRecord()) return Inner::realloc(m_inner, block, old, newSize);
    return recordedRealloc(HEAPTAP_ORIGIN_EXPLICIT_HEAP, block, old, newSize, [this, block, old, newSize] {
      return Inner::realloc(m_inner, block, old, newSize);
    });
  }
  [[nodiscard]] bool growInPlace(void* block, Layout old, std::size_t newSize) const noexcept {
    if (!detail::Agent::mayRecord()) return Inner::growInPlace(m_inner, block, old, newSize);
    return resizedInPlace(block, old, newSize, [this, block, old, newSize] {
      return Inner::growInPlace(m_inner, block, old, newSize);
    });
  }
  [[nodiscard]] bool shrinkInPlace(void* block, Layout old, std::size_t newSize) const noexcept {
    if (!detail::Agent::mayRecord()) return Inner::shrinkInPlace(m_inner, block, old, newSize);
    return resizedInPlace(block, old, newSize, [this, block, old, newSize] {
      return Inner::shrinkInPlace(m_inner, block, old, newSize);
    });
  }

  void deallocUnsized(void* block) const noexcept requires SelfDescribing<const A> {
    deallocUnsizedAs(HEAPTAP_ORIGIN_EXPLICIT_HEAP_UNSIZED, block);
  }
  [[nodiscard]] std::size_t usableSizeUnsized(const void* block) const noexcept requires
      SelfDescribing<const A> {
    return Inner::usableSizeUnsized(m_inner, block);
  }
  [[nodiscard]] void* reallocUnsized(void* block,
                                     std::size_t newSize) const noexcept requires SelfDescribing<const A> {
    return reallocUnsizedAs(HEAPTAP_ORIGIN_EXPLICIT_HEAP_UNSIZED, block, newSize);
  }
  [[nodiscard]] bool owns(const void* block, Layout layout) const noexcept requires detail::HasOwns<const A> {
    return m_inner.owns(block, layout);
  }

  // No usableSize: a block ends with the size that was recorded at its beginning.

  // The same for who answers for it as another entry point: operators new and delete, the malloc family. An
  // origin that declares no size passes none; see abi.h.
  [[nodiscard]] void* allocAs(heaptap_origin origin, Layout layout) const noexcept {
    if (!detail::Agent::mayRecord()) return Inner::alloc(m_inner, layout);
    return recordedAlloc(origin, layout, [this, layout] { return Inner::alloc(m_inner, layout); });
  }
  [[nodiscard]] void* allocZeroedAs(heaptap_origin origin, Layout layout) const noexcept {
    if (!detail::Agent::mayRecord()) return Inner::allocZeroed(m_inner, layout);
    return recordedAlloc(origin, layout, [this, layout] { return Inner::allocZeroed(m_inner, layout); });
  }
  void deallocAs(heaptap_origin origin, void* block, Layout layout) const noexcept {
    if (!detail::Agent::mayRecord()) return Inner::dealloc(m_inner, block, layout);
    recordedDealloc(origin, block, layout.size(), layout.align(),
                    [this, block, layout] { Inner::dealloc(m_inner, block, layout); });
  }
  void deallocUnsizedAs(heaptap_origin origin, void* block) const noexcept requires SelfDescribing<const A> {
    if (!detail::Agent::mayRecord()) return Inner::deallocUnsized(m_inner, block);
    recordedDealloc(origin, block, 0, 0, [this, block] { Inner::deallocUnsized(m_inner, block); });
  }
  [[nodiscard]] void* reallocUnsizedAs(heaptap_origin origin, void* block,
                                       std::size_t newSize) const noexcept requires SelfDescribing<const A> {
    if (!detail::Agent::mayRecord()) return Inner::reallocUnsized(m_inner, block, newSize);
    return recordedRealloc(origin, block, Layout::fromUnchecked(0, 1), newSize,
                           [this, block, newSize] { return Inner::reallocUnsized(m_inner, block, newSize); });
  }

  [[nodiscard]] const A& inner() const noexcept { return m_inner; }

 private:
  // The real calls are captured by value, where something is recorded only: by reference, block and layout
  // would have to be in memory for calls that record nothing, too. The functions below are never inlined:
  // where they were called is where the stack begins. The frames above that, of Heap and of the operators,
  // are left out when a report is made.

  template <class Real>
  [[gnu::noinline]] void* recordedAlloc(heaptap_origin origin, Layout layout,
                                        const Real& real) const noexcept {
    const heaptap_agent* const agent = detail::Agent::find();
    const heaptap_call_site from = heaptap_caller();
    if (agent == nullptr || agent->enterLayer(nullptr, &from) == 0) return real();
    void* const block = real();
    agent->leaveLayer();
    if (block == nullptr) {
      agent->onOom(layout.size(), layout.align());
      return nullptr;
    }
    const heaptap_allocation allocation = described(origin, block, layout.size(), layout.align());
    agent->onAlloc(&allocation, &from);
    return block;
  }

  template <class Real>
  [[gnu::noinline]] void recordedDealloc(heaptap_origin origin, void* block, std::size_t size,
                                         std::size_t align, const Real& real) const noexcept {
    const heaptap_agent* const agent = detail::Agent::find();
    const heaptap_call_site from = heaptap_caller();
    // First: afterwards another thread may own the block.
    if (agent != nullptr) agent->onDealloc(block, size, align, origin, &from);
    if (agent == nullptr || agent->enterLayer(nullptr, &from) == 0) return real();
    real();
    agent->leaveLayer();
  }

  template <class Real>
  [[gnu::noinline]] void* recordedRealloc(heaptap_origin origin, void* block, Layout old, std::size_t newSize,
                                          const Real& real) const noexcept {
    const heaptap_call_site from = heaptap_caller();
    return resized(origin, block, old, newSize, real, from, true);
  }

  template <class Real>
  [[gnu::noinline]] bool resizedInPlace(void* block, Layout old, std::size_t newSize,
                                        const Real& real) const noexcept {
    const heaptap_call_site from = heaptap_caller();
    const auto blockOrNull = [&]() -> void* { return real() ? block : nullptr; };
    return resized(HEAPTAP_ORIGIN_EXPLICIT_HEAP, block, old, newSize, blockOrNull, from, false) != nullptr;
  }

  template <class Real>
  void* resized(heaptap_origin origin, void* block, Layout old, std::size_t newSize, const Real& real,
                const heaptap_call_site& from, bool mayMove) const noexcept {
    const heaptap_agent* const agent = detail::Agent::find();
    if (agent == nullptr) return real();
    const std::uint64_t token = agent->onReallocBegin(block, old.size(), old.align(), origin, &from);
    if (agent->enterLayer(nullptr, &from) == 0) return real();
    void* const now = real();
    agent->leaveLayer();
    const heaptap_allocation allocation = described(origin, now, newSize, old.align());
    agent->onReallocEnd(token, block, &allocation, &from);
    if (now == nullptr && mayMove) agent->onOom(newSize, old.align());
    return now;
  }

  static heaptap_allocation described(heaptap_origin origin, void* block, std::size_t size,
                                      std::size_t align) noexcept {
    // Entry points that name no alignment get the allocator's own.
    const bool isLayout = origin == HEAPTAP_ORIGIN_EXPLICIT_HEAP;
    const bool isOwn = !isLayout && align <= alignof(std::max_align_t);
    return {block, size, isOwn ? 0 : align, origin, usableOf()};
  }

  /// How the agent asks how much a block holds; null where only this object could say.
  static auto usableOf() noexcept -> std::size_t (*)(void*) {
    if constexpr (SelfDescribing<const A> && std::is_empty_v<A> && std::default_initializable<A>) {
      return [](void* block) -> std::size_t {
        const A stateless;
        return Inner::usableSizeUnsized(stateless, block);
      };
    } else {
      return nullptr;
    }
  }

  [[no_unique_address]] A m_inner{};
};

}  // namespace heaptap
