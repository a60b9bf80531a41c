// SPDX-License-Identifier: Apache-2.0
#include "gui/client/sites/profile_sites.h"

#include <gtest/gtest.h>

#include "client/stack_lines.h"
#include "gui/client/sites/site_series.h"
#include "tests/client/profile_builder.h"

namespace heaptap::gui {
namespace {

using client::ProfileBuilder;

class ProfileSitesOf : public testing::Test {
 protected:
  Sites sites() { return SiteSeries().next(builder.profile()); }

  ProfileBuilder builder;
};

TEST_F(ProfileSitesOf, HasNumbersByRowAndNamesWhenTheyAreAskedFor) {
  builder.count(
      {.size = 64, .stack = builder.stack({"malloc", "parse", "main"}), .allocations = 3, .live = 1});
  const Sites set = sites();
  ASSERT_EQ(set->numbers().size(), 1U);
  EXPECT_EQ(set->numbers()[0].allocations, 3U);
  EXPECT_EQ(set->numbers()[0].allocatedBytes, 192U);
  EXPECT_EQ(set->numbers()[0].liveBytes, 64U);
  EXPECT_EQ(set->numbers()[0].liveBlocks, 1U);
  EXPECT_EQ(set->label(0).function, "parse ← main");
  EXPECT_EQ(set->innermost(0)->function, "parse");
  EXPECT_EQ(set->errors(0), std::nullopt);
  EXPECT_FALSE(set->hasHeaps());
}

TEST_F(ProfileSitesOf, NoNameIsShownAsAnotherAndAFilterTakesTheOneThatIsShown) {
  builder.count(
      {.size = 64, .stack = builder.stack({"esr\xE2\x80\xAEpam", "main"}), .allocations = 1, .live = 1});
  const Sites set = sites();
  const QString shown = set->innermost(0)->function;
  EXPECT_EQ(shown, "esr\\u202epam");
  const SiteSet::Passing passing = set->rowsThatPass(SiteFilter({FilterTerm::function(shown)}));
  ASSERT_TRUE(passing);
  EXPECT_EQ(std::count(passing->begin(), passing->end(), true), 1);
}

TEST_F(ProfileSitesOf, APairThatIsNotUsedYetMakesNoSite) {
  builder.count({.size = 64, .stack = builder.stack({"parse", "main"})});
  EXPECT_TRUE(sites()->numbers().empty());
}

TEST_F(ProfileSitesOf, ASiteHasEntryPointsSlackHeapSizesAndFrees) {
  const auto parse = builder.stack({"parse", "main"});
  const auto heap = builder.heap("arena\n1");
  for (const v1::Origin origin : {v1::ORIGIN_OPERATOR_NEW, v1::ORIGIN_NEW_NOTHROW, v1::ORIGIN_MALLOC}) {
    const auto pair = builder.count(
        {.size = 8, .stack = parse, .allocations = 2, .live = 1, .heap = heap, .origin = origin, .slack = 4});
    builder.freedAt(pair, builder.stack({"drop", "main"}), 1);
  }
  const Sites set = sites();
  ASSERT_EQ(set->numbers().size(), 1U);
  EXPECT_TRUE(set->hasHeaps());
  EXPECT_EQ(set->heapName(0), "arena 1");
  const Site site = set->site(0);
  EXPECT_EQ(site.heapName, "arena 1");
  EXPECT_EQ(site.entryPoints.size(), 2) << "each name once: " << site.entryPoints.join('|').toStdString();
  EXPECT_TRUE(site.entryPoints.contains("malloc"));
  EXPECT_TRUE(site.entryPoints.contains("operator new"));
  EXPECT_EQ(site.slack.allocated, 24U);
  EXPECT_EQ(site.slack.live, 12U);
  ASSERT_EQ(site.sizes.size(), 1U);
  EXPECT_EQ(site.sizes[0].allocations, 6U);
  ASSERT_EQ(site.freedAt.size(), 1U);
  EXPECT_EQ(site.freedAt[0].frees, 3U);
  EXPECT_EQ(site.freedAt[0].lines.at(0).function, "drop");
  ASSERT_EQ(site.lines.size(), 2U);
  EXPECT_EQ(site.lines[1].function, "main");
}

TEST_F(ProfileSitesOf, OnlySampledSitesOfMallocHaveErrors) {
  builder.summary().mutable_sampling()->set_interval(512);
  builder.count(
      {.size = 64, .stack = builder.stack({"parse"}), .allocations = 3, .live = 1, .sampleInterval = 512});
  ASSERT_TRUE(sites()->errors(0));
  EXPECT_GT(sites()->errors(0)->liveBytes, 0);
}

TEST_F(ProfileSitesOf, CutsNamesBeyondAnySenseAndRepairsWhatIsNoUtf8) {
  builder.count({.size = 1, .stack = builder.stack({std::string(1'000'000, '(')}), .allocations = 1});
  builder.count({.size = 1, .stack = builder.stack({"caf\xe9"}), .allocations = 1});
  const Sites set = sites();
  EXPECT_LT(set->site(0).lines[0].function.size(), 20'000);
  EXPECT_EQ(set->site(1).lines[0].function, QString("caf") + QChar(QChar::ReplacementCharacter));
}

TEST_F(ProfileSitesOf, AStackWithoutEndIsCut) {
  builder.count(
      {.size = 1, .stack = builder.stack(std::vector<std::string>(40'000, "again")), .allocations = 1});
  EXPECT_LE(sites()->site(0).lines.size(), client::kMaxStackLines);
}

TEST_F(ProfileSitesOf, FindsATextInAnyLineThatIsShown) {
  using Line = ProfileBuilder::Line;
  builder.count({.size = 1, .stack = builder.stack({"malloc", "alloc", "Parser", "main"}), .allocations = 1});
  const auto inlined = builder.place({Line{.function = "inner", .file = "/src/render.cpp", .line = 3},
                                      Line{.function = "outer", .file = "/src/draw.cpp", .line = 9}});
  builder.count({.size = 1, .stack = builder.stackOf({inlined, builder.frame("main")}), .allocations = 1});
  const auto heap = builder.heap("Arena");
  builder.count({.size = 1, .stack = builder.stack({"start"}), .allocations = 1, .heap = heap});
  const Sites set = sites();
  const auto found = [&](const SiteFilter& filter) {
    QString rows;
    for (const bool isFound : *set->rowsThatPass(filter)) rows += isFound ? '1' : '0';
    return rows;
  };
  EXPECT_EQ(found("parser"), "100");
  EXPECT_EQ(found("MAIN"), "110");
  EXPECT_EQ(found("draw.cpp"), "010");
  EXPECT_EQ(found("arena"), "001");
  EXPECT_EQ(found("malloc"), "000") << "the allocator's own leading lines are not shown";
  EXPECT_EQ(found("nowhere"), "000");
}

}  // namespace
}  // namespace heaptap::gui
