// SPDX-License-Identifier: Apache-2.0
#include "gui/models/table_csv.h"

#include <gtest/gtest.h>

#include <QStandardItemModel>

#include "gui/models/sites/site_filter_model.h"
#include "tests/gui/site_set.h"

namespace heaptap::gui {
namespace {

TEST(TableCsv, HasExactNumbersAndUnits) {
  SiteModel model;
  model.setSites(
      test::siteSet({{.stack = 1, .functions = "parse;main", .liveBytes = 123'456'789, .liveBlocks = 2}}));
  const SiteFilterModel shown(model, SiteFilterModel::Show::AllSites);
  EXPECT_EQ(csvOf(shown, {SiteModel::LiveBytes, SiteModel::LiveBlocks, SiteModel::Function}).toStdString(),
            "\"Live [bytes]\",\"Blocks\",\"Function\"\r\n123456789,2,\"parse ← main\"\r\n");
}

TEST(TableCsv, SaysTheErrorsOfEstimates) {
  Site site = test::siteOf({.stack = 1, .functions = "parse", .liveBytes = 1'000, .liveBlocks = 1});
  site.errors = SiteErrors{.liveBytes = 12.5};
  SiteModel model;
  model.setSites(std::make_shared<const test::SiteList>(std::vector<Site>{site}));
  EXPECT_EQ(csvOf(model, {SiteModel::LiveBytes, SiteModel::Function}).toStdString(),
            "\"Live [bytes]\",\"Live [bytes], standard error\",\"Function\"\r\n1000,12.5,\"parse\"\r\n");
}

TEST(TableCsv, QuotesWhatWouldBreakARow) {
  QStandardItemModel model(0, 2);
  model.setHorizontalHeaderLabels({"a,b", "c"});
  model.appendRow({new QStandardItem("say \"yes\"\nor no"), new QStandardItem("plain text")});
  EXPECT_EQ(csvOf(model, {0, 1}).toStdString(),
            "\"a,b\",\"c\"\r\n\"say \"\"yes\"\"\\nor no\",\"plain text\"\r\n");
  model.setVerticalHeaderLabels({"row 1"});
  EXPECT_EQ(csvOf(model, {1}, "name").toStdString(), "\"name\",\"c\"\r\n\"row 1\",\"plain text\"\r\n");
}

}  // namespace
}  // namespace heaptap::gui
