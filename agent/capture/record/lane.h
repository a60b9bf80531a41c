// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "agent/capture/record/clock.h"
#include "agent/capture/record/connection.h"
#include "agent/capture/record/context.h"
#include "agent/capture/record/landmark.h"
#include "agent/capture/record/mappings.h"
#include "agent/capture/record/record_events.h"
#include "agent/capture/record/restrictions.h"
#include "agent/capture/record/walk_tables.h"
#include "agent/capture/tables/shared_view.h"
#include "agent/wire/slack.h"

namespace heaptap::capture {

inline std::uint64_t addressOf(const void* block) { return reinterpret_cast<std::uintptr_t>(block); }

/// wire::kControl… bits.
inline std::uint32_t control() { return g_connection.header->control.load(std::memory_order_relaxed); }

/// The calling thread's way to write, for the time of one event. A signal handler that interrupts it gets
/// the next lane; there are two, and further contexts with two each.
///
/// Which lanes are taken is no count, as a jump out of the hook (a handler that recovers from an overflow of
/// the stack) would leave it behind. A lane is taken by a word that the Lane keeps on the stack: one whose
/// word is gone, or lies where the thread's stack has shrunk from, is free again. One that may go on some day
/// is never given to another hook.
class Lane {
 public:
  enum class For : std::uint8_t { Event, EndOfCall };

  /// `purpose` EndOfCall: for the end of one of the calls that are open, which the caller names itself.
  explicit Lane(For purpose = For::Event) : m_context(contextOfThisThread(&m_unusable)) {
    if (m_context == nullptr) return;
    m_mark = markOf(reinterpret_cast<std::uintptr_t>(&m_mark), ++m_context->taken);
    const std::uint64_t holder = m_context->holders[0].load(std::memory_order_relaxed);
    const std::uint64_t open = purpose == For::Event ? m_context->open.count : 0;
    if ((holder | open) == 0) [[likely]]
      hold(0);
    else
      takeAnother(purpose);
  }
  ~Lane() {
    if (!usable()) return;
    std::atomic_signal_fence(std::memory_order_release);
    m_context->holders[m_number].store(0, std::memory_order_relaxed);
  }
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  [[nodiscard]] bool usable() const { return m_number < wire::kStreamsPerThread; }
  [[nodiscard]] bool hasContext() const { return m_context != nullptr; }
  [[nodiscard]] ThreadContext& context() const { return *m_context; }
  [[nodiscard]] std::uint32_t number() const { return m_number; }

  /// Where to count what was not written.
  [[nodiscard]] wire::DropCounters& dropped() const {
    return countersOf(usable() ? reasonOfNoRoom() : m_unusable);
  }
  /// The same for a call that cannot begin, or whose end cannot go where its begin is.
  [[nodiscard]] wire::DropCounters& droppedCall() const { return countersOf(m_unusable); }

  /// A call begins, of which there will be an end. Before its event is written: a jump may come between. Not
  /// recorded: there is no room for it.
  [[nodiscard]] OpenToken beginCall(OpenCalls::Kind kind, const void* block, BlockTags::Tag tag,
                                    const CallSite& site) const {
    if (!usable() || m_context->open.count == OpenCalls::kMost) return {};
    const OpenToken token(m_context->slotIndex, m_number, m_context->open.count);
    m_context->open.begin({.kind = kind,
                           .lane = static_cast<std::uint8_t>(m_number),
                           .tag = tag,
                           .address = addressOf(block),
                           .frame = {site.at, site.pc}});
    return token;
  }
  /// It has ended. False: its end cannot go where its begin is.
  [[nodiscard]] bool endCall(const OpenToken& token) const {
    if (m_context == nullptr || m_context->slotIndex != token.slot()) return false;
    m_context->open.endFrom(token.level());
    return usable() && m_number == token.lane();
  }

  /// A free or the begin of a realloc, and their like: 16 bytes; 8 for a free that shares its stamp with the
  /// event before it.
  bool writeBlock(wire::EventKind kind, unsigned level, const Deallocation& d, unsigned extra = 0) const {
    const std::uint64_t stamp = now();
    const std::uint64_t address = addressOf(d.block);
    if (kind == wire::EventKind::Free && mayBeShort(stamp, address)) {
      const std::uint64_t words[] = {wire::shortWord(wire::EventKind::ShortFree, address, d.origin, extra)};
      return writeShort(true, words);
    }
    const std::uint64_t words[] = {wire::headWord(stamp, level, kind),
                                   wire::addressWord(address, d.origin, extra)};
    return write(true, words);
  }

  /// What happens rarely, so that its time may as well be exact: 16 bytes.
  bool writeRare(wire::RareKind kind, unsigned level, std::uint64_t address,
                 wire::Origin origin = wire::Origin::Unknown) const {
    if (m_number == 0) m_context->stamps.forget();
    const std::uint64_t words[] = {wire::headWord(now(), level, wire::EventKind::Rare),
                                   wire::rareWord(kind, address, origin)};
    return write(true, words);
  }

  /// A free or the begin of a realloc with what can be said beyond. `also`: more wire::kGiven… bits.
  [[gnu::noinline]] bool writeBlockFrom(wire::EventKind kind, unsigned level, const Deallocation& d,
                                        const CallSite* site, unsigned also = 0) const {
    const std::uint64_t stamp = now();
    const bool declares = wire::declaresSize(d.origin);
    const bool declaresAlign = wire::declaresAlign(d.origin);
    const unsigned given = (site != nullptr ? wire::kGivenStack : 0) | (declares ? wire::kGivenSize : 0) |
                           (declaresAlign ? wire::kGivenAlign : 0) | also;
    const std::uint64_t declared = d.declared < wire::kMaxDeclaredSize ? d.declared : wire::kMaxDeclaredSize;
    const std::uint64_t words[] = {
        wire::headWord(stamp, level, kind),
        wire::addressWord(addressOf(d.block), d.origin, declaresAlign ? d.alignLog2 : 0),
        wire::stackWord(site != nullptr ? stackOf(*site) : 0, given, declares ? declared : 0)};
    return write(true, words);
  }

  bool writeAllocation(wire::EventKind kind, wire::EventKind largeKind, unsigned level, const Allocation& a,
                       const CallSite& site) const {
    // The stamp first: the processor walks the stack while it waits for the clock. No other thread can free
    // the block before this event is published.
    const std::uint64_t stamp = now();
    const std::uint32_t stack = stackOf(site);
    const unsigned slack =
        a.usableSize != nullptr ? wire::packSlack(a.size, a.usableSize(a.block)) : wire::kUnknownSlack;
    if (kind == wire::EventKind::Alloc && a.size <= 0xFFFF'FFFF && mayBeShort(stamp, addressOf(a.block))) {
      const std::uint64_t words[] = {
          wire::shortWord(wire::EventKind::ShortAlloc, addressOf(a.block), a.origin, a.alignLog2),
          wire::stackWord(stack, slack, a.size)};
      return writeShort(false, words);
    }
    const std::uint64_t address = wire::addressWord(addressOf(a.block), a.origin, a.alignLog2);
    if (a.size > 0xFFFF'FFFF) {
      const std::uint64_t words[] = {wire::headWord(stamp, level, largeKind), address,
                                     wire::stackWord(stack, slack, 0), a.size};
      return write(false, words);
    }
    const std::uint64_t words[] = {wire::headWord(stamp, level, kind), address,
                                   wire::stackWord(stack, slack, a.size)};
    return write(false, words);
  }

  /// A block of a heap beside malloc's begins: 32 bytes.
  bool writeHeapBlock(std::uint32_t heap, const void* block, std::size_t size, const CallSite& site) const {
    const std::uint64_t stamp = now();
    const std::uint64_t words[] = {wire::headWord(stamp, 0, wire::EventKind::HeapAlloc),
                                   wire::addressWord(addressOf(block), wire::Origin::CustomAllocate, 0),
                                   wire::stackWord(stackOf(site), wire::kUnknownSlack, 0),
                                   wire::heapWord(heap, size)};
    return write(false, words);
  }
  /// It ends: 24 bytes.
  bool writeHeapFree(std::uint32_t heap, const void* block, const CallSite& site) const {
    const std::uint64_t stamp = now();
    const std::uint64_t words[] = {wire::headWord(stamp, 0, wire::EventKind::HeapFree),
                                   wire::addressWord(addressOf(block), wire::Origin::CustomFree, 0),
                                   wire::stackWord(stackOf(site), wire::kGivenStack, heap)};
    return write(true, words);
  }

  /// The process's mappings change: 32 bytes.
  bool writeMap(unsigned level, wire::MapChange change, const MappedRange& range, wire::Origin origin,
                const CallSite& site) const {
    const std::uint64_t stamp = now();
    const std::uint64_t words[] = {wire::headWord(stamp, level, wire::EventKind::Map),
                                   wire::addressWord(addressOf(range.start), origin, 0),
                                   wire::stackWord(stackOf(site), static_cast<unsigned>(change), 0),
                                   range.bytes};
    const bool begins = change == wire::MapChange::Mapped || change == wire::MapChange::MappedOver;
    return write(!begins, words);
  }

 private:
  /// After the allocator has handed out the block, or the program has handed over the one to free.
  [[nodiscard]] std::uint64_t now() const {
    if ((control() & wire::kControlRestricted) != 0) return restrictedNow();
    if (m_number == 0 && recordsAlone()) return m_context->stamps.next(*g_connection.header, g_clock);
    // A handler's event, which the lane that it has interrupted must not fall behind.
    if (m_number != 0) m_context->stamps.forget();
    return ticksNow(g_clock);
  }

  [[gnu::noinline]] std::uint64_t restrictedNow() const {
    const std::uint32_t restrictions = m_context->restrictions->load(std::memory_order_relaxed);
    if ((restrictions & wire::kNoSystemCalls) != 0) g_rules.mapNoMore();
    return ticksUnder(restrictions, m_context->stampFloor);
  }

  [[nodiscard]] std::uint32_t stackOf(const CallSite& site) const {
    return currentStack(m_context->walkers[m_number], walkTables(), site, m_context->own);
  }

  template <std::size_t N>
  bool write(bool forFree, const std::uint64_t (&words)[N]) const {
    return m_context->streams[m_number].write(g_connection.header, m_context->stall, forFree, words);
  }
  template <std::size_t N>
  bool writeShort(bool forFree, const std::uint64_t (&words)[N]) const {
    return m_context->streams[m_number].writeShort(g_connection.header, m_context->stall, forFree, words);
  }
  [[nodiscard]] bool mayBeShort(std::uint64_t stamp, std::uint64_t address) const {
    return m_context->streams[m_number].endsAt(stamp) && wire::isShortAddress(address);
  }

  [[nodiscard]] wire::DropReason reasonOfNoRoom() const {
    const std::uint32_t restrictions = m_context->restrictions->load(std::memory_order_relaxed);
    return (restrictions & wire::kNoSystemCalls) != 0 ? wire::DropReason::Sandbox
                                                      : g_connection.header->noRoom;
  }
  [[nodiscard]] wire::DropCounters& countersOf(wire::DropReason reason) const {
    const auto index = static_cast<std::size_t>(reason);
    if (m_context == nullptr) return g_connection.header->droppedWithoutThread[index];
    return SharedView(g_connection.header).slot(m_context->slotIndex).dropped[index];
  }

  static constexpr std::uint32_t kNone = wire::kStreamsPerThread;
  /// A stream that was left between two chunks: its lane is never free again.
  static constexpr std::uint64_t kRetired = ~std::uint64_t{0};
  // turn:20 | address / 8:44
  static constexpr unsigned kTurnShift = 44;
  static std::uint64_t markOf(std::uint64_t at, std::uint64_t turn) { return turn << kTurnShift | at >> 3; }
  static Landmark landmarkOf(std::uint64_t mark) {
    return {(mark & ((std::uint64_t{1} << kTurnShift) - 1)) << 3, mark};
  }
  [[nodiscard]] std::uint64_t here() const { return reinterpret_cast<std::uintptr_t>(&m_mark); }

  void hold(std::uint32_t number) {
    m_number = number;
    std::atomic_signal_fence(std::memory_order_release);  // The mark is there first.
    m_context->holders[number].store(m_mark, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);
  }
  void takeAnother(For purpose);
  bool takeIn(ThreadContext& context);
  bool takeBeside();
  bool reclaim(ThreadContext& context, std::uint32_t number, Presence presence) const;
  void closeAbandoned() const;

  wire::DropReason m_unusable = wire::DropReason::Nesting;  ///< Why it is, or a call has no place here.
  ThreadContext* m_context;
  std::uint32_t m_number = kNone;
  alignas(8) volatile std::uint64_t m_mark = 0;
};

inline void countDroppedAllocation(wire::DropCounters& dropped, std::size_t size) {
  dropped.allocations.fetch_add(1, std::memory_order_relaxed);
  dropped.bytes.fetch_add(size, std::memory_order_relaxed);
}
inline void countDroppedFree(wire::DropCounters& dropped) {
  dropped.frees.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace heaptap::capture
