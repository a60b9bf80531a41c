// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/error.h"
#include "collector/ingest/batch_columns.h"
#include "collector/model/chunked.h"
#include "collector/model/session_model.h"
#include "counting/batch_sums.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::ingest {

/// Checks event batches and applies them to a model. A batch is applied as a whole or not at all.
/// Threads: as the model: one at a time. No heap is used for an event.
class BatchDecoder {
 public:
  explicit BatchDecoder(std::uint32_t timeUnitNs) : m_timeUnitNs(timeUnitNs) {}

  /// Counts the events of `batch` in `model`; `stacks`: how many are defined.
  /// Errors: Corrupt when the batch breaks a rule of ingest.proto; the model is then unchanged.
  Result<void> apply(const v1::EventBatch& batch, std::size_t stacks, model::SessionModel& model);
  /// The model has counted a batch by its sums.
  void follow(const counting::BatchSums& sums, const model::SessionModel& model);

 private:
  Result<void> readColumns(const v1::EventBatch& batch, std::size_t stacks, const model::SessionModel& model);
  Result<void> checkBytes(const model::SessionModel& model) const;
  Result<void> checkFrees(const v1::EventBatch& batch, const model::SessionModel& model);
  void adoptPairs(const model::SessionModel& model);

  std::uint32_t m_timeUnitNs;
  BatchColumns m_columns;
  /// By pair: as in the model, or ahead of it by the batch being checked.
  model::Chunked<std::uint64_t> m_live;
  std::uint64_t m_largestSize = 0;  ///< Of all pairs seen.
};

}  // namespace heaptap::ingest
