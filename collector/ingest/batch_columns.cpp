// SPDX-License-Identifier: Apache-2.0
#include "collector/ingest/batch_columns.h"

#include <algorithm>
#include <bit>
#include <string>

#include "base/varint.h"
#include "collector/ingest/corrupt.h"
#include "collector/ingest/limits.h"
#include "collector/ingest/split_columns.h"

namespace heaptap::ingest {
namespace {

/// Passes each of the `count` varints of a column to `take`. Errors: there are more, or fewer.
template <class Take>
Result<void> decode(const char* name, const std::string& column, std::size_t count, Take&& take) {
  VarintReader reader(column);
  for (std::size_t i = 0; i < count; ++i) {
    std::uint64_t value = 0;
    if (!reader.next(value))
      return corrupt("event batch", std::string(name) + " has " + std::to_string(i) + " entries, expected " +
                                        std::to_string(count));
    take(i, value);
  }
  if (!reader.atEnd())
    return corrupt("event batch",
                   std::string(name) + " has more than the expected " + std::to_string(count) + " entries");
  return {};
}

/// Decodes indices below `limit`. Errors: `unknown` when one is not.
Result<void> decodeIndices(const char* name, const std::string& column, std::size_t count, std::size_t limit,
                           const char* unknown, std::vector<std::uint32_t>& into) {
  into.resize(count);
  std::uint64_t largest = 0;
  return decode(name, column, count,
                [&](std::size_t i, std::uint64_t value) {
                  largest = std::max(largest, value);
                  into[i] = static_cast<std::uint32_t>(value);
                })
      .and_then([&]() -> Result<void> {
        if (count != 0 && largest >= limit) return corrupt("event batch", unknown);
        return {};
      });
}

/// Of form 0; those of form 1 are checked when they are read: it takes as long.
Result<void> checkAddresses(const v1::EventBatch& batch, std::size_t allocations) {
  std::uint64_t address = 0;
  std::uint64_t bits = 0;
  return decode("address", batch.address(), allocations,
                [&](std::size_t, std::uint64_t difference) {
                  bits |= address += static_cast<std::uint64_t>(unzigzag(difference));
                })
      .and_then([&]() -> Result<void> {
        if (bits >= kMaxBlockBytes)
          return corrupt("event batch", "an address outside of any user address space");
        return {};
      });
}

std::size_t countFrees(const std::string& kinds) {
  std::size_t frees = 0;
  for (const char byte : kinds)
    frees += static_cast<std::size_t>(std::popcount(static_cast<unsigned char>(byte)));
  return frees;
}

}  // namespace

BatchColumns::Bounds BatchColumns::Bounds::widest(const v1::EventBatch& batch, std::uint32_t timeUnitNs) {
  return {.timeUnits = (kMaxTimeNs - batch.base_time_ns()) / timeUnitNs,
          .timeUnitNs = timeUnitNs,
          .threads = kMaxThreads,
          .pairs = kMaxPairs,
          .stacks = kMaxStacks};
}

Result<void> BatchColumns::read(const v1::EventBatch& batch, const Bounds& bounds) {
  const std::size_t events = batch.events();
  if (events > kMaxBatchEvents) {
    return corrupt("event batch", std::to_string(events) + " events, at most " +
                                      std::to_string(kMaxBatchEvents) + " allowed");
  }
  const std::string& kinds = batch.kinds();
  if (kinds.size() != (events + 7) / 8) {
    return corrupt("event batch", "kinds has " + std::to_string(kinds.size()) + " bytes, expected " +
                                      std::to_string((events + 7) / 8));
  }
  if (events % 8 != 0 && static_cast<unsigned char>(kinds.back()) >> (events % 8) != 0)
    return corrupt("event batch", "kinds has bits set beyond the last event");
  if (batch.form() > kSplitForm)
    return corrupt("event batch",
                   "form " + std::to_string(batch.form()) + ", which this build does not know");
  const std::size_t frees = countFrees(kinds);
  m_pair.resize(events - frees);
  m_freed.resize(frees);
  return readTimes(batch, bounds.timeUnits)
      .and_then([&] { return readRuns(batch, bounds.threads); })
      .and_then(
          [&] { return batch.form() == kSplitForm ? readSplit(batch, bounds) : readWhole(batch, bounds); })
      .and_then([&] { return readFreeStacks(batch, frees, bounds.stacks); })
      .and_then([&] { return readTemporaries(batch, frees); });
}

Result<void> BatchColumns::readTimes(const v1::EventBatch& batch, std::uint64_t limit) {
  m_time.resize(batch.events());
  std::uint64_t left = limit;
  bool beyond = false;
  return decode("time", batch.time(), m_time.size(),
                [&](std::size_t i, std::uint64_t value) {
                  beyond |= value > left;
                  left -= value;
                  m_time[i] = value;
                })
      .and_then([&]() -> Result<void> {
        if (beyond) return corrupt("event batch", "time runs beyond 146 years");
        return {};
      });
}

Result<void> BatchColumns::readRuns(const v1::EventBatch& batch, std::size_t threads) {
  m_runLength.clear();
  std::size_t left = batch.events();
  for (VarintReader reader(batch.run_length()); !reader.atEnd();) {
    std::uint64_t length = 0;
    // None is empty: a batch has no more runs than events.
    if (!reader.next(length) || length == 0 || length > left) break;
    left -= length;
    m_runLength.push_back(static_cast<std::uint32_t>(length));
    if (left == 0 && !reader.atEnd())
      return corrupt("event batch", "there are more runs of threads than events");
  }
  if (left != 0)
    return corrupt("event batch",
                   "the runs of threads do not add up to " + std::to_string(batch.events()) + " events");
  return decodeIndices("run_thread", batch.run_thread(), m_runLength.size(), threads,
                       "an event of a thread that is not defined", m_runThread);
}

Result<void> BatchColumns::readWhole(const v1::EventBatch& batch, const Bounds& bounds) {
  const std::size_t frees = m_freed.size();
  std::uint64_t number = batch.first_allocation();
  return decodeIndices("pair", batch.pair(), m_pair.size(), bounds.pairs,
                       "an allocation of a pair that is not defined", m_pair)
      .and_then([&] { return checkAddresses(batch, m_pair.size()); })
      .and_then([&] { return readLifetimes(batch.lifetime_log2(), frees); })
      .and_then([&] {
        return decode("freed", batch.freed(), frees, [&](std::size_t i, std::uint64_t difference) {
          m_freed[i] = number += static_cast<std::uint64_t>(unzigzag(difference));
        });
      })
      .and_then([&] {
        return decodeIndices("freed_pair", batch.freed_pair(), frees, bounds.pairs,
                             "a free of a pair that is not defined", m_freedPair);
      });
}

Result<void> BatchColumns::readSplit(const v1::EventBatch& batch, const Bounds& bounds) {
  findFrees(batch.kinds(), m_freePosition);
  return readSplitIndices("pair", batch.pair_low(), batch.pair_high(), m_pair.size(), bounds.pairs,
                          "an allocation of a pair that is not defined", m_pair)
      .and_then([&] { return readFreedNumbers(batch, m_freePosition, m_freed); })
      .and_then([&] { return readFreedPairs(batch, m_freed, m_pair, bounds.pairs, m_freedPair); })
      .and_then([&] { return readLifetimes(batch.lifetime(), m_freed.size()); })
      .map([&] { addWhatTimesSay(batch, bounds.timeUnitNs); });
}

Result<void> BatchColumns::readLifetimes(const std::string& lifetimes, std::size_t frees) {
  if (lifetimes.size() != frees)
    return corrupt("event batch", "lifetime_log2 has " + std::to_string(lifetimes.size()) +
                                      " entries, expected " + std::to_string(frees));
  m_lifetime.assign(lifetimes.begin(), lifetimes.end());
  if (std::any_of(m_lifetime.begin(), m_lifetime.end(), [](auto log2) { return log2 > kMaxLifetimeLog2; }))
    return corrupt("event batch", "lifetime_log2 has a value above 63");
  return {};
}

/// Lifetimes of blocks that the batch has allocated are told as differences.
void BatchColumns::addWhatTimesSay(const v1::EventBatch& batch, std::uint32_t timeUnitNs) {
  m_bornAt.resize(m_pair.size() + 1);  // One more: whatever an event is, it is written down.
  const std::uint64_t first = batch.first_allocation();
  std::uint64_t at = 0;
  std::size_t allocation = 0;
  std::size_t free = 0;
  for (std::uint32_t i = 0; i < batch.events(); ++i) {
    m_bornAt[allocation] = at += m_time[i];
    if (free == m_freed.size() || m_freePosition[free] != i) {
      ++allocation;
      continue;
    }
    if (m_freed[free] >= first) {
      const std::uint64_t lifetimeNs = (at - m_bornAt[m_freed[free] - first]) * timeUnitNs;
      const auto byTimes = static_cast<unsigned>(std::bit_width(lifetimeNs | 1) - 1);
      m_lifetime[free] = static_cast<std::uint8_t>((m_lifetime[free] + byTimes) & kMaxLifetimeLog2);
    }
    ++free;
  }
}

Result<void> BatchColumns::readFreeStacks(const v1::EventBatch& batch, std::size_t frees,
                                          std::size_t stacks) {
  return decodeIndices("freed_stack", batch.freed_stack(), batch.freed_stack().empty() ? 0 : frees, stacks,
                       "a free with a stack that is not defined", m_freedStack);
}

Result<void> BatchColumns::readTemporaries(const v1::EventBatch& batch, std::size_t frees) {
  const std::string& bits = batch.freed_temporary();
  m_freedTemporary.clear();
  if (bits.empty()) return {};
  if (bits.size() != (frees + 7) / 8)
    return corrupt("event batch", "freed_temporary has " + std::to_string(bits.size()) + " bytes, expected " +
                                      std::to_string((frees + 7) / 8));
  if (frees % 8 != 0 && static_cast<unsigned char>(bits.back()) >> (frees % 8) != 0)
    return corrupt("event batch", "freed_temporary has bits set beyond the last free");
  for (std::size_t i = 0; i < frees; ++i)
    m_freedTemporary.push_back(static_cast<unsigned char>(bits[i / 8]) >> (i % 8) & 1);
  return {};
}

}  // namespace heaptap::ingest
