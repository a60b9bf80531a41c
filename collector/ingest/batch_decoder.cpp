// SPDX-License-Identifier: Apache-2.0
#include "collector/ingest/batch_decoder.h"

#include <algorithm>
#include <string>
#include <type_traits>

#include "base/prefetch.h"
#include "collector/ingest/corrupt.h"
#include "collector/ingest/event_walk.h"
#include "collector/ingest/limits.h"

namespace heaptap::ingest {

Result<void> BatchDecoder::apply(const v1::EventBatch& batch, std::size_t stacks,
                                 model::SessionModel& model) {
  adoptPairs(model);
  return readColumns(batch, stacks, model)
      .and_then([&] { return checkBytes(model); })
      .and_then([&] { return checkFrees(batch, model); })
      .map([&] {
        const auto apply = [&model](const auto& event) {
          model.apply(event);
          return true;
        };
        const auto prefetch = [&model](model::PairId pair) { model.prefetch(pair); };
        walkEvents(batch, m_columns, m_timeUnitNs, apply, prefetch);
      });
}

void BatchDecoder::adoptPairs(const model::SessionModel& model) {
  for (std::size_t i = m_live.size(); i < model.pairs(); ++i) {
    const auto id = static_cast<model::PairId>(i);
    m_live.push_back(model.live(id));
    m_largestSize = std::max(m_largestSize, model.bytes(id));
  }
}

void BatchDecoder::follow(const counting::BatchSums& sums, const model::SessionModel& model) {
  for (const counting::BatchSums::OfPair& of : sums.pairs) {
    if (of.pair >= m_live.size()) break;  // They ascend.
    m_live[of.pair] = model.live(static_cast<model::PairId>(of.pair));
  }
}

Result<void> BatchDecoder::readColumns(const v1::EventBatch& batch, std::size_t stacks,
                                       const model::SessionModel& model) {
  const model::Totals& totals = model.totals();
  if (batch.first_allocation() != model.numbered()) {
    return corrupt("event batch", "first_allocation is " + std::to_string(batch.first_allocation()) +
                                      ", expected " + std::to_string(model.numbered()));
  }
  if (batch.base_time_ns() < totals.lastEventNs || batch.base_time_ns() > kMaxTimeNs) {
    return corrupt("event batch", "base_time_ns is " + std::to_string(batch.base_time_ns()) +
                                      ", the event before was at " + std::to_string(totals.lastEventNs));
  }
  return m_columns.read(batch, {.timeUnits = (kMaxTimeNs - batch.base_time_ns()) / m_timeUnitNs,
                                .timeUnitNs = m_timeUnitNs,
                                .threads = model.threads(),
                                .pairs = model.pairs(),
                                .stacks = stacks});
}

Result<void> BatchDecoder::checkBytes(const model::SessionModel& model) const {
  const std::uint64_t room = ~0ULL - model.allocatedBytesOfAll();
  // A real program never gets near; only when sizes are absurd does each allocation need a look.
  if (m_largestSize == 0 || m_columns.pairs().size() <= room / m_largestSize) return {};
  std::uint64_t sum = 0;
  for (const std::uint32_t pair : m_columns.pairs()) {
    const std::uint64_t size = model.bytes(static_cast<model::PairId>(pair));
    if (size > room - sum) return corrupt("event batch", "the allocated bytes of the session exceed 2^64");
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
  const auto prefetch = [this](model::PairId pair) { prefetchToWrite(&m_live[index(pair)]); };
  if (walkEvents(batch, m_columns, m_timeUnitNs, check, prefetch)) return {};
  for (const auto* pairs : {&m_columns.pairs(), &m_columns.freedPairs()})
    for (const std::uint32_t pair : *pairs) m_live[pair] = model.live(static_cast<model::PairId>(pair));
  return corrupt("event batch",
                 "a free ends an allocation that was not made, or a pair that has no live block");
}

}  // namespace heaptap::ingest
