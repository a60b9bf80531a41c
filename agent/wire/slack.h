// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>

/// Over-allocation in 8 bits: how much larger a block is (malloc_usable_size) than what was asked for.
///
/// Allocators hand out multiples of 8 bytes, so what counts is the usable size in words of 8 bytes beyond
/// those that the request fills. Up to 127 words that is exact; then a number with a mantissa of 3 bits,
/// rounded to the nearest: 1/16 of the slack off at most. Units: bytes, unless said otherwise.
namespace heaptap::wire {

inline constexpr std::uint64_t kSlackWord = 8;
inline constexpr unsigned kExactSlackWords = 128;
inline constexpr unsigned kMaxSlack = 0xFE;      ///< 60 MiB, or more.
inline constexpr unsigned kUnknownSlack = 0xFF;  ///< The allocator does not say.

/// `usable` 0: unknown.
constexpr unsigned packSlack(std::uint64_t requested, std::uint64_t usable) {
  if (usable == 0) return kUnknownSlack;
  const std::uint64_t filled = requested / kSlackWord + (requested % kSlackWord != 0 ? 1 : 0);
  const std::uint64_t words = usable / kSlackWord > filled ? usable / kSlackWord - filled : 0;
  if (words < kExactSlackWords) return static_cast<unsigned>(words);
  const unsigned octave = static_cast<unsigned>(std::bit_width(words / kExactSlackWords)) - 1;
  const std::uint64_t eighths = (words >> (octave + 4)) + (words >> (octave + 3) & 1);  // 8 to 16
  const std::uint64_t packed = kExactSlackWords + std::uint64_t{octave} * 8 + (eighths - 8);
  return packed < kMaxSlack ? static_cast<unsigned>(packed) : kMaxSlack;
}

/// Bytes that a block of `requested` bytes with this packed slack has beyond them. Not for kUnknownSlack.
constexpr std::uint64_t slackBytes(std::uint64_t requested, unsigned packed) {
  std::uint64_t words = packed;
  if (packed >= kExactSlackWords) {
    const unsigned octave = (packed - kExactSlackWords) / 8;
    words = (8 + (packed - kExactSlackWords) % 8) * std::uint64_t{16} << octave;
  }
  return words * kSlackWord + (kSlackWord - requested % kSlackWord) % kSlackWord;
}

}  // namespace heaptap::wire
