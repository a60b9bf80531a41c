// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/call_stack.h>
#include <heaptap/alloc/guard_report.h>
#include <heaptap/alloc/layout.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <optional>
#include <span>

namespace heaptap::detail {

inline constexpr std::uint8_t kBeforeFill = 0xFB;
inline constexpr std::uint8_t kAfterFill = 0xFE;
inline constexpr std::uint8_t kFreshFill = 0xCD;
inline constexpr std::uint8_t kFreedFill = 0xDD;

/// What stands before a guarded block:
///
///     whole: 0xFB … | GuardBlock | 0xFB × 16 | block | 0xFE × 16 or more
///
/// It is found from the block alone, so that a wrong layout is noticed. The state is what lies nearest to the
/// block.
template <std::size_t Frames>
class alignas(16) GuardBlock {
 public:
  enum class State : std::uint64_t { Live = 0x4c69766568656170, Freed = 0x4672656568656170 };

  static constexpr std::size_t kPadding = 16;

  /// Bytes from the beginning of the whole to the block.
  static constexpr std::size_t offset(Layout layout) noexcept {
    const std::size_t align = std::max(layout.align(), alignof(GuardBlock));
    return (sizeof(GuardBlock) + kPadding + align - 1) & ~(align - 1);
  }

  static constexpr std::optional<Layout> wholeLayout(Layout layout) noexcept {
    return Layout::from(offset(layout) + layout.size() + kPadding,
                        std::max(layout.align(), alignof(GuardBlock)));
  }

  /// Makes a live block of `whole`. Its bytes are zero already, or get the pattern of fresh memory.
  static void* begin(void* whole, Layout layout, bool zeroed) noexcept {
    auto* const bytes = static_cast<std::byte*>(whole);
    std::byte* const block = bytes + offset(layout);
    std::memset(bytes, kBeforeFill, offset(layout));
    if (!zeroed) std::memset(block, kFreshFill, layout.size());
    std::memset(block + layout.size(), kAfterFill, kPadding);
    ::new (block - kPadding - sizeof(GuardBlock)) GuardBlock(block, layout);
    return block;
  }

  /// What stands before `block`, live or not: see is(). nullptr where none can stand.
  static GuardBlock* before(const void* block) noexcept {
    if (reinterpret_cast<std::uintptr_t>(block) % alignof(GuardBlock) != 0) return nullptr;
    return reinterpret_cast<GuardBlock*>(static_cast<std::byte*>(const_cast<void*>(block)) - kPadding -
                                         sizeof(GuardBlock));
  }

  [[nodiscard]] Layout layout() const noexcept { return m_layout; }
  [[nodiscard]] std::byte* block() noexcept {
    return reinterpret_cast<std::byte*>(this) + sizeof(GuardBlock) + kPadding;
  }
  [[nodiscard]] void* whole() noexcept { return block() - offset(m_layout); }

  [[nodiscard]] bool is(State state) noexcept { return std::atomic_ref(m_state).load() == sealed(state); }

  /// Of two threads that free the same block one gets true.
  [[nodiscard]] bool end() noexcept {
    std::uint64_t live = sealed(State::Live);
    return std::atomic_ref(m_state).compare_exchange_strong(live, sealed(State::Freed));
  }

  void fillFreed() noexcept {
    m_freeDepth = captureStack(m_freeFrames);
    std::memset(block(), kFreedFill, m_layout.size());
  }

  /// Calls `report` for each part that is not as it was filled; after the block's end it is one of them.
  template <class Report>
  void check(const Report& report) noexcept {
    std::byte* const first = block();
    auto* const own = reinterpret_cast<std::byte*>(this);
    auto* const begin = static_cast<std::byte*>(whole());
    using Kind = GuardReport::Kind;
    checkFill({begin, own}, kBeforeFill, Kind::Underrun, report) &&
        checkFill({first - kPadding, first}, kBeforeFill, Kind::Underrun, report);
    if (is(State::Freed)) checkFill({first, m_layout.size()}, kFreedFill, Kind::WriteAfterFree, report);
    checkFill({first + m_layout.size(), kPadding}, kAfterFill, Kind::Overrun, report);
  }

  [[nodiscard]] GuardReport describe(GuardReport::Kind kind, Layout given) noexcept {
    return {.kind = kind,
            .block = block(),
            .allocated = m_layout,
            .given = given,
            .allocationStack = {m_allocFrames.data(), m_allocDepth},
            .freeStack = {m_freeFrames.data(), m_freeDepth}};
  }

  GuardBlock* next = nullptr;  ///< In the quarantine.

 private:
  GuardBlock(const void* block, Layout layout) noexcept : m_layout(layout) {
    m_allocDepth = captureStack(m_allocFrames);
    m_state = sealed(State::Live, block);
  }

  /// Of this block alone, with this layout: a copy of it elsewhere is none.
  std::uint64_t sealed(State state) noexcept { return sealed(state, block()); }
  std::uint64_t sealed(State state, const void* block) const noexcept {
    return (static_cast<std::uint64_t>(state) ^ reinterpret_cast<std::uintptr_t>(block)) *
               0x9e3779b97f4a7c15 ^
           m_layout.size() ^ static_cast<std::uint64_t>(m_layout.align()) << 48;
  }

  template <class Report>
  bool checkFill(std::span<std::byte> part, std::uint8_t fill, GuardReport::Kind kind,
                 const Report& report) noexcept {
    const auto wrong =
        std::find_if(part.begin(), part.end(), [fill](std::byte b) { return b != std::byte{fill}; });
    if (wrong == part.end()) return true;
    GuardReport found = describe(kind, m_layout);
    found.offset = &*wrong - block();
    found.expected = fill;
    found.found = std::to_integer<std::uint8_t>(*wrong);
    report(found);
    std::memset(part.data(), fill, part.size());  // Reported once.
    return false;
  }

  std::array<void*, Frames> m_allocFrames{};
  std::array<void*, Frames> m_freeFrames{};
  std::size_t m_allocDepth = 0;
  std::size_t m_freeDepth = 0;
  Layout m_layout;
  std::uint64_t m_state = 0;
};

}  // namespace heaptap::detail
