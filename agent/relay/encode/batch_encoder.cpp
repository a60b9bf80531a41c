// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/encode/batch_encoder.h"

#include <algorithm>
#include <bit>

namespace heaptap::relay {

void BatchEncoder::begin(std::uint64_t timeNs) {
  m_startNs = timeNs;
  m_lastTime = std::max(m_lastTime, timeNs / kTimeUnitNs);
  m_head.firstAllocation = m_nextAllocation;
  m_head.baseTimeNs = m_lastTime * kTimeUnitNs;
}

RecordedEvent& BatchEncoder::event(std::uint64_t timeNs, std::uint32_t thread, bool isFree) {
  if (m_events.empty()) begin(timeNs);
  m_lastTime = std::max(m_lastTime, timeNs / kTimeUnitNs);
  return m_events.emplace_back(
      RecordedEvent{.timeNs = m_lastTime * kTimeUnitNs, .thread = thread, .isFree = isFree});
}

std::uint64_t BatchEncoder::allocation(std::uint64_t timeNs, std::uint32_t thread, std::uint64_t address,
                                       std::uint32_t pair) {
  RecordedEvent& recorded = event(timeNs, thread, false);
  recorded.address = address;
  recorded.pair = pair;
  return m_nextAllocation++;
}

void BatchEncoder::free(std::uint64_t timeNs, std::uint32_t thread, const Ended& ended) {
  RecordedEvent& recorded = event(timeNs, thread, true);
  recorded.number = ended.number;
  recorded.pair = ended.pair;
  recorded.lifetimeLog2 = static_cast<std::uint8_t>(std::bit_width(ended.lifetimeNs | 1) - 1);
  if (m_keepsFreeStacks) recorded.stack = ended.stack;
  if (m_tellsTemporaries) recorded.temporary = ended.temporary;
}

void BatchEncoder::flush(MessageSink& sink) {
  if (m_events.empty()) return;
  m_flushed += m_events.size();
  sink.sendBatch(m_head, m_events);
  m_events.clear();
}

}  // namespace heaptap::relay
