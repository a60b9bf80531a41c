// SPDX-License-Identifier: Apache-2.0
#include "collector/ingest/batch_decoder.h"

#include <algorithm>
#include <bit>
#include <string>
#include <type_traits>

#include "collector/ingest/event_walk.h"
#include "collector/ingest/limits.h"

namespace heaptap::ingest {
namespace {

tl::unexpected<Error> corrupt(std::string what) {
  return failure(Code::Corrupt, "event batch", std::move(what));
}

std::string versus(std::string_view column, std::uint64_t found, std::uint64_t expected) {
  return std::string(column) + " has " + std::to_string(found) + " entries, expected " +
         std::to_string(expected);
}

template <class Column>
bool allBelow(const Column& column, std::size_t limit) {
  std::uint32_t largest = 0;
  for (const std::uint32_t value : column) largest = std::max(largest, value);
  return column.empty() || largest < limit;
}

/// Sum of the column, or a value above `limit`.
template <class Column>
std::uint64_t boundedSum(const Column& column, std::uint64_t limit) {
  std::uint64_t sum = 0;
  for (const std::uint64_t value : column) {
    if (value > limit - sum) return limit + 1;
    sum += value;
  }
  return sum;
}

std::uint64_t countFrees(const std::string& kinds) {
  std::uint64_t frees = 0;
  for (const char byte : kinds)
    frees += static_cast<unsigned>(std::popcount(static_cast<unsigned char>(byte)));
  return frees;
}

}  // namespace

Result<void> BatchDecoder::apply(const v1::EventBatch& batch, model::SessionModel& model) {
  adoptPairs(model);
  return checkColumns(batch, model)
      .and_then([&] { return checkValues(batch, model); })
      .and_then([&] { return checkBytes(batch, model); })
      .and_then([&] { return checkFrees(batch, model); })
      .map([&] {
        const auto apply = [&model](const auto& event) {
          model.apply(event);
          return true;
        };
        walkEvents(batch, m_timeUnitNs, apply, [&model](model::PairId pair) { model.prefetch(pair); });
      });
}

void BatchDecoder::adoptPairs(const model::SessionModel& model) {
  for (std::size_t i = m_live.size(); i < model.pairs(); ++i) {
    const auto id = static_cast<model::PairId>(i);
    m_live.push_back(model.live(id));
    m_largestSize = std::max(m_largestSize, model.pair(id).size);
  }
}

Result<void> BatchDecoder::checkColumns(const v1::EventBatch& batch, const model::SessionModel& model) {
  const std::uint64_t events = batch.events();
  if (events > kMaxBatchEvents) {
    return corrupt(std::to_string(events) + " events, at most " + std::to_string(kMaxBatchEvents) +
                   " allowed");
  }
  const std::string& kinds = batch.kinds();
  if (kinds.size() != (events + 7) / 8) return corrupt(versus("kinds", kinds.size(), (events + 7) / 8));
  if (events % 8 != 0 && static_cast<unsigned char>(kinds.back()) >> (events % 8) != 0) {
    return corrupt("kinds has bits set beyond the last event");
  }
  const std::uint64_t frees = countFrees(kinds);
  const std::uint64_t allocations = events - frees;
  const auto entries = [](const auto& column) { return static_cast<std::uint64_t>(column.size()); };
  if (entries(batch.time()) != events) return corrupt(versus("time", entries(batch.time()), events));
  if (entries(batch.address()) != allocations) {
    return corrupt(versus("address", entries(batch.address()), allocations));
  }
  if (entries(batch.pair()) != allocations)
    return corrupt(versus("pair", entries(batch.pair()), allocations));
  if (entries(batch.freed()) != frees) return corrupt(versus("freed", entries(batch.freed()), frees));
  if (entries(batch.freed_pair()) != frees) {
    return corrupt(versus("freed_pair", entries(batch.freed_pair()), frees));
  }
  if (entries(batch.lifetime_log2()) != frees) {
    return corrupt(versus("lifetime_log2", entries(batch.lifetime_log2()), frees));
  }
  if (batch.run_length_size() != batch.run_thread_size()) {
    return corrupt(versus("run_length", entries(batch.run_length()), entries(batch.run_thread())));
  }
  if (boundedSum(batch.run_length(), kMaxBatchEvents) != events) {
    return corrupt("the runs of threads do not add up to " + std::to_string(events) + " events");
  }
  if (batch.first_allocation() != model.totals().allocations) {
    return corrupt("first_allocation is " + std::to_string(batch.first_allocation()) + ", expected " +
                   std::to_string(model.totals().allocations));
  }
  return {};
}

Result<void> BatchDecoder::checkValues(const v1::EventBatch& batch, const model::SessionModel& model) const {
  if (batch.base_time_ns() < model.totals().lastEventNs || batch.base_time_ns() > kMaxTimeNs) {
    return corrupt("base_time_ns is " + std::to_string(batch.base_time_ns()) + ", the event before was at " +
                   std::to_string(model.totals().lastEventNs));
  }
  const std::uint64_t units = (kMaxTimeNs - batch.base_time_ns()) / m_timeUnitNs;
  if (boundedSum(batch.time(), units) > units) return corrupt("time runs beyond 146 years");
  if (!allBelow(batch.run_thread(), model.threads()))
    return corrupt("an event of a thread that is not defined");
  if (!allBelow(batch.pair(), model.pairs())) return corrupt("an allocation of a pair that is not defined");
  if (!allBelow(batch.freed_pair(), model.pairs())) return corrupt("a free of a pair that is not defined");
  const auto tooLong = [](char log2) { return static_cast<unsigned char>(log2) > kMaxLifetimeLog2; };
  if (std::any_of(batch.lifetime_log2().begin(), batch.lifetime_log2().end(), tooLong)) {
    return corrupt("lifetime_log2 has a value above 63");
  }
  std::uint64_t address = 0;
  std::uint64_t bits = 0;
  for (const std::int64_t difference : batch.address())
    bits |= address += static_cast<std::uint64_t>(difference);
  if (bits >= kMaxBlockBytes) return corrupt("an address outside of any user address space");
  return {};
}

Result<void> BatchDecoder::checkBytes(const v1::EventBatch& batch, const model::SessionModel& model) {
  const std::uint64_t room = ~0ULL - model.totals().allocatedBytes;
  // A real program never gets near; only when sizes are absurd does each allocation need a look.
  if (m_largestSize == 0 || static_cast<std::uint64_t>(batch.pair_size()) <= room / m_largestSize) return {};
  std::uint64_t sum = 0;
  for (const std::uint32_t pair : batch.pair()) {
    const std::uint64_t size = model.pair(static_cast<model::PairId>(pair)).size;
    if (size > room - sum) return corrupt("the allocated bytes of the session exceed 2^64");
    sum += size;
  }
  return {};
}

Result<void> BatchDecoder::checkFrees(const v1::EventBatch& batch, const model::SessionModel& model) {
  std::uint64_t allocations = batch.first_allocation();
  const auto check = [&](const auto& event) {
    std::uint64_t& live = m_live[index(event.pair)];
    if constexpr (std::is_same_v<decltype(event), const model::Free&>) {
      if (event.number >= allocations || live == 0) return false;
      --live;
    } else {
      ++allocations;
      ++live;
    }
    return true;
  };
  const auto prefetch = [this](model::PairId pair) { __builtin_prefetch(&m_live[index(pair)], 1); };
  if (walkEvents(batch, m_timeUnitNs, check, prefetch)) return {};
  for (const std::uint32_t pair : batch.pair()) m_live[pair] = model.live(static_cast<model::PairId>(pair));
  for (const std::uint32_t pair : batch.freed_pair())
    m_live[pair] = model.live(static_cast<model::PairId>(pair));
  return corrupt("a free ends an allocation that was not made, or a pair that has no live block");
}

}  // namespace heaptap::ingest
