// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/guard_block.h>
#include <heaptap/alloc/guard_quarantine.h>
#include <heaptap/alloc/guard_report.h>
#include <heaptap/alloc/inner.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

namespace heaptap {

/// What Guarded does when something is wrong.
struct GuardOptions {
  enum class Then { Abort, GoOn };

  void (*report)(const GuardReport&) noexcept = &writeGuardReport;
  Then then = Then::Abort;
  std::size_t quarantine = std::size_t{1}
                           << 20;  ///< Bytes that are kept after their end, to see writes into them.
};

/// Finds writes outside of blocks and after their end: padding before and after each block, and bytes in it,
/// have values that are checked when the block ends, and once more when it leaves the quarantine after its
/// end. Each block knows its layout and the `Frames` innermost frames that allocated and freed it, for the
/// report. Of A:    GlobalAllocator. Cost:    of memory some 330 bytes a block, or its alignment where that
/// is more, and the quarantine; of time two walks
///          of the stack and the fills. A realloc always moves, so that pointers to the old place show.
/// Threads: any; the quarantine has a lock. The hook is called without it, and may allocate.
template <GlobalAllocator A, std::size_t Frames = 16>
class Guarded {
  using Inner = AllocatorTraits<const A>;
  using Block = detail::GuardBlock<Frames>;
  using Kind = GuardReport::Kind;

 public:
  constexpr Guarded() = default;
  template <class... Args>
  requires(sizeof...(Args) == 0 ||
           detail::InnerArguments<A, Args...>) constexpr explicit Guarded(GuardOptions options,
                                                                          Args&&... inner)
      : m_inner(std::forward<Args>(inner)...), m_options(options) {}

  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;
  ~Guarded() { flush(); }

  [[nodiscard]] void* alloc(Layout layout) const noexcept {
    const auto whole = Block::wholeLayout(layout);
    void* const memory = whole ? Inner::alloc(m_inner, *whole) : nullptr;
    return memory != nullptr ? Block::begin(memory, layout, false) : nullptr;
  }

  [[nodiscard]] void* allocZeroed(Layout layout) const noexcept {
    const auto whole = Block::wholeLayout(layout);
    void* const memory = whole ? Inner::allocZeroed(m_inner, *whole) : nullptr;
    return memory != nullptr ? Block::begin(memory, layout, true) : nullptr;
  }

  void dealloc(void* block, Layout layout) const noexcept {
    Block* const guard = Block::before(block);
    if (guard == nullptr || !guard->end()) return refuse(block, layout);
    if (!(guard->layout() == layout)) report(guard->describe(Kind::WrongLayout, layout));
    guard->fillFreed();
    checked(*guard);
    release(m_quarantine.exchange(*guard, m_options.quarantine));
  }

  [[nodiscard]] void* realloc(void* block, Layout old, std::size_t newSize) const noexcept {
    Block* const guard = Block::before(block);
    if (guard == nullptr || !guard->is(Block::State::Live)) {
      refuse(block, old);
      return nullptr;
    }
    const std::optional<Layout> layout = Layout::from(newSize, guard->layout().align());
    void* const moved = layout ? alloc(*layout) : nullptr;
    if (moved == nullptr) return nullptr;
    std::memcpy(moved, block, std::min(guard->layout().size(), newSize));
    dealloc(block, old);
    return moved;
  }

  [[nodiscard]] bool owns(const void* block, Layout layout) const noexcept requires detail::HasOwns<const A> {
    const auto whole = Block::wholeLayout(layout);
    return whole && m_inner.owns(static_cast<const std::byte*>(block) - Block::offset(layout), *whole);
  }

  /// Looks at a live block now, instead of at its end.
  void check(const void* block) const noexcept {
    Block* const guard = Block::before(block);
    if (guard == nullptr || !guard->is(Block::State::Live)) return refuse(block, Layout::fromUnchecked(0, 1));
    checked(*guard);
  }

  /// Looks at the blocks in the quarantine, and gives them back.
  void flush() const noexcept { release(m_quarantine.takeAll()); }

  [[nodiscard]] const A& inner() const noexcept { return m_inner; }

 private:
  void report(const GuardReport& found) const noexcept {
    m_options.report(found);
    if (m_options.then == GuardOptions::Then::Abort) std::abort();
  }

  void checked(Block& guard) const noexcept {
    guard.check([this](const GuardReport& found) { report(found); });
  }

  /// No live block. Of one that never was, or is overwritten, nothing is known.
  void refuse(const void* block, Layout given) const noexcept {
    Block* const guard = Block::before(block);
    const bool freed = guard != nullptr && guard->is(Block::State::Freed);
    report(freed ? guard->describe(Kind::DoubleFree, given)
                 : GuardReport{.kind = Kind::NotABlock, .block = block, .allocated = given, .given = given});
  }

  void release(Block* guards) const noexcept {
    while (guards != nullptr) {
      Block& guard = *guards;
      guards = guard.next;
      checked(guard);
      Inner::dealloc(m_inner, guard.whole(), *Block::wholeLayout(guard.layout()));
    }
  }

  [[no_unique_address]] A m_inner{};
  GuardOptions m_options;
  mutable detail::GuardQuarantine<Block> m_quarantine;
};

}  // namespace heaptap
