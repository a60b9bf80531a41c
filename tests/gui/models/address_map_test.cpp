// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>

#include "gui/models/address_map/keeper_model.h"
#include "gui/models/address_map/map_builder.h"
#include "gui/models/address_map/map_layout.h"
#include "gui/models/address_map/map_text.h"

namespace heaptap::gui {
namespace {

constexpr quint64 kPage = kPageBytes;

AddressMap mapOf(const std::vector<MapBlock>& blocks, std::size_t mostCells = MapBuilder::kMostCells) {
  MapBuilder builder(mostCells);
  for (const MapBlock& block : blocks) builder.add(block);
  AddressMap map = builder.finish();
  map.functions = {{.name = "parse", .filter = "parse()", .bytes = 1},
                   {.name = "render", .filter = "render()", .bytes = 1}};
  map.threads = {{.name = "main", .filter = {}, .bytes = 1}};
  return map;
}

TEST(AddressMap, AnEmptyHeapHasNoPages) {
  const AddressMap map = mapOf({});
  EXPECT_TRUE(map.cells.empty());
  EXPECT_EQ(map.pages, 0U);
  EXPECT_TRUE(mapRows(map, 64).empty());
}

TEST(AddressMap, BlocksOfAPageAreOneCellOfWhoeverHasMost) {
  const AddressMap map = mapOf({{.address = 16 * kPage, .size = 100, .ageNs = 5, .function = 0},
                                {.address = 16 * kPage + 200, .size = 300, .ageNs = 9, .function = 1},
                                {.address = 16 * kPage + 600, .size = 150, .ageNs = 1, .function = 0}});
  ASSERT_EQ(map.cells.size(), 1U);
  EXPECT_EQ(map.cells[0].firstCell, 16U);
  EXPECT_EQ(map.cells[0].bytes, 550U);
  EXPECT_EQ(map.cells[0].blocks, 3U);
  EXPECT_EQ(map.cells[0].function, 1U);
  EXPECT_EQ(map.cells[0].largest, 300U);
  EXPECT_EQ(map.cells[0].oldestNs, 9U);
  EXPECT_EQ(map.pages, 1U);
  EXPECT_EQ(map.largestFreeRun, 100U);
  EXPECT_TRUE(map.keepers.empty());
}

TEST(AddressMap, ALargeBlockIsOneCellOfManyPagesBetweenItsEnds) {
  const AddressMap map = mapOf({{.address = 2 * kPage + 16, .size = 10 * kPage}});
  ASSERT_EQ(map.cells.size(), 3U);
  EXPECT_EQ(map.cells[0].bytes, kPage - 16);
  EXPECT_EQ(map.cells[1].cells, 9U);
  EXPECT_EQ(map.cells[1].bytes, 9 * kPage);
  EXPECT_EQ(map.cells[2].bytes, 16U);
  EXPECT_EQ(map.pages, 11U);
}

TEST(AddressMap, ASingleSmallBlockKeepsItsPage) {
  const AddressMap map = mapOf({{.address = 1 * kPage, .size = 32, .site = {7, 0}},
                                {.address = 2 * kPage, .size = 32, .site = {7, 0}},
                                {.address = 3 * kPage, .size = 32, .site = {8, 0}},
                                {.address = 4 * kPage, .size = 32, .site = {8, 0}},
                                {.address = 4 * kPage + 64, .size = 32, .site = {8, 0}},
                                {.address = 5 * kPage, .size = kMostOfAKeeper + 1, .site = {9, 0}}});
  ASSERT_EQ(map.keepers.size(), 2U);
  EXPECT_EQ(map.keepers[0].site, SiteNumbers::Key(7, 0));
  EXPECT_EQ(map.keepers[0].keptBytes(), 2 * kPage);
  EXPECT_EQ(map.keepers[0].bytes, 64U);
  EXPECT_EQ(map.keepers[1].pages, 1U);
  EXPECT_EQ(map.keptPages, 3U);
}

TEST(AddressMap, TheEndOfALargeBlockLeavesNoPageToASmallOne) {
  const AddressMap map =
      mapOf({{.address = kPage, .size = kPage + 100}, {.address = 2 * kPage + 200, .size = 32}});
  EXPECT_TRUE(map.keepers.empty());
  EXPECT_EQ(map.pages, 2U);
}

TEST(AddressMap, ManyPagesBecomeLargerCellsAndPagesAreCountedNevertheless) {
  std::vector<MapBlock> blocks;
  for (quint64 i = 0; i < 10'000; ++i) blocks.push_back({.address = i * 2 * kPage, .size = 64});
  const AddressMap map = mapOf(blocks, 100);
  EXPECT_LE(map.cells.size(), 100U);
  EXPECT_EQ(map.pages, 10'000U);
  EXPECT_EQ(map.keptPages, 10'000U);
  quint64 bytes = 0;
  for (const MapCell& cell : map.cells) bytes += cell.bytes;
  EXPECT_EQ(bytes, 640'000U);
  EXPECT_GE(map.cells.back().end() * map.cellBytes / kPage, 19'999U);
  for (std::size_t i = 1; i < map.cells.size(); ++i)
    EXPECT_GE(map.cells[i].firstCell, map.cells[i - 1].end());
}

TEST(AddressMap, LargeBlocksAmongManyKeepTheirBytesWhenCellsGrow) {
  std::vector<MapBlock> blocks;
  quint64 bytes = 0;
  for (quint64 i = 0; i < 2'000; ++i) {
    blocks.push_back({.address = i * 9 * kPage + 100, .size = 7 * kPage});
    bytes += 7 * kPage;
  }
  const AddressMap map = mapOf(blocks, 50);
  quint64 found = 0;
  for (const MapCell& cell : map.cells) found += cell.bytes;
  EXPECT_EQ(found, bytes);
  EXPECT_EQ(map.pages, 16'000U);
}

TEST(AddressMap, HostileAddressesAreBorne) {
  constexpr quint64 kLast = std::numeric_limits<quint64>::max();
  const AddressMap map = mapOf({{.address = 0, .size = kLast},
                                {.address = 10, .size = 0},
                                {.address = 10, .size = kLast},
                                {.address = kLast - 1, .size = kLast},
                                {.address = kLast, .size = 1}},
                               4);
  EXPECT_EQ(map.blocks, 5U);
  EXPECT_FALSE(map.cells.empty());
  EXPECT_LE(mapRows(map, 8).size(), 64U);
  EXPECT_FALSE(mapSentence(map).isEmpty());
}

TEST(MapRows, GapsAndLargeBlocksTakeARowEach) {
  const AddressMap map = mapOf({{.address = 1 * kPage, .size = 10},
                                {.address = 3 * kPage, .size = 10},
                                {.address = 1'000 * kPage, .size = 500 * kPage},
                                {.address = 100'000 * kPage, .size = 10}});
  const std::vector<MapRow> rows = mapRows(map, 16);
  std::vector<MapRow::Kind> kinds;
  for (const MapRow& row : rows) kinds.push_back(row.kind);
  using Kind = MapRow::Kind;
  EXPECT_EQ(kinds, (std::vector<Kind>{Kind::Cells, Kind::Gap, Kind::Cells, Kind::Run, Kind::Cells, Kind::Gap,
                                      Kind::Cells}));
  EXPECT_EQ(mapFoldText(map, rows[1]), "3.89 MiB without blocks");
  EXPECT_TRUE(mapFoldText(map, rows[3]).contains("more of this block, of parse"));
  for (const MapRow& row : rows) EXPECT_TRUE(row.kind != Kind::Cells || row.firstCell % 16 == 0);
}

TEST(MapRows, ACellIsFoundByItsNumber) {
  const AddressMap map =
      mapOf({{.address = 4 * kPage, .size = 10}, {.address = 10 * kPage, .size = 5 * kPage}});
  EXPECT_EQ(mapCellAt(map, 4), std::optional<std::size_t>(0));
  EXPECT_EQ(mapCellAt(map, 10), std::optional<std::size_t>(1));
  EXPECT_EQ(mapCellAt(map, 12), std::optional<std::size_t>(2)) << "the middle of the block";
  EXPECT_FALSE(mapCellAt(map, 3));
  EXPECT_FALSE(mapCellAt(map, 5));
  EXPECT_FALSE(mapCellAt(map, 99));
}

TEST(MapText, SaysHowMuchOfThePagesIsUsed) {
  const AddressMap map =
      mapOf({{.address = 16 * kPage, .size = 1'024}, {.address = 17 * kPage, .size = 2'048}});
  EXPECT_EQ(mapSentence(map),
            "3.00 KiB in 2 blocks on 8.00 KiB of pages: 37.5 % used  ·  largest free run between blocks 3.00 "
            "KiB  ·  1 page kept by single small blocks");
  EXPECT_EQ(mapCellSentence(map, 17),
            "0x11000 to 0x11fff, 2.00 KiB in 1 block, 50.0 % of it used, most of it: parse, thread: main, "
            "largest block 2.00 KiB, oldest 0 us");
  EXPECT_EQ(mapCellSentence(map, 18), "0x12000 to 0x12fff, no block");
}

TEST(Keepers, AreARowEach) {
  KeeperModel model;
  model.setKeepers({{.site = {1, 0}, .label = {"parse", "a.cpp:1"}, .pages = 3, .bytes = 96}});
  const auto cell = [&](int column) { return model.index(0, column).data().toString(); };
  EXPECT_EQ(cell(KeeperModel::Kept), "12.0 KiB");
  EXPECT_EQ(cell(KeeperModel::Pages), "3");
  EXPECT_EQ(cell(KeeperModel::Used), "96 B");
  EXPECT_EQ(cell(KeeperModel::Function), "parse");
}

}  // namespace
}  // namespace heaptap::gui
