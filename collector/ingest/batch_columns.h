// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::ingest {

/// The columns of one event batch, decoded, but for its addresses (AddressColumn). The arrays are reused: no
/// heap is needed for an event. Names and units: those of EventBatch in ingest.proto.
class BatchColumns {
 public:
  /// How far numbers may go in a sound batch.
  struct Bounds {
    std::uint64_t timeUnits;  ///< Sum of all times.
    std::uint32_t timeUnitNs;
    std::size_t threads;
    std::size_t pairs;
    std::size_t stacks;

    /// For readers who do not know all that is defined by then: as far as there can be any.
    /// Precondition: the batch does not begin beyond kMaxTimeNs.
    static Bounds widest(const v1::EventBatch& batch, std::uint32_t timeUnitNs);
  };

  /// Decodes `batch`, which must outlive the use of what was decoded.
  /// Errors: Corrupt when a column is damaged, or the columns do not fit together or into the bounds.
  Result<void> read(const v1::EventBatch& batch, const Bounds& bounds);

  [[nodiscard]] const std::vector<std::uint64_t>& times() const { return m_time; }
  [[nodiscard]] const std::vector<std::uint32_t>& runThreads() const { return m_runThread; }
  [[nodiscard]] const std::vector<std::uint32_t>& runLengths() const { return m_runLength; }
  [[nodiscard]] const std::vector<std::uint32_t>& pairs() const { return m_pair; }
  /// Numbers of the allocations that end, in the session. Not checked.
  [[nodiscard]] const std::vector<std::uint64_t>& freed() const { return m_freed; }
  [[nodiscard]] const std::vector<std::uint32_t>& freedPairs() const { return m_freedPair; }
  /// floor(log2(lifetime in ns)), a byte for each free.
  [[nodiscard]] const std::vector<std::uint8_t>& lifetimes() const { return m_lifetime; }
  /// Empty where no stacks of frees are recorded.
  [[nodiscard]] const std::vector<std::uint32_t>& freedStacks() const { return m_freedStack; }
  /// A byte for each free: was the block temporary? Empty where the target does not say.
  [[nodiscard]] const std::vector<std::uint8_t>& freedTemporaries() const { return m_freedTemporary; }

 private:
  Result<void> readTimes(const v1::EventBatch& batch, std::uint64_t limit);
  Result<void> readRuns(const v1::EventBatch& batch, std::size_t threads);
  Result<void> readWhole(const v1::EventBatch& batch, const Bounds& bounds);
  Result<void> readSplit(const v1::EventBatch& batch, const Bounds& bounds);
  Result<void> readLifetimes(const std::string& lifetimes, std::size_t frees);
  void addWhatTimesSay(const v1::EventBatch& batch, std::uint32_t timeUnitNs);
  Result<void> readFreeStacks(const v1::EventBatch& batch, std::size_t frees, std::size_t stacks);
  Result<void> readTemporaries(const v1::EventBatch& batch, std::size_t frees);

  std::vector<std::uint64_t> m_time;
  std::vector<std::uint32_t> m_runThread;
  std::vector<std::uint32_t> m_runLength;
  std::vector<std::uint32_t> m_pair;
  std::vector<std::uint64_t> m_freed;
  std::vector<std::uint32_t> m_freedPair;
  std::vector<std::uint8_t> m_lifetime;
  std::vector<std::uint32_t> m_freedStack;
  std::vector<std::uint32_t> m_freePosition;  ///< Of form 1: among the events.
  std::vector<std::uint64_t> m_bornAt;        ///< Likewise, of allocations: in time units since base_time_ns.
  std::vector<std::uint8_t> m_freedTemporary;
};

}  // namespace heaptap::ingest
