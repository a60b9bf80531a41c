// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/memory/own_memory.h"

#include <atomic>

#include "agent/capture/system/kernel.h"

// Of newer headers than some systems have. Older kernels take it for a hint, and put the memory elsewhere.
#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

namespace heaptap::capture {
namespace {

struct Area {
  std::atomic<std::uint64_t> start;
  std::atomic<std::uint64_t> bytes;  ///< Written last (release); 0: none.
};

// Between where the kernel puts programs with their heaps and where it puts everything else.
constexpr std::uint64_t kLowest = 0x6000'0000'0000;
constexpr std::uint64_t kPieceBytes = 1ULL << 38;
constexpr unsigned kPieces = 32;
constexpr std::size_t kMostAreas = 64;

constinit std::atomic<std::uint64_t> g_piece{0};  // Where private memory lies; 0: not decided.
constinit std::atomic<std::uint64_t> g_used{0};   // Bytes of it. Only grows.
constinit wire::Header* g_header = nullptr;
constinit Area g_elsewhere[kMostAreas] = {};
constinit std::atomic<std::uint32_t> g_areas{0};

std::uint64_t wholePages(std::uint64_t bytes) {
  return (bytes + wire::kPage - 1) / wire::kPage * wire::kPage;
}

bool isError(long result) { return result < 0 && result > -4096; }
std::uint64_t addressOf(const void* at) { return reinterpret_cast<std::uintptr_t>(at); }

// Where the program wants all its future memory locked, new memory would be made real at once and count
// against RLIMIT_MEMLOCK. A page that is unlocked and then grown stays what it is (mm/mremap.c).
constexpr long kOnePage = wire::kPage;

// Null on failure. `at`: there and nowhere else; 0: anywhere.
void* mapUnlocked(std::uint64_t at, std::size_t bytes, int flags, int descriptor, std::uint64_t offset) {
  const long place = static_cast<long>(at);
  const long first =
      arch::systemCall(SYS_mmap, place, kOnePage, PROT_READ | PROT_WRITE,
                       flags | (at != 0 ? MAP_FIXED_NOREPLACE : 0), descriptor, static_cast<long>(offset));
  if (isError(first)) return nullptr;
  const auto giveUp = [first]() -> void* {
    arch::systemCall(SYS_munmap, first, kOnePage);
    return nullptr;
  };
  if (at != 0 && first != place) return giveUp();
  arch::systemCall(SYS_munlock, first, kOnePage);
  const auto length = static_cast<long>(bytes);
  const long all = bytes <= wire::kPage
                       ? first
                       : arch::systemCall(SYS_mremap, first, kOnePage, length, at != 0 ? 0 : MREMAP_MAYMOVE);
  if (isError(all)) return giveUp();
  arch::systemCall(SYS_madvise, all, length, MADV_DONTDUMP);
  return reinterpret_cast<void*>(all);
}

constexpr int kPrivate = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

void tellRelay(std::uint64_t start, std::uint64_t bytes) {
  if (g_header == nullptr) return;
  const std::uint32_t index = g_header->ownAreaCount.fetch_add(1, std::memory_order_relaxed);
  if (index >= wire::kMaxOwnAreas) return;  // It counts as the program's.
  g_header->ownAreas[index].start.store(start, std::memory_order_relaxed);
  g_header->ownAreas[index].bytes.store(bytes, std::memory_order_release);
}

void noteElsewhere(std::uint64_t start, std::uint64_t bytes) {
  const std::uint32_t index = g_areas.fetch_add(1, std::memory_order_relaxed);
  if (index >= kMostAreas) return;
  g_elsewhere[index].start.store(start, std::memory_order_relaxed);
  g_elsewhere[index].bytes.store(bytes, std::memory_order_release);
}

// A place of its own in the piece; 0 when there is none left.
std::uint64_t reservePlace(std::size_t bytes, std::uint64_t alignment) {
  const std::uint64_t piece = g_piece.load(std::memory_order_acquire);
  if (piece == 0) return 0;
  std::uint64_t used = g_used.load(std::memory_order_relaxed);
  std::uint64_t from = 0;
  do {
    from = (used + alignment - 1) / alignment * alignment;
    if (from + bytes > kPieceBytes) return 0;
  } while (!g_used.compare_exchange_weak(used, from + bytes, std::memory_order_relaxed));
  return piece + from;
}

// The area of the piece is the header's first. Forked children have it at the same place; the largest counts.
void noteUsed() {
  if (g_header == nullptr) return;
  const std::uint64_t used = g_used.load(std::memory_order_relaxed);
  std::uint64_t told = g_header->ownAreas[0].bytes.load(std::memory_order_relaxed);
  while (told < used && !g_header->ownAreas[0].bytes.compare_exchange_weak(told, used)) continue;
}

void* takeAnywhere(std::size_t bytes, std::uint64_t alignment) {
  const std::size_t more = bytes + (alignment > wire::kPage ? alignment : 0);
  void* const room = mapUnlocked(0, more, kPrivate, -1, 0);
  if (room == nullptr) return nullptr;
  const std::size_t before = (alignment - addressOf(room) % alignment) % alignment;
  char* const at = static_cast<char*>(room) + before;
  if (before != 0) kernel::unmap(room, before);
  if (const std::size_t behind = more - before - bytes; behind != 0) kernel::unmap(at + bytes, behind);
  noteElsewhere(addressOf(at), bytes);
  tellRelay(addressOf(at), bytes);
  return at;
}

template <class Visit>
void forEachElsewhere(Visit&& visit) {
  const std::uint32_t areas = g_areas.load(std::memory_order_relaxed);
  for (std::uint32_t i = 0; i < areas && i < kMostAreas; ++i)
    if (const std::uint64_t bytes = g_elsewhere[i].bytes.load(std::memory_order_acquire); bytes != 0)
      visit(g_elsewhere[i].start.load(std::memory_order_relaxed), bytes);
}

}  // namespace

void openOwnMemory(wire::Header* header) {
  g_header = header;
  tellRelay(0, 0);  // The first area: of the piece.
  // One of some places, as the kernel chose that of the shared memory: by chance.
  const std::uint64_t chance = addressOf(header) >> 12 & (kPieces - 1);
  const std::uint64_t piece = kLowest + chance * kPieceBytes + (addressOf(header) >> 17 & 0xFFF) * (2U << 20);
  header->ownAreas[0].start.store(piece, std::memory_order_relaxed);
  g_piece.store(piece, std::memory_order_release);
}

void* takeOwnMemory(std::size_t wanted, OwnPages pages) {
  const std::size_t bytes = wholePages(wanted);
  const bool isHuge = pages == OwnPages::Huge && bytes % kernel::kHugePage == 0;
  const std::uint64_t alignment = isHuge ? kernel::kHugePage : wire::kPage;
  void* at = nullptr;
  if (const std::uint64_t place = reservePlace(bytes, alignment); place != 0) {
    at = mapUnlocked(place, bytes, kPrivate, -1, 0);
    if (at != nullptr) noteUsed();
  }
  if (at == nullptr) at = takeAnywhere(bytes, alignment);
  if (at == nullptr) return nullptr;
  arch::systemCall(SYS_madvise, kernel::asWord(at), static_cast<long>(bytes),
                   isHuge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
  return at;
}

void giveOwnMemoryBack(void* at, std::size_t bytes) {
  const std::uint32_t areas = g_areas.load(std::memory_order_relaxed);
  for (std::uint32_t i = 0; i < areas && i < kMostAreas; ++i)
    if (g_elsewhere[i].start.load(std::memory_order_relaxed) == addressOf(at))
      g_elsewhere[i].bytes.store(0, std::memory_order_release);
  kernel::unmap(at, wholePages(bytes));
}

void* mapShared(int descriptor, std::uint64_t offset, std::size_t bytes) {
  void* const at = mapUnlocked(0, bytes, MAP_SHARED, descriptor, offset);
  if (at != nullptr) noteElsewhere(addressOf(at), bytes);
  return at;
}

bool isOwnMemory(std::uint64_t address) {
  const std::uint64_t piece = g_piece.load(std::memory_order_acquire);
  bool isOwn = piece != 0 && address - piece < g_used.load(std::memory_order_relaxed);
  forEachElsewhere([&](std::uint64_t start, std::uint64_t bytes) { isOwn |= address - start < bytes; });
  return isOwn;
}

void unlockOwnMemory() {
  const auto unlock = [](std::uint64_t start, std::uint64_t bytes) {
    arch::systemCall(SYS_munlock, static_cast<long>(start), static_cast<long>(bytes));
  };
  forEachElsewhere(unlock);
  const std::uint64_t piece = g_piece.load(std::memory_order_acquire);
  const std::uint64_t used = piece != 0 ? g_used.load(std::memory_order_relaxed) : 0;
  // In steps, as a hole (what was given back) ends the call.
  constexpr std::uint64_t kStep = 16 * wire::kPage;
  for (std::uint64_t at = 0; at < used; at += kStep)
    unlock(piece + at, used - at < kStep ? used - at : kStep);
}

}  // namespace heaptap::capture
