// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/varint.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::ingest {

/// Reads the addresses of a batch's allocations one by one, in their order: for those who walk its events.
/// Precondition: BatchColumns has read the batch, and so checked the column.
class AddressReader {
 public:
  explicit AddressReader(const v1::EventBatch& batch) : m_column(batch.address()) {}

  std::uint64_t next() {
    std::uint64_t difference = 0;
    (void)m_column.next(difference);
    return m_address += static_cast<std::uint64_t>(unzigzag(difference));
  }

 private:
  VarintReader m_column;
  std::uint64_t m_address = 0;
};

}  // namespace heaptap::ingest
