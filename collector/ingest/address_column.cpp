// SPDX-License-Identifier: Apache-2.0
#include "collector/ingest/address_column.h"

#include <algorithm>

#include "base/varint.h"
#include "collector/ingest/corrupt.h"
#include "collector/ingest/limits.h"
#include "collector/ingest/split_columns.h"

namespace heaptap::ingest {
namespace {

using columns::AddressGuesses;

Result<void> damagedAddresses(const char* what) { return corrupt("event batch", what); }

}  // namespace

Result<void> AddressColumn::read(const v1::EventBatch& batch, const BatchColumns& columns,
                                 ChunkSource& chunks) {
  m_addresses.resize(columns.pairs().size());
  const auto check = [this]() -> Result<void> {
    std::uint64_t bits = 0;
    for (const std::uint64_t address : m_addresses) bits |= address;
    return bits < kMaxBlockBytes ? Result<void>()
                                 : damagedAddresses("an address outside of any user address space");
  };
  if (batch.form() != kSplitForm) return readWhole(batch).and_then(check);
  return readTold(batch)
      .and_then([&] { return chunks.chunks(); })
      .and_then([&](std::span<const std::uint32_t> known) { return resolve(batch, columns, known); })
      .and_then(check);
}

Result<void> AddressColumn::readWhole(const v1::EventBatch& batch) {
  VarintReader differences(batch.address());
  std::uint64_t last = 0;
  for (std::uint64_t& address : m_addresses) {
    std::uint64_t difference = 0;
    if (!differences.next(difference)) return damagedAddresses("address has too few entries");
    address = last += static_cast<std::uint64_t>(unzigzag(difference));
  }
  return differences.atEnd() ? Result<void>() : damagedAddresses("address has too many entries");
}

Result<void> AddressColumn::readTold(const v1::EventBatch& batch) {
  if (batch.guess().size() != m_addresses.size())
    return damagedAddresses("guess has not one entry for each allocation");
  if (batch.address_shift() > 63) return damagedAddresses("address_shift is above 63");
  m_told.clear();
  VarintReader rest(batch.address_high());
  std::uint64_t last = 0;
  for (const char low : batch.address_low()) {
    std::uint64_t value = 0;
    if (!rest.next(value)) return damagedAddresses("address has too few entries");
    const auto difference =
        static_cast<std::uint64_t>(unzigzag(value << 8 | static_cast<unsigned char>(low)));
    m_told.push_back(last += difference << batch.address_shift());
  }
  return rest.atEnd() ? Result<void>() : damagedAddresses("address has too many entries");
}

Result<void> AddressColumn::resolve(const v1::EventBatch& batch, const BatchColumns& columns,
                                    std::span<const std::uint32_t> chunks) {
  if (!m_guesses) m_guesses = std::make_unique<AddressGuesses>();
  m_guesses->begin();
  const std::string& kinds = batch.kinds();
  const std::uint64_t first = batch.first_allocation();
  const std::uint32_t* pair = columns.pairs().data();
  const std::uint64_t* freed = columns.freed().data();
  auto told = m_told.begin();
  std::size_t allocation = 0;
  std::uint32_t i = 0;
  for (std::size_t run = 0; run < columns.runThreads().size(); ++run) {
    const std::uint32_t thread = columns.runThreads()[run];
    for (const std::uint32_t end = i + columns.runLengths()[run]; i < end; ++i) {
      if ((static_cast<unsigned char>(kinds[i / 8]) >> (i % 8) & 1) != 0) {
        const std::uint64_t born = *freed++ - first;
        // Of an earlier batch, where it wraps; that it is not of a later allocation was checked.
        if (born < allocation) m_guesses->freed(thread, chunks[pair[born]], m_addresses[born]);
        continue;
      }
      if (pair[allocation] >= chunks.size())
        return damagedAddresses("an allocation of a pair that is not defined");
      const auto code = static_cast<std::uint8_t>(batch.guess()[allocation]);
      if (code >= AddressGuesses::kCodes) return damagedAddresses("guess has an unknown value");
      std::uint64_t address = 0;
      if (code == AddressGuesses::kTold) {
        if (told == m_told.end()) return damagedAddresses("address has too few entries");
        address = *told++;
      }
      if (!m_guesses->resolve(thread, chunks[pair[allocation]], code, address, m_addresses[allocation]))
        return damagedAddresses("guess names a block that was not freed");
      ++allocation;
    }
  }
  return told == m_told.end() ? Result<void>() : damagedAddresses("address has too many entries");
}

}  // namespace heaptap::ingest
