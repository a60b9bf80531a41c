// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/match/block_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>

namespace heaptap::relay {
namespace {

/// Empty pages that are kept for the next use, whatever its size: so many, and one for so many that are in
/// use.
constexpr std::size_t kKeptPages = 16;
constexpr std::size_t kUsedPerKeptPage = 16;

}  // namespace

BlockMemory::~BlockMemory() {
  for (const Mapping& mapping : m_mappings) munmap(mapping.base, mapping.bytes);
}

BlockMemory::Ref BlockMemory::allocate(std::size_t bytes) {
  const std::uint16_t sizeClass = classOf(bytes);
  std::uint32_t index = m_withRoom[sizeClass].first;
  if (index == kNoPage) index = takePage(sizeClass);
  Page& page = m_pages[index];
  Ref ref = page.free;
  if (ref != kNone) {
    std::memcpy(&page.free, at(ref), sizeof page.free);
  } else {
    ref = firstOf(index) + static_cast<Ref>(page.begun * bytesOf(sizeClass) / kUnitBytes);
    ++page.begun;
  }
  ++page.used;
  if (page.free == kNone && page.begun == piecesOf(sizeClass)) unlink(m_withRoom[sizeClass], index);
  return ref;
}

void BlockMemory::free(Ref ref) {
  const std::uint32_t index = ref >> kPageBits;
  Page& page = m_pages[index];
  const bool hadRoom = page.free != kNone || page.begun < piecesOf(page.sizeClass);
  std::memcpy(at(ref), &page.free, sizeof page.free);
  page.free = ref;
  PageList& withRoom = m_withRoom[page.sizeClass];
  if (!hadRoom) link(withRoom, index);
  if (--page.used != 0) return;
  unlink(withRoom, index);
  givePage(index);
}

void BlockMemory::link(PageList& list, std::uint32_t page) {
  m_pages[page].before = kNoPage;
  m_pages[page].after = list.first;
  (list.first == kNoPage ? list.last : m_pages[list.first].before) = page;
  list.first = page;
}

void BlockMemory::unlink(PageList& list, std::uint32_t page) {
  const Page& leaving = m_pages[page];
  (leaving.before == kNoPage ? list.first : m_pages[leaving.before].after) = leaving.after;
  (leaving.after == kNoPage ? list.last : m_pages[leaving.after].before) = leaving.before;
}

std::uint32_t BlockMemory::takePage(std::uint16_t sizeClass) {
  std::uint32_t index = m_emptied.first;
  if (index != kNoPage)
    unlink(m_emptied, index);
  else
    index = backPage();
  slabOf(index).freePages &= ~bitOf(index);
  ++m_usedPages;
  m_pages[index] = {.sizeClass = sizeClass};
  link(m_withRoom[sizeClass], index);
  return index;
}

std::uint32_t BlockMemory::backPage() {
  const auto withoutMemory = [](const Slab& slab) { return slab.freePages & ~slab.backedPages; };
  while (m_firstFreeSlab < m_slabs.size() && withoutMemory(m_slabs[m_firstFreeSlab]) == 0) ++m_firstFreeSlab;
  if (m_firstFreeSlab == m_slabs.size()) addSlabs();
  Slab& slab = m_slabs[m_firstFreeSlab];
  const int position = std::countr_zero(withoutMemory(slab));
  slab.backedPages |= 1U << position;
  ++m_backedPages;
  return static_cast<std::uint32_t>(m_firstFreeSlab * kPagesPerSlab + static_cast<unsigned>(position));
}

void BlockMemory::givePage(std::uint32_t index) {
  slabOf(index).freePages |= bitOf(index);
  --m_usedPages;
  link(m_emptied, index);
  if (m_backedPages - m_usedPages > kKeptPages + m_usedPages / kUsedPerKeptPage) giveBack(m_emptied.last);
}

/// With all of its slab where that is empty: in one call, as it may be one huge page.
void BlockMemory::giveBack(std::uint32_t index) {
  Slab& slab = slabOf(index);
  m_firstFreeSlab = std::min<std::size_t>(m_firstFreeSlab, index / kPagesPerSlab);
  if (slab.freePages != ~std::uint32_t{0}) {
    unlink(m_emptied, index);
    slab.backedPages &= ~bitOf(index);
    --m_backedPages;
    madvise(slab.base + index % kPagesPerSlab * kPageBytes, kPageBytes, MADV_DONTNEED);
    return;
  }
  const auto first = static_cast<std::uint32_t>(index / kPagesPerSlab * kPagesPerSlab);
  for (std::uint32_t backed = slab.backedPages; backed != 0; backed &= backed - 1)
    unlink(m_emptied, first + static_cast<std::uint32_t>(std::countr_zero(backed)));
  m_backedPages -= static_cast<std::size_t>(std::popcount(slab.backedPages));
  slab.backedPages = 0;
  madvise(slab.base, kSlabBytes, MADV_DONTNEED);
}

void BlockMemory::addSlabs() {
  constexpr std::size_t kBytes = (kSlabsPerMapping + 1) * kSlabBytes;
  if (m_slabs.size() + kSlabsPerMapping > std::size_t{1} << (32 - kSlabBits)) throw std::bad_alloc();
  void* const mapped =
      mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  m_mappings.push_back({mapped, kBytes});
  char* base = static_cast<char*>(mapped);
  base += -reinterpret_cast<std::uintptr_t>(base) % kSlabBytes;
  for (std::size_t i = 0; i < kSlabsPerMapping; ++i, base += kSlabBytes) {
    if (m_slabs.size() >= kFirstHugeSlab) madvise(base, kSlabBytes, MADV_HUGEPAGE);
    m_slabs.push_back({.base = base});
  }
  m_pages.resize(m_slabs.size() * kPagesPerSlab);
  // Ref 0 means none: the page that it would be in stays unused.
  if (m_slabs.size() == kSlabsPerMapping) m_slabs.front().freePages &= ~std::uint32_t{1};
}

}  // namespace heaptap::relay
