// SPDX-License-Identifier: Apache-2.0
#include "collector/ingest/keyframe_columns.h"

#include <algorithm>
#include <string>

#include "base/varint.h"
#include "collector/ingest/corrupt.h"
#include "collector/ingest/limits.h"

namespace heaptap::ingest {
namespace {

tl::unexpected<Error> damagedKeyframe(std::string what) { return corrupt("keyframe", std::move(what)); }

/// Passes each varint of a column, and its block, to `take`. Errors: there are more than blocks, or fewer.
template <class Take>
Result<void> decodeColumn(const char* name, const std::string& column, std::vector<model::LiveBlock>& blocks,
                          Take&& take) {
  VarintReader reader(column);
  for (model::LiveBlock& block : blocks) {
    std::uint64_t value = 0;
    if (!reader.next(value)) return damagedKeyframe(std::string(name) + " has fewer entries than blocks");
    take(block, value);
  }
  if (!reader.atEnd()) return damagedKeyframe(std::string(name) + " has more entries than blocks");
  return {};
}

}  // namespace

Result<void> KeyframeColumns::read(std::string_view columns, const Bounds& bounds) {
  if (bounds.blocks > kMaxKeyframeBlocks)
    return damagedKeyframe(std::to_string(bounds.blocks) + " blocks in a part, at most " +
                           std::to_string(kMaxKeyframeBlocks) + " allowed");
  if (auto decoded = m_decoder.decode(columns, m_message, maxColumnBytes(bounds.blocks)); !decoded)
    return decoded;
  m_blocks.clear();
  m_blocks.resize(bounds.blocks);
  std::uint64_t address = 0;
  std::uint64_t addressBits = 0;
  std::uint64_t largestPair = 0;
  return readNumbers(bounds)
      .and_then([&] {
        return decodeColumn("address", m_message.address(), m_blocks, [&](auto& block, std::uint64_t value) {
          block.address = address += static_cast<std::uint64_t>(unzigzag(value));
          addressBits |= address;
        });
      })
      .and_then([&] {
        return decodeColumn("pair", m_message.pair(), m_blocks, [&](auto& block, std::uint64_t value) {
          largestPair = std::max(largestPair, value);
          block.pair = static_cast<model::PairId>(value);
        });
      })
      .and_then([&] { return readTimes(bounds); })
      .and_then([&]() -> Result<void> {
        if (addressBits >= kMaxBlockBytes)
          return damagedKeyframe("an address outside of any user address space");
        if (!m_blocks.empty() && largestPair >= bounds.pairs)
          return damagedKeyframe("a block of a pair that is not defined");
        return {};
      });
}

Result<void> KeyframeColumns::readNumbers(const Bounds& bounds) {
  std::uint64_t next = bounds.firstNumber;
  std::uint64_t number = 0;
  bool isSound = true;
  return decodeColumn("number", m_message.number(), m_blocks,
                      [&](auto& block, std::uint64_t value) {
                        isSound = isSound && value < bounds.numbered && number + value >= next &&
                                  number + value < bounds.numbered;
                        block.number = number += value;
                        next = number + 1;
                      })
      .and_then([&]() -> Result<void> {
        if (!isSound)
          return damagedKeyframe(
              "the numbers of its blocks do not ascend, or are none of the allocations so far");
        return {};
      });
}

Result<void> KeyframeColumns::readTimes(const Bounds& bounds) {
  const std::uint64_t most = bounds.untilNs / bounds.timeUnitNs;
  std::uint64_t time = 0;
  std::uint64_t first = ~std::uint64_t{0};
  bool isSound = true;
  return decodeColumn("time", m_message.time(), m_blocks,
                      [&](auto& block, std::uint64_t value) {
                        isSound = isSound && value <= most - time;
                        if (!isSound) return;
                        time += value;
                        block.atNs = time * bounds.timeUnitNs;
                        first = std::min(first, block.atNs);
                      })
      .and_then([&]() -> Result<void> {
        if (!isSound || (!m_blocks.empty() && first < bounds.fromNs))
          return damagedKeyframe("a block that is younger than the last event, or than the one after it");
        return {};
      });
}

}  // namespace heaptap::ingest
