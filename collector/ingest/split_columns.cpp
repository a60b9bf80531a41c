// SPDX-License-Identifier: Apache-2.0
#include "collector/ingest/split_columns.h"

#include <algorithm>
#include <bit>

#include "base/varint.h"
#include "collector/ingest/corrupt.h"

namespace heaptap::ingest {
namespace {

tl::unexpected<Error> wrongLength(const char* name, std::size_t count) {
  return corrupt("event batch",
                 std::string(name) + " has not the expected " + std::to_string(count) + " entries");
}

/// Passes each number of two columns to `take`.
template <class Take>
Result<void> readSplit(const char* name, const std::string& low, const std::string& high, std::size_t count,
                       Take&& take) {
  if (low.size() != count) return wrongLength(name, count);
  VarintReader rest(high);
  std::uint64_t largest = 0;
  for (std::size_t i = 0; i < count; ++i) {
    std::uint64_t value = 0;
    if (!rest.next(value)) return wrongLength(name, count);
    largest |= value;
    take(i, value << 8 | static_cast<unsigned char>(low[i]));
  }
  if (!rest.atEnd()) return wrongLength(name, count);
  if (largest >> 56 != 0) return corrupt("event batch", std::string(name) + " exceeds 64 bits");
  return {};
}

}  // namespace

Result<void> readSplitIndices(const char* name, const std::string& low, const std::string& high,
                              std::size_t count, std::size_t limit, const char* unknown,
                              std::vector<std::uint32_t>& into) {
  into.resize(count);
  std::uint64_t largest = 0;
  return readSplit(name, low, high, count,
                   [&](std::size_t i, std::uint64_t value) {
                     largest = std::max(largest, value);
                     into[i] = static_cast<std::uint32_t>(value);
                   })
      .and_then([&]() -> Result<void> {
        if (count != 0 && largest >= limit) return corrupt("event batch", unknown);
        return {};
      });
}

void findFrees(const std::string& kinds, std::vector<std::uint32_t>& positions) {
  positions.clear();
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    auto byte = static_cast<unsigned>(static_cast<unsigned char>(kinds[i]));
    for (; byte != 0; byte &= byte - 1)
      positions.push_back(
          static_cast<std::uint32_t>(8 * i + static_cast<std::size_t>(std::countr_zero(byte))));
  }
}

Result<void> readFreedNumbers(const v1::EventBatch& batch, std::span<const std::uint32_t> freePositions,
                              std::vector<std::uint64_t>& freed) {
  const std::size_t frees = freePositions.size();
  freed.resize(frees);
  bool isBefore = false;
  return readSplit("lag", batch.lag_low(), batch.lag_high(), frees,
                   [&](std::size_t i, std::uint64_t lag) {
                     // Of the events before it, so many were frees.
                     const std::uint64_t allocations = batch.first_allocation() + (freePositions[i] - i);
                     isBefore |= lag >= allocations;
                     freed[i] = allocations - 1 - lag;
                   })
      .and_then([&]() -> Result<void> {
        if (isBefore) return corrupt("event batch", "a free ends an allocation that was not made");
        return {};
      });
}

Result<void> readFreedPairs(const v1::EventBatch& batch, std::span<const std::uint64_t> freed,
                            std::span<const std::uint32_t> pairs, std::size_t limit,
                            std::vector<std::uint32_t>& freedPairs) {
  const std::uint64_t first = batch.first_allocation();
  const auto ofOthers = static_cast<std::size_t>(
      std::count_if(freed.begin(), freed.end(), [&](std::uint64_t number) { return number < first; }));
  std::vector<std::uint32_t> told;
  return readSplitIndices("freed_pair", batch.freed_pair_low(), batch.freed_pair_high(), ofOthers, limit,
                          "a free of a pair that is not defined", told)
      .map([&] {
        freedPairs.resize(freed.size());
        auto next = told.begin();
        for (std::size_t i = 0; i < freed.size(); ++i)
          freedPairs[i] = freed[i] < first ? *next++ : pairs[freed[i] - first];
      });
}

}  // namespace heaptap::ingest
