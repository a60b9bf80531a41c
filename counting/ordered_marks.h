// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace heaptap::counting {

/// A set of numbers that is emptied in ascending order, without sorting: a bit for each number, and one for
/// each 64 of those. Threads: one at a time.
class OrderedMarks {
 public:
  void mark(std::uint32_t number) {
    const std::size_t word = number / 64;
    if (word >= m_words.size()) {
      m_words.resize(std::max(word + 1, m_words.size() + m_words.size() / 2));
      m_summary.resize(m_words.size() / 64 + 1);
    }
    m_words[word] |= std::uint64_t{1} << number % 64;
    m_summary[word / 64] |= std::uint64_t{1} << word % 64;
  }

  /// Calls `take` with each number, in ascending order; then there are none.
  template <class Take>
  void takeAll(Take&& take) {
    for (std::size_t group = 0; group < m_summary.size(); ++group) {
      for (std::uint64_t& words = m_summary[group]; words != 0; words &= words - 1) {
        const std::size_t word = group * 64 + static_cast<std::size_t>(std::countr_zero(words));
        for (std::uint64_t& bits = m_words[word]; bits != 0; bits &= bits - 1)
          take(static_cast<std::uint32_t>(word * 64 + static_cast<std::size_t>(std::countr_zero(bits))));
      }
    }
  }

 private:
  std::vector<std::uint64_t> m_words;
  std::vector<std::uint64_t> m_summary;
};

}  // namespace heaptap::counting
