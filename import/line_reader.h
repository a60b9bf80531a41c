// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace heaptap::importing {

/// The lines of a text, and numbers in them. A line end that is missing at the end is no fault.
class LineReader {
 public:
  explicit LineReader(std::string_view text) : m_rest(text) {}

  /// Goes to the next line; false: there is none.
  bool next() {
    if (m_rest.empty()) return false;
    const std::size_t end = m_rest.find('\n');
    m_line = m_rest.substr(0, end);
    m_rest.remove_prefix(end == std::string_view::npos ? m_rest.size() : end + 1);
    ++m_number;
    return true;
  }
  [[nodiscard]] std::string_view line() const { return m_line; }
  [[nodiscard]] std::uint64_t number() const { return m_number; }

 private:
  std::string_view m_rest;
  std::string_view m_line;
  std::uint64_t m_number = 0;
};

/// Takes a number off the front of `text`, with the blanks before it; none: there is none there.
inline std::optional<std::uint64_t> takeNumber(std::string_view& text, int base) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

}  // namespace heaptap::importing
