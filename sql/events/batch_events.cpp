// SPDX-License-Identifier: Apache-2.0
#include "sql/events/batch_events.h"

#include <algorithm>
#include <string>

#include "base/varint.h"
#include "collector/ingest/limits.h"
#include "collector/ingest/split_columns.h"

namespace heaptap::sql {
namespace {

tl::unexpected<Error> damagedBatch(std::string what) {
  return failure(Code::Corrupt, "event batch", std::move(what));
}

Result<void> wrongLength(const char* column) {
  return damagedBatch(std::string(column) + " has not one entry for each of its events");
}

/// Spreads the kinds out to a byte each.
Result<void> decodeKinds(const v1::EventBatch& batch, std::vector<std::uint8_t>& isFree) {
  const std::size_t events = batch.events();
  const std::string& kinds = batch.kinds();
  if (events > ingest::kMaxBatchEvents) return damagedBatch(std::to_string(events) + " events are too many");
  if (kinds.size() != (events + 7) / 8) return wrongLength("kinds");
  // Who looks for frees goes by the bits.
  if (events % 8 != 0 && static_cast<unsigned char>(kinds.back()) >> (events % 8) != 0)
    return damagedBatch("kinds has bits set beyond the last event");
  isFree.resize(events);
  for (std::size_t i = 0; i < events; ++i)
    isFree[i] = static_cast<unsigned char>(kinds[i / 8]) >> (i % 8) & 1;
  return {};
}

/// Decodes a column of as many entries. Returns the largest one.
Result<std::uint64_t> decodeColumn(const std::string& column, const char* name,
                                   std::vector<std::uint32_t>& into) {
  VarintReader reader(column);
  std::uint64_t largest = 0;
  for (std::uint32_t& entry : into) {
    std::uint64_t value = 0;
    if (!reader.next(value)) return tl::unexpected(wrongLength(name).error());
    largest = value > largest ? value : largest;
    entry = static_cast<std::uint32_t>(value);
  }
  if (!reader.atEnd()) return tl::unexpected(wrongLength(name).error());
  return largest;
}

}  // namespace

Result<void> BatchEventsDecoder::decode(const v1::EventBatch& batch, BatchEvents& events,
                                        ingest::ChunkSource& chunks) {
  using enum EventColumn;
  const auto when = [&](bool isWanted, auto read) {
    return isWanted ? (this->*read)(batch, events) : Result<void>();
  };
  const bool births = m_wanted.needsBirths();
  // In split columns, pairs follow from the numbers.
  const bool freed = m_wanted.has(Number) || (m_wanted.needsPairs() && batch.form() == ingest::kSplitForm);
  events.endNs = 0;
  return decodeKinds(batch, events.isFree)
      .and_then([&] { return when(m_wanted.has(AtNs), &BatchEventsDecoder::decodeTimes); })
      .and_then([&] { return when(m_wanted.has(Thread), &BatchEventsDecoder::decodeThreads); })
      .and_then([&] { return freed ? decodeFreed(batch) : Result<void>(); })
      .and_then([&] { return when(m_wanted.needsPairs(), &BatchEventsDecoder::decodePairs); })
      .and_then([&] { return when(m_wanted.has(Number), &BatchEventsDecoder::decodeNumbers); })
      .and_then([&] { return births ? decodeAddresses(batch, events, chunks) : Result<void>(); })
      .and_then([&] { return when(m_wanted.has(FreeStack), &BatchEventsDecoder::decodeFreeStacks); });
}

Result<void> BatchEventsDecoder::decodeTimes(const v1::EventBatch& batch, BatchEvents& events) const {
  events.atNs.resize(events.size());
  VarintReader times(batch.time());
  std::uint64_t at = batch.base_time_ns();
  if (at > ingest::kMaxTimeNs) return damagedBatch("time runs beyond 146 years");
  const std::uint64_t mostUnits = ingest::kMaxTimeNs / m_bounds.timeUnitNs;
  for (std::uint64_t& atNs : events.atNs) {
    std::uint64_t units = 0;
    if (!times.next(units)) return wrongLength("time");
    if (units > mostUnits || units * m_bounds.timeUnitNs > ingest::kMaxTimeNs - at)
      return damagedBatch("time runs beyond 146 years");
    atNs = at += units * m_bounds.timeUnitNs;
  }
  if (!times.atEnd()) return wrongLength("time");
  events.endNs = at;
  return {};
}

Result<void> BatchEventsDecoder::decodeThreads(const v1::EventBatch& batch, BatchEvents& events) const {
  events.thread.resize(events.size());
  VarintReader threads(batch.run_thread());
  VarintReader lengths(batch.run_length());
  std::size_t at = 0;
  while (at < events.size()) {
    std::uint64_t thread = 0;
    std::uint64_t length = 0;
    if (!threads.next(thread) || !lengths.next(length) || length == 0 || length > events.size() - at)
      return damagedBatch("the runs of threads do not add up to its events");
    if (thread >= m_bounds.threads) return damagedBatch("an event of a thread that is not defined");
    for (const std::size_t end = at + length; at < end; ++at)
      events.thread[at] = static_cast<std::uint32_t>(thread);
  }
  return {};
}

Result<void> BatchEventsDecoder::decodePairs(const v1::EventBatch& batch, BatchEvents& events) {
  const auto frees =
      static_cast<std::size_t>(std::count(events.isFree.begin(), events.isFree.end(), std::uint8_t{1}));
  m_ofFrees.resize(frees);
  m_ofAllocations.resize(events.size() - frees);
  auto decoded = batch.form() == ingest::kSplitForm ? decodeSplitPairs(batch) : decodeWholePairs(batch);
  if (!decoded) return decoded;
  // No processor foretells the kinds: both columns are read at each event, behind their ends, too.
  m_ofFrees.push_back(0);
  m_ofAllocations.push_back(0);
  events.pair.resize(events.size());
  std::size_t free = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const std::uint32_t ofFree = m_ofFrees[free];
    const std::uint32_t ofAllocation = m_ofAllocations[i - free];
    events.pair[i] = events.isFree[i] != 0 ? ofFree : ofAllocation;
    free += events.isFree[i];
  }
  return {};
}

Result<void> BatchEventsDecoder::decodeWholePairs(const v1::EventBatch& batch) {
  const auto allocated = decodeColumn(batch.pair(), "pair", m_ofAllocations);
  if (!allocated) return tl::unexpected(allocated.error());
  const auto freed = decodeColumn(batch.freed_pair(), "freed_pair", m_ofFrees);
  if (!freed) return tl::unexpected(freed.error());
  if (batch.events() != 0 && std::max(*allocated, *freed) >= m_bounds.pairs)
    return damagedBatch("an event of a pair that is not defined");
  return {};
}

Result<void> BatchEventsDecoder::decodeSplitPairs(const v1::EventBatch& batch) {
  return ingest::readSplitIndices("pair", batch.pair_low(), batch.pair_high(), m_ofAllocations.size(),
                                  m_bounds.pairs, "an allocation of a pair that is not defined",
                                  m_ofAllocations)
      .and_then(
          [&] { return ingest::readFreedPairs(batch, m_freed, m_ofAllocations, m_bounds.pairs, m_ofFrees); });
}

/// The numbers of allocations that end.
Result<void> BatchEventsDecoder::decodeFreed(const v1::EventBatch& batch) {
  ingest::findFrees(batch.kinds(), m_freePositions);
  if (batch.form() == ingest::kSplitForm) return ingest::readFreedNumbers(batch, m_freePositions, m_freed);
  m_freed.resize(m_freePositions.size());
  VarintReader differences(batch.freed());
  std::uint64_t last = batch.first_allocation();
  for (std::uint64_t& number : m_freed) {
    std::uint64_t difference = 0;
    if (!differences.next(difference)) return wrongLength("freed");
    number = last += static_cast<std::uint64_t>(unzigzag(difference));
  }
  return differences.atEnd() ? Result<void>() : wrongLength("freed");
}

Result<void> BatchEventsDecoder::decodeNumbers(const v1::EventBatch& batch, BatchEvents& events) const {
  events.number.resize(events.size());
  std::uint64_t next = batch.first_allocation();
  auto freed = m_freed.begin();
  for (std::size_t i = 0; i < events.size(); ++i)
    events.number[i] = events.isFree[i] == 0 ? next++ : *freed++;
  return {};
}

Result<void> BatchEventsDecoder::decodeAddresses(const v1::EventBatch& batch, BatchEvents& events,
                                                 ingest::ChunkSource& chunks) {
  if (batch.base_time_ns() > ingest::kMaxTimeNs) return damagedBatch("time runs beyond 146 years");
  return m_columns
      .read(batch, {.timeUnits = (ingest::kMaxTimeNs - batch.base_time_ns()) / m_bounds.timeUnitNs,
                    .timeUnitNs = m_bounds.timeUnitNs,
                    .threads = m_bounds.threads,
                    .pairs = m_bounds.pairs,
                    .stacks = m_bounds.stacks})
      .and_then([&] { return m_addresses.read(batch, m_columns, chunks); })
      .map([&] {
        events.address.resize(events.size());
        auto next = m_addresses.addresses().begin();
        for (std::size_t i = 0; i < events.size(); ++i)
          if (events.isFree[i] == 0) events.address[i] = *next++;
      });
}

Result<void> BatchEventsDecoder::decodeFreeStacks(const v1::EventBatch& batch, BatchEvents& events) const {
  events.freeStack.assign(events.size(), 0);
  if (batch.freed_stack().empty()) return {};
  VarintReader stacks(batch.freed_stack());
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events.isFree[i] == 0) continue;
    std::uint64_t stack = 0;
    if (!stacks.next(stack)) return wrongLength("freed_stack");
    if (stack >= m_bounds.stacks) return damagedBatch("a free with a stack that is not defined");
    events.freeStack[i] = static_cast<std::uint32_t>(stack);
  }
  return stacks.atEnd() ? Result<void>() : wrongLength("freed_stack");
}

}  // namespace heaptap::sql
