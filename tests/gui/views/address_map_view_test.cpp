// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <QApplication>
#include <QImage>
#include <QScrollBar>
#include <QTest>

#include "gui/models/address_map/map_builder.h"
#include "tests/gui/all_views.h"

namespace heaptap::gui {
namespace {

/// Two pages beside each other, a gap, and a large block.
AddressMap someMap() {
  MapBuilder builder;
  builder.add({.address = 16 * kPageBytes, .size = kPageBytes, .ageNs = 10, .function = 0, .thread = 1});
  builder.add(
      {.address = 17 * kPageBytes, .size = 64, .ageNs = 1'000'000'000, .function = 1, .site = {7, 0}});
  builder.add({.address = 1U << 30, .size = 2'000 * kPageBytes, .ageNs = 5, .function = 1});
  AddressMap map = builder.finish();
  map.functions = {{.name = "parse", .filter = "parse()", .bytes = kPageBytes},
                   {.name = "render", .filter = "render()", .bytes = 2'000 * kPageBytes}};
  map.threads = {{.name = "unknown", .filter = {}, .bytes = 9}, {.name = "main", .filter = {}, .bytes = 8}};
  map.keepers[0].label = {"render ← main", "render.cpp:3"};
  map.atNs = 2'000'000'000;
  return map;
}

class MapView : public testing::Test {
 protected:
  MapView() {
    Summary summary;
    summary.session.id = "1";
    summary.session.state = SessionState::Complete;
    page.setAttribute(Qt::WA_DontShowOnScreen);
    page.resize(1'200, 800);
    page.show();
    page.store().setSummary(summary);
    page.showView("address-map");
  }
  void answer(const AddressMap& map) {
    page.store().addressMap().answer(*page.store().addressMap().wish(), map);
    QApplication::processEvents();
  }

  SessionPage page;
  AddressMapView& view = page.view<AddressMapView>();
};

TEST_F(MapView, AsksForTheChosenTimeAndFilter) {
  page.selection().setTime(TimeChoice::stretch(1, 2));
  page.selection().setFilter("parse");
  EXPECT_EQ(page.store().addressMap().wish(), (MapWish{.atNs = 2, .fromNs = 1, .filter = "parse"}));
  EXPECT_FALSE(view.isSettled());
}

TEST_F(MapView, PaintsPagesAsFarAsTheyAreUsed) {
  answer(someMap());
  MapCanvas& canvas = view.canvas();
  canvas.setZoom(16);
  const QImage image = canvas.viewport()->grab().toImage();
  const Hues hues(view.palette());
  const QRect full = canvas.rectOf(16);
  const QRect sparse = canvas.rectOf(17);
  ASSERT_FALSE(full.isEmpty());
  // render has more bytes: the first hue is its.
  EXPECT_EQ(image.pixelColor(full.left() + 7, full.top() + 1), hues.at(1));
  EXPECT_EQ(image.pixelColor(sparse.left() + 7, sparse.bottom() - 1), hues.at(0));
  EXPECT_NE(image.pixelColor(sparse.left() + 7, sparse.top() + 4), hues.at(0)) << "it is hardly used";
  EXPECT_EQ(view.legend().accessibleName(), "Colours: render, parse");
  EXPECT_TRUE(view.about().contains("1 page kept by single small blocks")) << view.about().toStdString();
}

TEST_F(MapView, ColoursAreOfSitesAgesSizesOrThreads) {
  answer(someMap());
  view.choice().setCurrentIndex(1);
  EXPECT_EQ(view.legend().accessibleName(), "Colours: new, 500 ms, 1.00 s");
  view.choice().setCurrentIndex(2);
  EXPECT_TRUE(view.legend().accessibleName().contains("7.81 MiB"))
      << view.legend().accessibleName().toStdString();
  view.choice().setCurrentIndex(3);
  EXPECT_EQ(view.legend().accessibleName(), "Colours: unknown, main");
}

TEST_F(MapView, KeysGoFromPageToPageAndScreenReadersHearIt) {
  answer(someMap());
  MapCanvas& canvas = view.canvas();
  EXPECT_EQ(canvas.accessibleName(), "Address map");
  QTest::keyClick(&canvas, Qt::Key_Right);
  EXPECT_EQ(canvas.current(), std::optional<quint64>(16));
  EXPECT_TRUE(canvas.accessibleDescription().startsWith("0x10000 to 0x10fff, 4.00 KiB in 1 block"));
  QTest::keyClick(&canvas, Qt::Key_Right);
  EXPECT_EQ(canvas.current(), std::optional<quint64>(17));
  QTest::keyClick(&canvas, Qt::Key_Down);
  EXPECT_GE(*canvas.current(), (1U << 30) / kPageBytes);
  QTest::keyClick(&canvas, Qt::Key_Up);
  EXPECT_LE(*canvas.current(), 17U);
  QTest::keyClick(&canvas, Qt::Key_End);
  EXPECT_EQ(*canvas.current(), (1U << 30) / kPageBytes + 1'999);
  const int before = canvas.zoom();
  QTest::keyClick(&canvas, Qt::Key_Plus);
  EXPECT_GT(canvas.zoom(), before);
  for (int i = 0; i < 50; ++i) QTest::keyClick(&canvas, Qt::Key_Minus);
  EXPECT_EQ(canvas.zoom(), MapCanvas::kLeastZoom);
}

TEST_F(MapView, AClickOnAPageListsItsBlocks) {
  answer(someMap());
  MapCanvas& canvas = view.canvas();
  QTest::mouseClick(canvas.viewport(), Qt::LeftButton, {}, canvas.rectOf(17).center());
  const auto& asked = page.store().pageBlocks();
  ASSERT_TRUE(asked.wish());
  EXPECT_EQ(asked.wish()->addresses, (AddressRange{17 * kPageBytes, 18 * kPageBytes}));
  EXPECT_EQ(asked.wish()->atNs, std::optional<quint64>(2'000'000'000)) << "the moment of the map";
  page.store().pageBlocks().answer(
      *asked.wish(),
      {.recorded = 1,
       .bytes = {.value = 64},
       .rows = {
           {.address = 0x11000, .size = 64, .thread = "main", .site = {7, 0}, .label = {"render", ""}}}});
  EXPECT_EQ(view.blocks().model()->rowCount(), 1);
  // A page without blocks has none to list.
  QTest::mouseClick(canvas.viewport(), Qt::LeftButton, {}, canvas.rectOf(20).center());
  EXPECT_EQ(canvas.current(), std::optional<quint64>(17));
}

TEST_F(MapView, ListsTheSitesThatKeepPages) {
  answer(someMap());
  ASSERT_EQ(view.keepers().model()->rowCount(), 1);
  EXPECT_EQ(view.keepers().model()->index(0, KeeperModel::Kept).data().toString(), "4.00 KiB");
  EXPECT_EQ(view.keepers().model()->index(0, KeeperModel::Function).data().toString(), "render ← main");
}

TEST_F(MapView, SaysWhyThereIsNoMap) {
  EXPECT_EQ(view.canvas().emptyText(), "Loading…");
  page.store().addressMap().fail(*page.store().addressMap().wish(), "no events");
  EXPECT_EQ(view.canvas().emptyText(), "no events");
  EXPECT_EQ(view.canvas().accessibleDescription(), "no events");
}

TEST_F(MapView, AHugeHeapIsPaintedAsFastAsASmallOne) {
  MapBuilder builder;
  for (quint64 i = 0; i < 1'000'000; ++i) builder.add({.address = i * 3 * kPageBytes, .size = 64});
  AddressMap map = builder.finish();
  map.functions = {{.name = "f", .filter = "f", .bytes = 1}};
  map.threads = {{.name = "main", .filter = {}, .bytes = 1}};
  ASSERT_LE(map.cells.size(), MapBuilder::kMostCells);
  answer(map);
  view.canvas().setZoom(MapCanvas::kMostZoom);
  view.canvas().verticalScrollBar()->setValue(view.canvas().verticalScrollBar()->maximum());
  EXPECT_FALSE(view.canvas().viewport()->grab().isNull());
  EXPECT_TRUE(view.about().contains("a cell is")) << view.about().toStdString();
}

}  // namespace
}  // namespace heaptap::gui
