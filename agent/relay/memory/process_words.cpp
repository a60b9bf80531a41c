// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/memory/process_words.h"

#include <unistd.h>

#include "agent/wire/page.h"

namespace heaptap::relay {
namespace {

constexpr std::uint64_t kWindowPages = 16;
constexpr std::uint64_t kPagesAtOnce = 4096;
/// Of an entry of /proc/PID/pagemap: the page is in memory, or in swap (pagemap(5)).
constexpr std::uint64_t kThere = 3ULL << 62;

}  // namespace

std::optional<ProcessWords> ProcessWords::of(const TargetProcess& process) {
  UniqueFd memory = process.openEntry("mem");
  if (!memory) return std::nullopt;
  return ProcessWords(std::move(memory), process.openEntry("pagemap"));
}

std::uint64_t ProcessWords::run(std::uint64_t first, std::uint64_t pages, bool present) {
  if (!m_pages) return present ? pages : 0;
  m_entries.resize(std::min(pages, kPagesAtOnce));
  const ssize_t got = pread(m_pages.get(), m_entries.data(), m_entries.size() * sizeof(std::uint64_t),
                            static_cast<off_t>(first * sizeof(std::uint64_t)));
  const std::size_t known = got <= 0 ? 0 : static_cast<std::size_t>(got) / sizeof(std::uint64_t);
  if (known == 0) return present ? pages : 0;  // Then reading tells.
  std::size_t count = 0;
  while (count < known && ((m_entries[count] & kThere) != 0) == present) ++count;
  return count;
}

std::uint64_t ProcessWords::read(std::uint64_t at) {
  if (at >= m_windowAt && at < m_windowAt + m_window.size()) return m_windowAt + m_window.size();
  const std::uint64_t first = at / wire::kPage;
  const std::uint64_t pages = run(first, kWindowPages, true);
  m_windowAt = first * wire::kPage;
  m_window.resize(pages * wire::kPage);
  const ssize_t got =
      pages == 0 ? 0
                 : pread(m_memory.get(), m_window.data(), m_window.size(), static_cast<off_t>(m_windowAt));
  m_window.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return m_window.empty() ? at : m_windowAt + m_window.size();
}

std::uint64_t ProcessWords::nextPresent(std::uint64_t at, std::uint64_t end) {
  std::uint64_t page = at / wire::kPage + 1;
  const std::uint64_t last = (end + wire::kPage - 1) / wire::kPage;
  while (page < last) {
    const std::uint64_t asked = std::min(last - page, kPagesAtOnce);
    const std::uint64_t gone = run(page, asked, false);
    page += gone;
    if (gone < asked) break;
  }
  return page * wire::kPage;
}

}  // namespace heaptap::relay
