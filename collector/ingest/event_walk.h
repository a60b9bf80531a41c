// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "collector/ingest/batch_columns.h"
#include "collector/model/event.h"

namespace heaptap::ingest {

/// How many allocations or frees ahead a pair is announced: enough to fetch it from memory meanwhile.
inline constexpr std::size_t kPairsAhead = 16;

/// Calls `visit` with each model::Allocation or model::Free of a batch, in order, until it returns false.
/// Returns whether all were visited. `announce` hears of each pair a little before it is needed, as pairs
/// come in no order and would wait for memory one by one.
/// Precondition: `columns` are those of `batch`.
template <class Visitor, class Announce>
bool walkEvents(const v1::EventBatch& batch, const BatchColumns& columns, std::uint32_t timeUnitNs,
                Visitor&& visit, Announce&& announce) {
  const auto ahead = [](const std::vector<std::uint32_t>& pairs) {
    return pairs.data() + (pairs.size() - std::min(pairs.size(), kPairsAhead));
  };
  const char* kinds = batch.kinds().data();
  const std::uint64_t* time = columns.times().data();
  const std::uint32_t* runLength = columns.runLengths().data();
  const std::uint32_t* pair = columns.pairs().data();
  const std::uint64_t* freed = columns.freed().data();
  const std::uint32_t* freedPair = columns.freedPairs().data();
  const std::uint8_t* lifetime = columns.lifetimes().data();
  static constexpr std::uint32_t kNoStack = 0;
  const std::uint32_t* freedStack = columns.freedStacks().empty() ? &kNoStack : columns.freedStacks().data();
  const std::ptrdiff_t stackStep = columns.freedStacks().empty() ? 0 : 1;
  const std::uint8_t* temporary =
      columns.freedTemporaries().empty() ? nullptr : columns.freedTemporaries().data();
  const std::uint32_t* const pairAhead = ahead(columns.pairs());
  const std::uint32_t* const freedPairAhead = ahead(columns.freedPairs());

  std::uint64_t atNs = batch.base_time_ns();
  std::uint32_t i = 0;
  for (const std::uint32_t runThread : columns.runThreads()) {
    const auto thread = static_cast<model::ThreadIndex>(runThread);
    for (const std::uint32_t end = i + *runLength++; i < end; ++i) {
      atNs += *time++ * timeUnitNs;
      const bool isFree = (static_cast<unsigned char>(kinds[i / 8]) >> (i % 8) & 1) != 0;
      if (isFree) {
        if (freedPair < freedPairAhead) announce(static_cast<model::PairId>(freedPair[kPairsAhead]));
        const model::Free event{
            .atNs = atNs,
            .thread = thread,
            .number = *freed++,
            .pair = static_cast<model::PairId>(*freedPair++),
            .lifetimeLog2 = *lifetime++,
            .stack = static_cast<model::StackId>(*freedStack),
            .temporary = temporary == nullptr ? std::optional<bool>() : *temporary++ != 0};
        freedStack += stackStep;
        if (!visit(event)) return false;
      } else {
        if (pair < pairAhead) announce(static_cast<model::PairId>(pair[kPairsAhead]));
        const model::Allocation event{
            .atNs = atNs, .thread = thread, .pair = static_cast<model::PairId>(*pair++)};
        if (!visit(event)) return false;
      }
    }
  }
  return true;
}

}  // namespace heaptap::ingest
