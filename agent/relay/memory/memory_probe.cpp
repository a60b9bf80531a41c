// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/memory/memory_probe.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <string>
#include <string_view>

namespace heaptap::relay {
namespace {

constexpr std::size_t kEntriesAtOnce = 8192;
constexpr unsigned kPresentBit = 63;  // Documentation/admin-guide/mm/pagemap.rst

std::uint64_t monotonicNs() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(t.tv_nsec);
}

std::string contentOf(const UniqueFd& file) {
  std::array<char, 4096> buffer{};
  std::string text;
  ssize_t n = 0;
  while (file && (n = ::read(file.get(), buffer.data(), buffer.size())) > 0)
    text.append(buffer.data(), static_cast<std::size_t>(n));
  return text;
}

/// Bytes of a line like "VmRSS:      1234 kB"; 0 when there is none.
std::uint64_t kibibytesAfter(std::string_view text, std::string_view key) {
  std::size_t at = text.find(key);
  if (at == std::string_view::npos) return 0;
  at = text.find_first_not_of(" \t", at + key.size());
  std::uint64_t value = 0;
  if (at != std::string_view::npos) std::from_chars(text.data() + at, text.data() + text.size(), value);
  return value * 1024;
}

}  // namespace

MemoryProbe::MemoryProbe(std::shared_ptr<const TargetProcess> process, const SharedMemory& shared)
    : m_process(std::move(process)), m_shared(shared) {}

std::optional<ResidentSample> MemoryProbe::look(bool withProportional) {
  const std::vector<PageRange> own = ownPages(m_shared);
  if (own.empty() || m_over) return std::nullopt;
  ResidentSample sample{.atNs = monotonicNs()};
  const std::string status = contentOf(m_process->openEntry("status"));
  sample.rssBytes = kibibytesAfter(status, "\nVmRSS:");
  sample.maxRssBytes = kibibytesAfter(status, "\nVmHWM:");
  if (withProportional) {
    const std::string rollup = contentOf(m_process->openEntry("smaps_rollup"));
    sample.pssBytes = kibibytesAfter(rollup, "\nPss:");
    // The same pages counted one by one, where the line above is a sum of counters that lag.
    if (const std::uint64_t exact = kibibytesAfter(rollup, "\nRss:"); exact != 0) sample.rssBytes = exact;
  }
  // Last: it tells whether all this was of the image that is meant.
  if (m_process->pagemap()) {
    const std::optional<std::uint64_t> resident = residentBytesOf(own);
    m_over = !resident;
    sample.ownBytes = resident.value_or(0);
  }
  m_over |= sample.rssBytes == 0;  // A process that has ended has no such line.
  return m_over ? std::nullopt : std::optional(sample);
}

std::optional<std::uint64_t> MemoryProbe::residentBytesOf(const std::vector<PageRange>& ranges) {
  m_entries.resize(kEntriesAtOnce);
  std::uint64_t pages = 0;
  for (const PageRange& range : ranges) {
    for (std::uint64_t done = 0; done < range.pages;) {
      const std::uint64_t wanted = std::min<std::uint64_t>(range.pages - done, kEntriesAtOnce);
      const std::uint64_t first = range.start / wire::kPage + done;
      const ssize_t got = pread(m_process->pagemap().get(), m_entries.data(), wanted * sizeof(std::uint64_t),
                                static_cast<off_t>(first * sizeof(std::uint64_t)));
      if (got <= 0) return std::nullopt;  // Its memory is gone.
      const auto entries = static_cast<std::size_t>(got) / sizeof(std::uint64_t);
      if (entries == 0) return std::nullopt;
      for (std::size_t i = 0; i < entries; ++i) pages += m_entries[i] >> kPresentBit;
      done += entries;
    }
  }
  return pages * wire::kPage;
}

}  // namespace heaptap::relay
