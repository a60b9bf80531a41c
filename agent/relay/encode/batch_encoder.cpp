// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/encode/batch_encoder.h"

#include <algorithm>
#include <bit>

namespace heaptap::relay {

BatchEncoder::BatchEncoder()
    : m_batch(*m_request.mutable_batch()),
      m_kinds(*m_batch.mutable_kinds()),
      m_lifetimes(*m_batch.mutable_lifetime_log2()),
      m_temporaries(*m_batch.mutable_freed_temporary()) {}

void BatchEncoder::begin(std::uint64_t timeNs) {
  m_startNs = timeNs;
  m_lastTime = std::max(m_lastTime, timeNs / kTimeUnitNs);
  m_lastAddress = 0;
  m_lastFreed = m_nextAllocation;
  m_batch.set_first_allocation(m_nextAllocation);
  m_batch.set_base_time_ns(m_lastTime * kTimeUnitNs);
}

RecordedEvent& BatchEncoder::event(std::uint64_t timeNs, std::uint32_t thread, bool isFree) {
  if (m_count == 0) begin(timeNs);
  const std::uint64_t time = std::max(m_lastTime, timeNs / kTimeUnitNs);
  if (m_keepsColumns) {
    if (m_count % 8 == 0) m_kinds.push_back('\0');
    if (isFree) m_kinds.back() = static_cast<char>(m_kinds.back() | 1 << m_count % 8);
    m_time.add(time - m_lastTime);
    if (thread != m_runThread) endRun();
    m_runThread = thread;
    ++m_runLength;
  }
  m_lastTime = time;
  ++m_count;
  return m_events.emplace_back(
      RecordedEvent{.timeNs = time * kTimeUnitNs, .thread = thread, .isFree = isFree});
}

void BatchEncoder::endRun() {
  if (m_runLength == 0) return;
  m_runThreads.add(m_runThread);
  m_runLengths.add(m_runLength);
  m_runLength = 0;
}

std::uint64_t BatchEncoder::allocation(std::uint64_t timeNs, std::uint32_t thread, std::uint64_t address,
                                       std::uint32_t pair) {
  event(timeNs, thread, false).pair = pair;
  if (m_keepsColumns) {
    m_address.addSigned(static_cast<std::int64_t>(address - m_lastAddress));
    m_lastAddress = address;
    m_pair.add(pair);
  }
  return m_nextAllocation++;
}

void BatchEncoder::free(std::uint64_t timeNs, std::uint32_t thread, const Ended& ended) {
  RecordedEvent& recorded = event(timeNs, thread, true);
  const auto lifetimeLog2 = static_cast<std::uint8_t>(std::bit_width(ended.lifetimeNs | 1) - 1);
  recorded.number = ended.number;
  recorded.pair = ended.pair;
  recorded.lifetimeLog2 = lifetimeLog2;
  if (m_keepsFreeStacks) recorded.stack = ended.stack;
  if (m_tellsTemporaries) recorded.temporary = ended.temporary;
  if (!m_keepsColumns) return;
  m_freed.addSigned(static_cast<std::int64_t>(ended.number - m_lastFreed));
  m_lastFreed = ended.number;
  m_freedPair.add(ended.pair);
  if (m_keepsFreeStacks) m_freedStack.add(ended.stack);
  if (m_tellsTemporaries) addTemporary(ended.temporary);
  m_lifetimes.push_back(static_cast<char>(lifetimeLog2));
}

void BatchEncoder::addTemporary(bool temporary) {
  if (m_frees % 8 == 0) m_temporaries.push_back('\0');
  if (temporary) m_temporaries.back() = static_cast<char>(m_temporaries.back() | 1 << m_frees % 8);
  ++m_frees;
}

void BatchEncoder::flush(MessageSink& sink) {
  if (m_count == 0) return;
  endRun();
  m_time.moveTo(*m_batch.mutable_time());
  m_runThreads.moveTo(*m_batch.mutable_run_thread());
  m_runLengths.moveTo(*m_batch.mutable_run_length());
  m_address.moveTo(*m_batch.mutable_address());
  m_pair.moveTo(*m_batch.mutable_pair());
  m_freed.moveTo(*m_batch.mutable_freed());
  m_freedPair.moveTo(*m_batch.mutable_freed_pair());
  m_freedStack.moveTo(*m_batch.mutable_freed_stack());
  m_batch.set_events(m_count);
  sink.sendBatch(m_request, m_events);
  m_events.clear();
  m_kinds.clear();
  m_lifetimes.clear();
  m_temporaries.clear();
  m_frees = 0;
  m_flushed += m_count;
  m_count = 0;
}

}  // namespace heaptap::relay
