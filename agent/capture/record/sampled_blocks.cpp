// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/record/sampled_blocks.h"

#include "agent/capture/memory/own_memory.h"

namespace heaptap::capture {

constinit SampledBlocks g_samples;

// Small pages: few of the places are ever touched.
bool SampledBlocks::open() {
  constexpr std::size_t kPlaceBytes = firstOf(kLevels) * sizeof(std::uint64_t);
  constexpr std::size_t kBytes = kPlaceBytes + HEAPTAP_FILTER_BYTES;
  void* const memory = takeOwnMemory(kBytes);
  if (memory == nullptr) return false;
  m_places = static_cast<std::atomic<std::uint64_t>*>(memory);
  m_filter = reinterpret_cast<std::atomic<std::uint8_t>*>(static_cast<char*>(memory) + kPlaceBytes);
  return true;
}

void SampledBlocks::countUp(std::atomic<std::uint8_t>& count, std::uint8_t step) {
  std::uint8_t before = count.load(std::memory_order_relaxed);
  std::uint8_t after = 0;
  do {
    if (before == kPerhaps) return;  // For good: it is not known any more how many there are.
    after = static_cast<std::uint8_t>(before + step);
  } while (!count.compare_exchange_weak(before, after, std::memory_order_relaxed));
}

bool SampledBlocks::addTo(unsigned level, std::uint64_t address, BlockTags::Tag tag) {
  const std::uint64_t word = std::uint64_t{tag} << kTagShift | address;
  for (std::size_t probe = 0; probe < kProbes; ++probe) {
    std::atomic<std::uint64_t>& at = place(address, level, probe);
    std::uint64_t found = at.load(std::memory_order_relaxed);
    while (found == kEmpty || found == kRemoved)
      if (at.compare_exchange_weak(found, word, std::memory_order_relaxed)) return true;
  }
  return false;
}

std::optional<BlockTags::Tag> SampledBlocks::removeFrom(unsigned level, std::uint64_t address) {
  constexpr std::uint64_t kAddress = (std::uint64_t{1} << kTagShift) - 1;
  for (std::size_t probe = 0; probe < kProbes; ++probe) {
    std::atomic<std::uint64_t>& at = place(address, level, probe);
    std::uint64_t found = at.load(std::memory_order_relaxed);
    if (found == kEmpty) return {};
    // Not kEmpty: blocks further on have been put there because this place was taken.
    if ((found & kAddress) == address &&
        at.compare_exchange_strong(found, kRemoved, std::memory_order_relaxed))
      return static_cast<BlockTags::Tag>(found >> kTagShift);
  }
  return {};
}

void SampledBlocks::add(std::uint64_t address, BlockTags::Tag tag) {
  std::atomic<std::uint8_t>& count = m_filter[heaptap_filter_place(address)];
  countUp(count, 1);
  for (unsigned level = 0; level < kLevels; ++level) {
    // Before the block lies there: the thread that frees it must look that far.
    if (level > m_lastLevel.load(std::memory_order_relaxed))
      m_lastLevel.store(level, std::memory_order_relaxed);
    if (addTo(level, address, tag)) return;
  }
  count.store(kPerhaps, std::memory_order_relaxed);
}

std::optional<BlockTags::Tag> SampledBlocks::remove(std::uint64_t address) {
  std::atomic<std::uint8_t>& count = m_filter[heaptap_filter_place(address)];
  const std::uint8_t sharing = count.load(std::memory_order_relaxed);
  if (sharing == 0) return {};
  const unsigned last = m_lastLevel.load(std::memory_order_relaxed);
  for (unsigned level = 0; level <= last; ++level) {
    const std::optional<BlockTags::Tag> tag = removeFrom(level, address);
    if (!tag) continue;
    countUp(count, static_cast<std::uint8_t>(-1));
    return tag;
  }
  return sharing == kPerhaps ? std::optional(BlockTags::kUnknownTag) : std::nullopt;
}

}  // namespace heaptap::capture
