// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/unwind/stack_memory.h"

namespace heaptap::capture {

void StackMemory::enterElsewhere(std::uint64_t sp) {
  m_isOwn = m_own.reaches(sp);
  m_low = m_isOwn ? OwnStack::pageOf(sp) : 0;
  m_high = m_isOwn ? m_own.end() : 0;
  m_words = m_isOwn ? wordsWithin(m_low, m_high) : 0;
}

bool StackMemory::readableElsewhere(std::uint64_t address, std::size_t bytes) const {
  const std::uint64_t lowest = m_sp - kRedZone;
  const std::uint64_t distance = address - lowest;
  // On the own stack all that is above has been looked at, and a few bytes below may be the frame's, too.
  const std::uint64_t most = m_isOwn ? kRedZone : kForeignWindow;
  if (address < lowest || distance > most || bytes > most - distance) return false;
  const std::uint64_t last = address + (bytes == 0 ? 0 : bytes - 1);
  for (std::uint64_t page = OwnStack::pageOf(address); page <= last; page += OwnStack::kPage)
    if (!isProven(page)) return false;
  return true;
}

bool StackMemory::isProven(std::uint64_t page) const {
  if (page >= m_provenLow && page < m_provenHigh) return true;
  if (!m_own.mayAsk() || !m_own.isReadable(page)) return false;
  if (page == m_provenHigh) {
    m_provenHigh += OwnStack::kPage;
  } else if (page + OwnStack::kPage == m_provenLow) {
    m_provenLow = page;
  } else {
    m_provenLow = page;
    m_provenHigh = page + OwnStack::kPage;
  }
  return true;
}

}  // namespace heaptap::capture
