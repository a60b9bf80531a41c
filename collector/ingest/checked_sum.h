// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace heaptap::ingest {

/// A sum that remembers whether it ever left 64 bits.
class CheckedSum {
 public:
  void add(std::uint64_t value) { m_overflow |= __builtin_add_overflow(m_sum, value, &m_sum); }
  void addProduct(std::uint64_t a, std::uint64_t b) {
    std::uint64_t product = 0;
    m_overflow |= __builtin_mul_overflow(a, b, &product);
    add(product);
  }
  [[nodiscard]] bool overflows() const { return m_overflow; }
  [[nodiscard]] bool is(std::uint64_t expected) const { return !m_overflow && m_sum == expected; }
  [[nodiscard]] std::uint64_t value() const { return m_sum; }

 private:
  std::uint64_t m_sum = 0;
  bool m_overflow = false;
};

}  // namespace heaptap::ingest
