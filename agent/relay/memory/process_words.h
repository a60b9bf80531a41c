// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "agent/relay/target/target_process.h"
#include "base/unique_fd.h"

namespace heaptap::relay {

/// Reads the memory of a process word by word. Pages that are not there have no words.
/// Threads: one at a time.
class ProcessWords {
 public:
  /// None: it may not be read.
  static std::optional<ProcessWords> of(const TargetProcess& process);

  /// Calls `look(address, word)` with each aligned word from `start` up to `end`.
  template <class Look>
  void forEach(std::uint64_t start, std::uint64_t end, Look&& look) {
    constexpr std::uint64_t kWord = sizeof(std::uint64_t);
    std::uint64_t at = (start + kWord - 1) / kWord * kWord;
    while (at + kWord <= end) {
      const std::uint64_t to = std::min(read(at), end);
      if (to < at + kWord) {
        at = nextPresent(at, end);
        continue;
      }
      for (; at + kWord <= to; at += kWord) {
        std::uint64_t word = 0;
        std::memcpy(&word, m_window.data() + (at - m_windowAt), kWord);
        look(at, word);
      }
    }
  }

  /// The word at an aligned address; none: there is nothing.
  std::optional<std::uint64_t> at(std::uint64_t address) {
    std::optional<std::uint64_t> found;
    forEach(address, address + sizeof(std::uint64_t),
            [&](std::uint64_t, std::uint64_t word) { found = word; });
    return found;
  }

 private:
  explicit ProcessWords(UniqueFd memory, UniqueFd pages)
      : m_memory(std::move(memory)), m_pages(std::move(pages)) {}

  /// Reads the page of `at` and what is there behind it. Returns: up to where; `at`, where there is no page.
  std::uint64_t read(std::uint64_t at);
  /// The first page behind that of `at` that may be there; `end` or more: none.
  std::uint64_t nextPresent(std::uint64_t at, std::uint64_t end);
  /// How many of so many pages from `first` on are there (or, with false, are not) before the first one that
  /// is not (is).
  std::uint64_t run(std::uint64_t first, std::uint64_t pages, bool present);

  UniqueFd m_memory;
  UniqueFd m_pages;
  std::vector<char> m_window;
  std::vector<std::uint64_t> m_entries;
  std::uint64_t m_windowAt = 0;
};

}  // namespace heaptap::relay
