// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/pack/column_writer.h"

#include <algorithm>
#include <bit>

namespace heaptap::relay {

bool ColumnWriter::write(const BatchHead& head, std::span<const RecordedEvent> events,
                         std::span<const std::uint32_t> chunks, v1::EventBatch& batch) {
  batch.Clear();
  batch.set_first_allocation(head.firstAllocation);
  batch.set_base_time_ns(head.baseTimeNs);
  batch.set_events(static_cast<std::uint32_t>(events.size()));
  batch.set_form(1);
  m_firstAllocation = head.firstAllocation;
  begin(events.size());
  const bool hasStacks =
      std::any_of(events.begin(), events.end(), [](const auto& e) { return e.stack != 0; });
  std::uint64_t lastNs = head.baseTimeNs;
  for (const RecordedEvent& event : events) {
    m_time.add((event.timeNs - lastNs) / head.timeUnitNs);
    lastNs = event.timeNs;
    if (hasStacks && event.isFree) m_freedStack.add(event.stack);
    if (!add(event, chunks)) return false;
  }
  endRun();
  *batch.mutable_kinds() = m_kinds;
  m_time.moveTo(*batch.mutable_time());
  m_runThreads.moveTo(*batch.mutable_run_thread());
  m_runLengths.moveTo(*batch.mutable_run_length());
  m_pair.moveTo(*batch.mutable_pair_low(), *batch.mutable_pair_high());
  writeAddresses(batch);
  m_lag.moveTo(*batch.mutable_lag_low(), *batch.mutable_lag_high());
  m_freedPair.moveTo(*batch.mutable_freed_pair_low(), *batch.mutable_freed_pair_high());
  *batch.mutable_lifetime() = m_lifetime;
  m_freedStack.moveTo(*batch.mutable_freed_stack());
  *batch.mutable_freed_temporary() = m_temporaries;
  return true;
}

void ColumnWriter::begin(std::size_t events) {
  for (std::string* column : {&m_kinds, &m_guess, &m_lifetime, &m_temporaries}) column->clear();
  for (EventColumn* column : {&m_time, &m_runThreads, &m_runLengths, &m_freedStack}) column->begin(events);
  for (LowAndHigh* column : {&m_pair, &m_address, &m_lag, &m_freedPair}) column->begin(events);
  m_born.clear();
  m_toldAddress.clear();
  m_guesses.begin();
  m_runLength = 0;
  m_events = 0;
  m_frees = 0;
}

bool ColumnWriter::add(const RecordedEvent& event, std::span<const std::uint32_t> chunks) {
  addBit(m_kinds, m_events++, event.isFree);
  if (event.thread != m_runThread) endRun();
  m_runThread = event.thread;
  ++m_runLength;
  if (event.isFree) return addFree(event);
  const std::uint32_t chunk = chunks[event.pair];
  const std::uint8_t code = m_guesses.codeOf(event.thread, chunk, event.address);
  m_guess.push_back(static_cast<char>(code));
  if (code == columns::AddressGuesses::kTold) m_toldAddress.push_back(event.address);
  m_pair.add(event.pair);
  m_born.push_back({.timeNs = event.timeNs, .address = event.address, .pair = event.pair, .chunk = chunk});
  return true;
}

bool ColumnWriter::addFree(const RecordedEvent& event) {
  const std::uint64_t allocations = m_firstAllocation + m_born.size();
  if (event.number >= allocations) return false;
  m_lag.add(allocations - 1 - event.number);
  if (event.temporary) addBit(m_temporaries, m_frees, *event.temporary);
  ++m_frees;
  if (event.number < m_firstAllocation) {
    m_freedPair.add(event.pair);
    m_lifetime.push_back(static_cast<char>(event.lifetimeLog2));
    return true;
  }
  const Born& born = m_born[event.number - m_firstAllocation];
  if (born.pair != event.pair) return false;
  m_guesses.freed(event.thread, born.chunk, born.address);
  const auto byTimes = static_cast<unsigned>(std::bit_width((event.timeNs - born.timeNs) | 1) - 1);
  m_lifetime.push_back(static_cast<char>((event.lifetimeLog2 - byTimes) & 63));
  return true;
}

void ColumnWriter::endRun() {
  if (m_runLength == 0) return;
  m_runThreads.add(m_runThread);
  m_runLengths.add(m_runLength);
  m_runLength = 0;
}

void ColumnWriter::writeAddresses(v1::EventBatch& batch) {
  std::uint64_t bits = 0;
  std::uint64_t last = 0;
  for (const std::uint64_t address : m_toldAddress) {
    bits |= address - last;
    last = address;
  }
  const auto shift = bits == 0 ? 0 : std::countr_zero(bits);
  last = 0;
  for (const std::uint64_t address : m_toldAddress) {
    m_address.add(zigzag(static_cast<std::int64_t>(address - last) >> shift));
    last = address;
  }
  *batch.mutable_guess() = m_guess;
  batch.set_address_shift(static_cast<std::uint32_t>(shift));
  m_address.moveTo(*batch.mutable_address_low(), *batch.mutable_address_high());
}

}  // namespace heaptap::relay
