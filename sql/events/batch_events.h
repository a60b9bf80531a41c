// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/error.h"
#include "collector/ingest/address_column.h"
#include "collector/ingest/batch_columns.h"
#include "collector/ingest/chunk_source.h"
#include "heaptap/v1/ingest.pb.h"
#include "sql/events/event_columns.h"

namespace heaptap::sql {

/// How far the ids in a batch may go, and what its times are counted in.
struct EventBounds {
  std::size_t threads = 0;
  std::size_t pairs = 0;
  std::size_t stacks = 0;
  std::uint32_t timeUnitNs = 1;
};

/// One batch of events, an entry for each event in each array; arrays that were not asked for are empty. They
/// are reused from batch to batch.
struct BatchEvents {
  std::vector<std::uint8_t> isFree;
  std::vector<std::uint64_t> atNs;
  std::vector<std::uint64_t> number;
  std::vector<std::uint32_t> thread;
  std::vector<std::uint32_t> pair;
  std::vector<std::uint64_t> address;    ///< Of frees: not set.
  std::vector<std::uint32_t> freeStack;  ///< 0: no free, or not recorded.
  std::uint64_t endNs = 0;               ///< Time of the last event; where times were not asked for: 0.

  [[nodiscard]] std::size_t size() const { return isFree.size(); }
};

/// Decodes those columns of a batch that a statement uses; each is checked as far as it is read.
/// Threads: one at a time.
class BatchEventsDecoder {
 public:
  BatchEventsDecoder(const EventBounds& bounds, EventColumns wanted) : m_bounds(bounds), m_wanted(wanted) {}

  /// `chunks` is asked where addresses are wanted. Errors: Corrupt.
  Result<void> decode(const v1::EventBatch& batch, BatchEvents& events, ingest::ChunkSource& chunks);

 private:
  Result<void> decodeTimes(const v1::EventBatch& batch, BatchEvents& events) const;
  Result<void> decodeThreads(const v1::EventBatch& batch, BatchEvents& events) const;
  Result<void> decodePairs(const v1::EventBatch& batch, BatchEvents& events);
  Result<void> decodeWholePairs(const v1::EventBatch& batch);
  Result<void> decodeSplitPairs(const v1::EventBatch& batch);
  Result<void> decodeNumbers(const v1::EventBatch& batch, BatchEvents& events) const;
  Result<void> decodeFreed(const v1::EventBatch& batch);
  Result<void> decodeAddresses(const v1::EventBatch& batch, BatchEvents& events, ingest::ChunkSource& chunks);
  Result<void> decodeFreeStacks(const v1::EventBatch& batch, BatchEvents& events) const;

  EventBounds m_bounds;
  EventColumns m_wanted;
  std::vector<std::uint32_t> m_ofAllocations;  ///< A column before it is merged; likewise the next.
  std::vector<std::uint32_t> m_ofFrees;
  std::vector<std::uint32_t> m_freePositions;
  std::vector<std::uint64_t> m_freed;  ///< Numbers.
  ingest::BatchColumns m_columns;      ///< Where addresses are wanted; likewise the next.
  ingest::AddressColumn m_addresses;
};

}  // namespace heaptap::sql
