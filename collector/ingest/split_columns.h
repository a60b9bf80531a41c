// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "heaptap/v1/ingest.pb.h"

/// The columns of batches of form 1 (ingest.proto), each for itself: for readers who want only some of them.
/// Errors: Corrupt.
namespace heaptap::ingest {

inline constexpr std::uint32_t kSplitForm = 1;  ///< EventBatch.form.

/// A number for each entry, of two columns: the low eight bits, and the rest. Indices below `limit`.
/// `unknown`: what is wrong where one is not.
Result<void> readSplitIndices(const char* name, const std::string& low, const std::string& high,
                              std::size_t count, std::size_t limit, const char* unknown,
                              std::vector<std::uint32_t>& into);

/// The positions of the frees among the events. Precondition: `kinds` is as long as it must be.
void findFrees(const std::string& kinds, std::vector<std::uint32_t>& positions);

/// The numbers of the allocations that end: each is smaller than the number that the next allocation would
/// get.
Result<void> readFreedNumbers(const v1::EventBatch& batch, std::span<const std::uint32_t> freePositions,
                              std::vector<std::uint64_t>& freed);

/// The pairs of the allocations that end. `pairs`: those of the batch's allocations.
Result<void> readFreedPairs(const v1::EventBatch& batch, std::span<const std::uint64_t> freed,
                            std::span<const std::uint32_t> pairs, std::size_t limit,
                            std::vector<std::uint32_t>& freedPairs);

}  // namespace heaptap::ingest
