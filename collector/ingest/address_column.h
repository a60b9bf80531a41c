// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/error.h"
#include "collector/ingest/batch_columns.h"
#include "collector/ingest/chunk_source.h"
#include "columns/address_guesses.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::ingest {

/// The addresses of a batch's allocations: apart from its other columns, as few questions are about
/// addresses, and reading them takes as long as reading all others. The arrays are reused.
class AddressColumn {
 public:
  /// Precondition: `columns` are those of `batch`. `chunks` is asked where the batch needs it.
  /// Errors: Corrupt; those of `chunks`.
  Result<void> read(const v1::EventBatch& batch, const BatchColumns& columns, ChunkSource& chunks);

  /// In the order of the allocations.
  [[nodiscard]] const std::vector<std::uint64_t>& addresses() const { return m_addresses; }

 private:
  Result<void> readWhole(const v1::EventBatch& batch);
  Result<void> readTold(const v1::EventBatch& batch);
  Result<void> resolve(const v1::EventBatch& batch, const BatchColumns& columns,
                       std::span<const std::uint32_t> chunks);

  std::vector<std::uint64_t> m_addresses;
  std::vector<std::uint64_t> m_told;
  std::unique_ptr<columns::AddressGuesses> m_guesses;
};

}  // namespace heaptap::ingest
