// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <span>

#include "collector/ingest/address_column.h"
#include "collector/ingest/batch_columns.h"
#include "collector/ingest/event_walk.h"
#include "collector/ingest/limits.h"
#include "tests/support/event_batch.h"

namespace heaptap::test {

/// Chunks of pairs that a test knows.
class KnownChunks final : public ingest::ChunkSource {
 public:
  explicit KnownChunks(std::span<const std::uint32_t> chunks) : m_chunks(chunks) {}
  Result<std::span<const std::uint32_t>> chunks() override { return m_chunks; }

 private:
  std::span<const std::uint32_t> m_chunks;
};

/// A batch of any form, as it would be in form 0, which says all of each event.
inline v1::UnpackedEventBatch whole(const v1::EventBatch& batch, ingest::ChunkSource& chunks,
                                    std::uint32_t timeUnitNs) {
  v1::UnpackedEventBatch whole = unpacked(batch);
  if (batch.form() == 0) return whole;
  ingest::BatchColumns columns;
  ingest::AddressColumn addresses;
  const auto read =
      columns.read(batch, ingest::BatchColumns::Bounds::widest(batch, timeUnitNs)).and_then([&] {
        return addresses.read(batch, columns, chunks);
      });
  EXPECT_TRUE(read) << read.error().line();
  if (!read) return whole;
  std::uint64_t lastAddress = 0;
  for (const std::uint64_t address : addresses.addresses()) {
    whole.add_address(static_cast<std::int64_t>(address - lastAddress));
    lastAddress = address;
  }
  std::uint64_t lastFreed = batch.first_allocation();
  for (const std::uint64_t number : columns.freed()) {
    whole.add_freed(static_cast<std::int64_t>(number - lastFreed));
    lastFreed = number;
  }
  for (const std::uint32_t pair : columns.pairs()) whole.add_pair(pair);
  for (const std::uint32_t pair : columns.freedPairs()) whole.add_freed_pair(pair);
  for (const std::uint8_t log2 : columns.lifetimes())
    whole.mutable_lifetime_log2()->push_back(static_cast<char>(log2));
  whole.DiscardUnknownFields();
  return whole;
}

}  // namespace heaptap::test
