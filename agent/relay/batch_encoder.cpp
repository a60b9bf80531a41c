// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/batch_encoder.h"

#include <algorithm>
#include <bit>

namespace heaptap::relay {

BatchEncoder::BatchEncoder()
    : m_batch(*m_request.mutable_batch()),
      m_kinds(*m_batch.mutable_kinds()),
      m_lifetimes(*m_batch.mutable_lifetime_log2()) {}

void BatchEncoder::begin(std::uint64_t timeNs) {
  m_startNs = timeNs;
  m_lastTime = std::max(m_lastTime, timeNs / kTimeUnitNs);
  m_lastAddress = 0;
  m_lastFreed = m_nextAllocation;
  m_batch.set_first_allocation(m_nextAllocation);
  m_batch.set_base_time_ns(m_lastTime * kTimeUnitNs);
}

void BatchEncoder::event(std::uint64_t timeNs, std::uint32_t thread, bool isFree) {
  if (m_count == 0) begin(timeNs);
  if (m_count % 8 == 0) m_kinds.push_back('\0');
  if (isFree) m_kinds.back() = static_cast<char>(m_kinds.back() | 1 << m_count % 8);

  const std::uint64_t time = std::max(m_lastTime, timeNs / kTimeUnitNs);
  m_batch.add_time(time - m_lastTime);
  m_lastTime = time;

  const int runs = m_batch.run_thread_size();
  if (runs != 0 && m_batch.run_thread(runs - 1) == thread) {
    m_batch.set_run_length(runs - 1, m_batch.run_length(runs - 1) + 1);
  } else {
    m_batch.add_run_thread(thread);
    m_batch.add_run_length(1);
  }
  ++m_count;
}

std::uint64_t BatchEncoder::allocation(std::uint64_t timeNs, std::uint32_t thread, std::uint64_t address,
                                       std::uint32_t pair) {
  event(timeNs, thread, false);
  m_batch.add_address(static_cast<std::int64_t>(address - m_lastAddress));
  m_lastAddress = address;
  m_batch.add_pair(pair);
  return m_nextAllocation++;
}

void BatchEncoder::free(std::uint64_t timeNs, std::uint32_t thread, std::uint64_t number, std::uint32_t pair,
                        std::uint64_t lifetimeNs) {
  event(timeNs, thread, true);
  m_batch.add_freed(static_cast<std::int64_t>(number - m_lastFreed));
  m_lastFreed = number;
  m_batch.add_freed_pair(pair);
  m_lifetimes.push_back(static_cast<char>(std::bit_width(lifetimeNs | 1) - 1));
}

void BatchEncoder::flush(MessageSink& sink) {
  if (m_count == 0) return;
  m_batch.set_events(m_count);
  sink.send(m_request);
  // Clearing column by column keeps the memory of each.
  m_kinds.clear();
  m_lifetimes.clear();
  m_batch.clear_time();
  m_batch.clear_run_thread();
  m_batch.clear_run_length();
  m_batch.clear_address();
  m_batch.clear_pair();
  m_batch.clear_freed();
  m_batch.clear_freed_pair();
  m_count = 0;
}

}  // namespace heaptap::relay
