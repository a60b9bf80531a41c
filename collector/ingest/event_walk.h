// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "collector/model/event.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::ingest {

/// How many allocations or frees ahead a pair is announced: enough to fetch it from memory meanwhile.
inline constexpr int kPairsAhead = 16;

/// Calls `visit` with each model::Allocation or model::Free of a batch, in order, until it returns false.
/// Returns whether all were visited. `announce` hears of each pair a little before it is needed, as pairs
/// come in no order and would wait for memory one by one.
/// Precondition: the columns fit together (BatchDecoder checks that).
template <class Visitor, class Announce>
bool walkEvents(const v1::EventBatch& batch, std::uint32_t timeUnitNs, Visitor&& visit, Announce&& announce) {
  const char* kinds = batch.kinds().data();
  const std::uint64_t* time = batch.time().data();
  const std::uint32_t* runThread = batch.run_thread().data();
  const std::uint32_t* runLength = batch.run_length().data();
  const std::uint32_t* pair = batch.pair().data();
  const std::int64_t* freed = batch.freed().data();
  const std::uint32_t* freedPair = batch.freed_pair().data();
  const char* lifetime = batch.lifetime_log2().data();
  const std::uint32_t* const pairAhead = pair + std::max(batch.pair_size() - kPairsAhead, 0);
  const std::uint32_t* const freedPairAhead = freedPair + std::max(batch.freed_pair_size() - kPairsAhead, 0);

  std::uint64_t atNs = batch.base_time_ns();
  std::uint64_t number = batch.first_allocation();  // Of the free before.
  const std::uint32_t events = batch.events();
  for (std::uint32_t i = 0; i < events; ++runThread) {
    const auto thread = static_cast<model::ThreadIndex>(*runThread);
    for (const std::uint32_t end = i + *runLength++; i < end; ++i) {
      atNs += *time++ * timeUnitNs;
      const bool isFree = (static_cast<unsigned char>(kinds[i / 8]) >> (i % 8) & 1) != 0;
      if (isFree) {
        if (freedPair < freedPairAhead) announce(static_cast<model::PairId>(freedPair[kPairsAhead]));
        number += static_cast<std::uint64_t>(*freed++);
        const model::Free event{.atNs = atNs,
                                .thread = thread,
                                .number = number,
                                .pair = static_cast<model::PairId>(*freedPair++),
                                .lifetimeLog2 = static_cast<std::uint8_t>(*lifetime++)};
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
