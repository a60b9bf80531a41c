// SPDX-License-Identifier: Apache-2.0
//
// From tables of blocks to the messages of a keyframe.
#include "agent/relay/pack/keyframe_writer.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "agent/relay/match/block_table.h"
#include "base/varint.h"

namespace heaptap::relay {
namespace {

/// The blocks of a keyframe's messages, by number.
struct Read {
  std::map<std::uint64_t, Block> blocks;
  std::vector<std::uint32_t> parts;  ///< Their sizes.
  bool isLast = false;
};

Read readParts(const LiveBlocks& live, std::size_t blocksInPart) {
  Read read;
  BlobEncoder blobs;
  EXPECT_TRUE(KeyframeWriter().write(live, blocksInPart, blobs, [&](v1::RecordRequest& request) {
    const v1::Keyframe& part = request.keyframe();
    EXPECT_FALSE(read.isLast);
    EXPECT_EQ(part.part(), read.parts.size());
    read.isLast = part.last();
    read.parts.push_back(part.blocks());
    v1::KeyframeColumns columns;
    EXPECT_TRUE(BlobDecoder().decode(part.columns(), columns));
    VarintReader numbers(columns.number()), addresses(columns.address()), pairs(columns.pair()),
        times(columns.time());
    Block block;
    for (std::uint32_t i = 0; i < part.blocks(); ++i) {
      std::uint64_t number = 0, address = 0, pair = 0, time = 0;
      EXPECT_TRUE(numbers.next(number) && addresses.next(address) && pairs.next(pair) && times.next(time));
      block = {block.address + static_cast<std::uint64_t>(unzigzag(address)), block.number + number,
               block.timeNs + time * 100, static_cast<std::uint32_t>(pair)};
      EXPECT_TRUE(read.blocks.empty() || read.blocks.rbegin()->first < block.number);
      read.blocks[block.number] = block;
    }
    EXPECT_TRUE(numbers.atEnd() && addresses.atEnd() && pairs.atEnd() && times.atEnd());
  }));
  EXPECT_TRUE(read.isLast);
  return read;
}

std::shared_ptr<const PairFacts> facts() {
  auto facts = std::make_shared<PairFacts>();
  for (int i = 0; i < 100; ++i) facts->add({16, wire::Origin::Malloc, 0});
  return facts;
}

void put(BlockTable& table, const Block& block) { table.put(table.find(block.address), block); }

TEST(KeyframeWriter, HasTheBlocksOfAllTablesByTheirNumbers) {
  const auto store = std::make_shared<BlockStore>();
  BlockTable a(store, facts());
  BlockTable b(store, facts());
  std::mt19937_64 random(1);
  std::map<std::uint64_t, Block> expected;
  std::uint64_t timeNs = 0;
  for (std::uint64_t number = 0; number < 50'000; ++number) {
    // Minutes, hours, and months that nobody has waited for.
    timeNs += number % 5000 == 0 ? std::uint64_t{1} << (30 + number / 2500) : random() % 1'000'000;
    const Block block{(random() % 1'000'000 + 1) * 16, number, timeNs / 100 * 100,
                      static_cast<std::uint32_t>(random() % 100)};
    BlockTable& table = number % 10 == 0 ? b : a;
    if (table.find(block.address).isFilled()) continue;
    put(table, block);
    expected[number] = block;
  }
  put(a, Block::inherited(0x5000'0000, 4096));
  // Numbers, pairs and times that are too large for a short row.
  const Block large{0x5000'0010, std::uint64_t{1} << 41, timeNs / 100 * 100 + 500, 7};
  put(a, large);
  expected[large.number] = large;

  LiveBlocks live{.firstAllocation = (std::uint64_t{1} << 41) + 1};
  a.copyTo(live);
  b.copyTo(live);
  EXPECT_EQ(live.size(), expected.size());
  EXPECT_GT(live.wholeRows.size(), 0U);
  for (const std::size_t blocksInPart : {std::size_t{1000}, std::size_t{1} << 18, expected.size()}) {
    const Read read = readParts(live, blocksInPart);
    EXPECT_TRUE(read.blocks == expected);
    EXPECT_EQ(read.parts.size(), (expected.size() + blocksInPart - 1) / blocksInPart);
  }
}

TEST(KeyframeWriter, NothingIsAnEmptyPart) {
  const Read read = readParts(LiveBlocks{}, 1000);
  EXPECT_EQ(read.parts, std::vector<std::uint32_t>{0});
}

TEST(KeyframeWriter, BlocksWithWholeTimesOnly) {
  LiveBlocks live{.firstAllocation = 10};
  live.wholeRows = {{5, 0x2000, 700, 1}, {1, 0x1000, 300, 2}, {9, 0, 700, 0}};
  const Read read = readParts(live, 2);
  EXPECT_EQ(read.parts, (std::vector<std::uint32_t>{2, 1}));
  EXPECT_EQ(read.blocks.at(1), (Block{0x1000, 1, 300, 2}));
  EXPECT_EQ(read.blocks.at(9), (Block{0, 9, 700, 0}));
}

}  // namespace
}  // namespace heaptap::relay
