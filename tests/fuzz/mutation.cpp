// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/mutation.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace heaptap::fuzz {
namespace {

constexpr std::array<std::uint64_t, 10> kNotable{
    0, 1, 0x7F, 0x80, 0xFF, 0x7FFF'FFFF, 0xFFFF'FFFF, 0x8000'0000, 0x7FFF'FFFF'FFFF'FFFF, ~std::uint64_t{0}};

class Mutation {
 public:
  Mutation(Bytes& bytes, std::mt19937_64& random) : m_bytes(bytes), m_random(random) {}

  void once() {
    if (m_bytes.empty()) return m_bytes.push_back(static_cast<std::uint8_t>(m_random()));
    switch (m_random() % 8) {
      case 0: m_bytes[place()] ^= static_cast<std::uint8_t>(1U << m_random() % 8); return;
      case 1: m_bytes[place()] = static_cast<std::uint8_t>(m_random()); return;
      case 2: return overwrite(kNotable[m_random() % kNotable.size()]);
      case 3: return overwrite(m_random());
      case 4: return leaveOut();
      case 5: return repeat();
      case 6: m_bytes.resize(place()); return;
      default: return copyOver();
    }
  }

 private:
  std::size_t place() { return m_random() % m_bytes.size(); }
  std::ptrdiff_t offset() { return static_cast<std::ptrdiff_t>(place()); }

  void overwrite(std::uint64_t word) {
    const std::size_t at = place();
    const std::size_t width = std::size_t{1} << m_random() % 4;
    std::memcpy(m_bytes.data() + at, &word, std::min(width, m_bytes.size() - at));
  }
  void leaveOut() {
    const std::ptrdiff_t at = offset();
    const auto length = static_cast<std::ptrdiff_t>(m_random() % 16 + 1);
    const auto end = std::min(at + length, static_cast<std::ptrdiff_t>(m_bytes.size()));
    m_bytes.erase(m_bytes.begin() + at, m_bytes.begin() + end);
  }
  void repeat() {
    const std::size_t at = place();
    const Bytes piece(
        m_bytes.begin() + static_cast<std::ptrdiff_t>(at),
        m_bytes.begin() + static_cast<std::ptrdiff_t>(std::min(at + m_random() % 64 + 1, m_bytes.size())));
    m_bytes.insert(m_bytes.begin() + offset(), piece.begin(), piece.end());
  }
  void copyOver() {
    const std::size_t from = place();
    const std::size_t to = place();
    const std::size_t room = m_bytes.size() - std::max(from, to);
    std::memmove(m_bytes.data() + to, m_bytes.data() + from,
                 std::min<std::size_t>(m_random() % 64 + 1, room));
  }

  Bytes& m_bytes;
  std::mt19937_64& m_random;
};

}  // namespace

Bytes mutated(const Bytes& seed, std::mt19937_64& random) {
  Bytes bytes = seed;
  Mutation mutation(bytes, random);
  for (std::uint64_t changes = random() % 8 + 1; changes > 0; --changes) mutation.once();
  return bytes;
}

}  // namespace heaptap::fuzz
