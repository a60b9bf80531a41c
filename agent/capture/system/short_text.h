// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace heaptap::capture {

/// A text of less than `Capacity` bytes, put together without a heap. What does not fit is cut off and
/// remembered.
template <std::size_t Capacity>
class ShortText {
 public:
  ShortText& append(const char* words) {
    for (; *words != 0; ++words) append(*words);
    return *this;
  }
  ShortText& append(std::uint32_t number) { return append(std::uint64_t{number}); }
  ShortText& append(std::uint64_t number) {
    char digits[20];
    std::size_t count = 0;
    do {
      digits[count++] = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number != 0);
    while (count > 0) append(digits[--count]);
    return *this;
  }
  ShortText& append(char letter) {
    if (m_length + 1 < Capacity)
      m_text[m_length++] = letter;
    else
      m_whole = false;
    return *this;
  }
  /// Cuts the text at its last `letter`, which goes too. False when there is none.
  bool cutAtLast(char letter) {
    for (std::size_t at = m_length; at > 0; --at)
      if (m_text[at - 1] == letter) return cut(at - 1), true;
    return false;
  }
  void cut(std::size_t length) {
    while (m_length > length) m_text[--m_length] = 0;
  }

  /// Ends with a zero.
  [[nodiscard]] const char* text() const { return m_text; }
  [[nodiscard]] std::size_t length() const { return m_length; }
  [[nodiscard]] bool whole() const { return m_whole; }

 private:
  char m_text[Capacity] = {};
  std::size_t m_length = 0;
  bool m_whole = true;
};

}  // namespace heaptap::capture
