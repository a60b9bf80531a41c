// SPDX-License-Identifier: Apache-2.0
#include "gui/client/readers/address_map_reader.h"

#include <gtest/gtest.h>

#include "gui/client/readers/block_reader.h"
#include "tests/gui/live_program.h"
#include "tests/gui/profile_source_at.h"

namespace heaptap::gui {
namespace {

constexpr quint64 kMapSecond = 1'000'000'000;

class AddressMaps : public testing::Test {
 protected:
  std::uint32_t stackOf(const std::string& function) {
    return live.program.stack({"malloc", function, "main"});
  }
  AddressMap read(const MapWish& wish) {
    auto map = readAddressMap(*source, {}, wish, {});
    EXPECT_TRUE(map) << map.error().line();
    return map ? *map : AddressMap();
  }
  quint64 bytesOf(const AddressMap& map, const QString& function) {
    for (const MapOwner& owner : map.functions)
      if (owner.name == function) return owner.bytes;
    return 0;
  }

  heaptap::test::TemporaryFolder folder;
  test::LiveCollector collector{folder};
  test::LiveProgram live{collector.address()};
  std::shared_ptr<client::ProfileSource> source = test::sourceAt(collector.address());
};

TEST_F(AddressMaps, HaveTheLiveBlocksOfTheChosenTime) {
  const auto first = live.program.at(kMapSecond).allocate(100, stackOf("parse"));
  live.program.at(2 * kMapSecond).allocate(50'000, stackOf("render"));
  live.program.at(3 * kMapSecond).free(first);
  live.send();
  AddressMap map = read({});
  EXPECT_EQ(map.blocks, 1U);
  EXPECT_EQ(map.bytes, 50'000U);
  EXPECT_GE(map.pages, 50'000 / kPageBytes);
  EXPECT_EQ(bytesOf(map, "render"), 50'000U);
  map = read({.atNs = 2 * kMapSecond});
  EXPECT_EQ(map.blocks, 2U);
  EXPECT_EQ(bytesOf(map, "parse"), 100U);
  map = read({.atNs = 2 * kMapSecond, .fromNs = kMapSecond});
  EXPECT_EQ(map.blocks, 1U);
  map = read({.atNs = 2 * kMapSecond, .filter = "parse"});
  EXPECT_EQ(map.bytes, 100U);
  ASSERT_EQ(map.keepers.size(), 1U);
  EXPECT_EQ(map.keepers[0].label.function, "parse ← main");
  EXPECT_EQ(read({.filter = "nobody"}).blocks, 0U);
}

TEST_F(AddressMaps, OtherHeapsThanMallocsAreLeftOut) {
  live.program.at(kMapSecond).allocateIn(live.program.heap("pool"), 4'096, stackOf("parse"));
  live.program.allocate(10, stackOf("parse"));
  live.send();
  EXPECT_EQ(read({}).bytes, 10U);
}

TEST_F(AddressMaps, ThePagesOfAMapListTheirBlocks) {
  live.program.at(kMapSecond).allocate(20'000, stackOf("render"));
  live.send();
  const AddressMap map = read({});
  ASSERT_GE(map.cells.size(), 2U);
  // The block begins before the page in its middle.
  const MapCell& middle = map.cells[1];
  const auto page = readBlocks(
      *source, {},
      {.order = BlockOrder::Address,
       .addresses = AddressRange{middle.firstCell * kPageBytes, (middle.firstCell + 1) * kPageBytes}},
      {});
  ASSERT_TRUE(page) << page.error().line();
  ASSERT_EQ(page->rows.size(), 1U);
  EXPECT_EQ(page->rows[0].size, 20'000U);
  EXPECT_EQ(page->blocks.value, 1U);
  const MapCell& first = map.cells.front();
  const auto begin = readBlocks(
      *source, {},
      {.order = BlockOrder::Address,
       .addresses = AddressRange{first.firstCell * kPageBytes, (first.firstCell + 1) * kPageBytes}},
      {});
  ASSERT_TRUE(begin);
  EXPECT_EQ(begin->rows.size(), 1U);
}

TEST_F(AddressMaps, ASessionThatDoesNotExistIsSaid) { EXPECT_FALSE(readAddressMap(*source, "ffff", {}, {})); }

}  // namespace
}  // namespace heaptap::gui
