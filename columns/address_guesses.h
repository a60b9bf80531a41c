// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace heaptap::columns {

/// Guesses the address of an allocation from the events before it in its batch, so that a byte tells most of
/// them. An allocator hands out again what a thread has freed last, of the same size; what is fresh lies
/// behind the fresh block before. Whoever writes a batch and whoever reads it ask the same questions, and so
/// guess the same.
///
/// Part of the format (ingest.proto, EventBatch.guess): a change needs another value of EventBatch.form.
/// Units: bytes; `chunk` is chunkBytes() of the pair. Threads: one at a time. Cost: 160 KiB.
class AddressGuesses {
 public:
  /// What a byte of EventBatch.guess says.
  static constexpr std::uint8_t kTold = 0;    ///< It could not be guessed: it is told.
  static constexpr std::uint8_t kBehind = 1;  ///< Behind the fresh block before, of the thread.
  static constexpr std::uint8_t kStep =
      2;  ///< As far from the fresh block before, of this size, as that from the next.
  static constexpr std::uint8_t kReused =
      3;  ///< The block that was freed last, of this thread and size; or the one before, …
  static constexpr std::uint8_t kRecent = 16;  ///< … up to so many.
  static constexpr std::uint8_t kCodes = kReused + kRecent;

  AddressGuesses() : m_sizes(kSlots) {}

  /// A batch begins: nothing of the ones before is known.
  void begin() {
    m_behind.fill(0);
    ++m_batch;
  }

  /// How the address of an allocation is told.
  std::uint8_t codeOf(std::uint32_t thread, std::uint32_t chunk, std::uint64_t address) {
    OfSize& size = of(thread, chunk);
    const auto newest = size.freed.begin() + size.count;
    for (auto at = newest; at != size.freed.begin();) {
      if (*--at != address) continue;
      const auto rank = static_cast<std::uint8_t>(newest - at - 1);
      size.remove(at);
      return static_cast<std::uint8_t>(kReused + rank);
    }
    const std::uint8_t code = address == m_behind[thread % kThreads] ? kBehind
                              : address == size.fresh + size.step    ? kStep
                                                                     : kTold;
    fresh(size, thread, chunk, address);
    return code;
  }

  /// The address that a code tells; `told` where it is kTold.
  /// False: there is no such block.
  bool resolve(std::uint32_t thread, std::uint32_t chunk, std::uint8_t code, std::uint64_t told,
               std::uint64_t& address) {
    OfSize& size = of(thread, chunk);
    if (code >= kReused) {
      const std::uint32_t rank = code - kReused;
      if (rank >= size.count) return false;
      const auto at = size.freed.begin() + (size.count - 1 - rank);
      address = *at;
      size.remove(at);
      return true;
    }
    address = code == kBehind ? m_behind[thread % kThreads] : code == kStep ? size.fresh + size.step : told;
    fresh(size, thread, chunk, address);
    return true;
  }

  /// A block was freed that the batch has allocated.
  void freed(std::uint32_t thread, std::uint32_t chunk, std::uint64_t address) {
    OfSize& size = of(thread, chunk);
    if (size.count == kRecent) size.remove(size.freed.begin());
    size.freed[size.count++] = address;
  }

 private:
  static constexpr std::size_t kSlots = 1024;
  static constexpr std::size_t kThreads = 64;

  /// Blocks of a thread and size. Some share one: their guesses are worse.
  struct OfSize {
    std::array<std::uint64_t, kRecent> freed;  ///< The oldest first.
    std::uint64_t fresh = 0;                   ///< The last one that was not handed out again.
    std::uint64_t step = 0;                    ///< From the one before.
    std::uint32_t count = 0;
    std::uint32_t batch = 0;

    void remove(std::uint64_t* at) {
      std::copy(at + 1, freed.data() + count, at);
      --count;
    }
  };

  /// In fine steps up to 1 KiB, above in four of each power of two.
  static std::uint32_t classOf(std::uint32_t chunk) {
    if (chunk < 1024) return chunk / 16;
    const auto width = static_cast<std::uint32_t>(std::bit_width(chunk));
    return 64 + (width - 11) * 4 + (chunk >> (width - 3) & 3);
  }
  OfSize& of(std::uint32_t thread, std::uint32_t chunk) {
    OfSize& size = m_sizes[(thread * 151 + classOf(chunk)) % kSlots];
    if (size.batch != m_batch) size = {.freed = size.freed, .batch = m_batch};
    return size;
  }
  void fresh(OfSize& size, std::uint32_t thread, std::uint32_t chunk, std::uint64_t address) {
    m_behind[thread % kThreads] = address + chunk;
    size.step = address - size.fresh;
    size.fresh = address;
  }

  std::vector<OfSize> m_sizes;
  std::array<std::uint64_t, kThreads> m_behind{};
  std::uint32_t m_batch = 1;
};

}  // namespace heaptap::columns
