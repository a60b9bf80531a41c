// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

/// Varints and zigzag numbers as Protocol Buffers has them (Encoding, "Base 128 Varints" and "Signed
/// Integers"), for columns of millions: without a branch on the length, which no processor could foretell.
namespace heaptap {

static_assert(std::endian::native == std::endian::little);

inline constexpr std::size_t kMaxVarintBytes = 10;

constexpr std::uint64_t zigzag(std::int64_t value) {
  return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1 ^ (~(value & 1) + 1));
}

/// Writes `value` at `to`, where there must be room for kMaxVarintBytes, whatever its length.
/// Returns the place behind it.
inline char* putVarint(char* to, std::uint64_t value) {
  if (value >> 56 == 0) [[likely]] {
    // Spread out to eight groups of seven bits: halves, quarters, bytes.
    std::uint64_t x = (value & 0x0FFF'FFFF) | (value << 4 & 0x0FFF'FFFF'0000'0000);
    x = (x & 0x0000'3FFF'0000'3FFF) | (x << 2 & 0x3FFF'0000'3FFF'0000);
    x = (x & 0x007F'007F'007F'007F) | (x << 1 & 0x7F00'7F00'7F00'7F00);
    const unsigned bytes = (static_cast<unsigned>(std::bit_width(value | 1)) + 6) / 7;
    x |= 0x8080'8080'8080'8080 & ((std::uint64_t{1} << 8 * (bytes - 1)) - 1);
    std::memcpy(to, &x, sizeof(x));
    return to + bytes;
  }
  for (; value >= 0x80; value >>= 7) *to++ = static_cast<char>(value | 0x80);
  *to++ = static_cast<char>(value);
  return to;
}

/// Reads varints, one after the other.
class VarintReader {
 public:
  explicit VarintReader(std::string_view bytes) : m_at(bytes.data()), m_end(bytes.data() + bytes.size()) {}

  [[nodiscard]] bool atEnd() const { return m_at == m_end; }

  /// False at the end, and where what follows is cut off or exceeds 64 bits.
  bool next(std::uint64_t& value) {
    if (m_end - m_at >= 8) [[likely]] {
      std::uint64_t x = 0;
      std::memcpy(&x, m_at, sizeof(x));
      const std::uint64_t stops = ~x & 0x8080'8080'8080'8080;
      if (stops != 0) [[likely]] {
        x &= (stops ^ (stops - 1)) & 0x7F7F'7F7F'7F7F'7F7F;
        x = (x & 0x007F'007F'007F'007F) | (x & 0x7F00'7F00'7F00'7F00) >> 1;
        x = (x & 0x0000'3FFF'0000'3FFF) | (x & 0x3FFF'0000'3FFF'0000) >> 2;
        value = (x & 0x0FFF'FFFF) | (x & 0x0FFF'FFFF'0000'0000) >> 4;
        m_at += std::countr_zero(stops) / 8 + 1;
        return true;
      }
    }
    return nextSlowly(value);
  }

 private:
  bool nextSlowly(std::uint64_t& value) {
    std::uint64_t sum = 0;
    for (unsigned shift = 0; m_at != m_end && shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(*m_at++);
      if (shift == 63 && byte > 1) return false;
      sum |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) {
        value = sum;
        return true;
      }
    }
    return false;
  }

  const char* m_at;
  const char* m_end;
};

}  // namespace heaptap
