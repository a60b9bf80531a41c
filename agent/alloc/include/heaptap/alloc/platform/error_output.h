// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#if defined(_WIN32)
#include <io.h>
#else
#include <unistd.h>
#endif

namespace heaptap::platform {

/// A line for standard error, put together without memory from anywhere. What is too long is cut off.
class ErrorLine {
 public:
  ErrorLine& operator<<(const char* text) noexcept {
    while (*text != '\0') append(*text++);
    return *this;
  }

  ErrorLine& operator<<(std::size_t number) noexcept {
    char digits[20];
    std::size_t count = 0;
    do {
      digits[count++] = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number != 0);
    while (count != 0) append(digits[--count]);
    return *this;
  }

  /// Ends the line, and writes all of it at once.
  void write() noexcept {
    m_text[m_length++] = '\n';
#if defined(_WIN32)
    [[maybe_unused]] const auto written = ::_write(2, m_text, static_cast<unsigned>(m_length));
#else
    [[maybe_unused]] const auto written = ::write(2, m_text, m_length);
#endif
  }

 private:
  static constexpr std::size_t kLongest = 1023;

  void append(char letter) noexcept {
    if (m_length < kLongest) m_text[m_length++] = letter;
  }

  char m_text[kLongest + 1];
  std::size_t m_length = 0;
};

}  // namespace heaptap::platform
