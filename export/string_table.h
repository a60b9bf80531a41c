// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

namespace heaptap::exporting {

/// Numbers texts in the order in which they come, each once.
class StringTable {
 public:
  /// `first`: the number of the first text.
  explicit StringTable(std::uint64_t first) : m_first(first) {}

  /// Returns the number, and whether the text is new.
  std::pair<std::uint64_t, bool> add(std::string_view text) {
    if (const auto found = m_numbers.find(text); found != m_numbers.end()) return {found->second, false};
    m_texts.emplace_back(text);
    const std::uint64_t number = m_first + m_texts.size() - 1;
    m_numbers.emplace(m_texts.back(), number);
    return {number, true};
  }
  std::uint64_t operator[](std::string_view text) { return add(text).first; }
  [[nodiscard]] const std::deque<std::string>& texts() const { return m_texts; }

 private:
  std::uint64_t m_first;
  std::deque<std::string> m_texts;  // Never moves what it holds.
  absl::flat_hash_map<std::string_view, std::uint64_t> m_numbers;
};

}  // namespace heaptap::exporting
