// SPDX-License-Identifier: Apache-2.0
#include "client/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/site_table.h"
#include "client/stack_costs.h"
#include "tests/client/profile_builder.h"

namespace heaptap::client {
namespace {

class FilterTest : public testing::Test {
 protected:
  FilterTest() {
    const std::uint32_t zlib = builder.module("/lib/libz.so.1");
    const auto main = builder.place({{.function = "main", .file = "/src/main.cpp", .line = 3}});
    const auto inflate = builder.place({{.function = "inflate", .file = "/zlib/inflate.c"}}, 0, zlib);
    const auto parse = builder.place({{.function = "inner<parse>", .file = "/src/inner.h"},
                                      {.function = "parse", .file = "/src/parse.cpp"}});
    builder.count({.size = 100, .stack = builder.stackOf({inflate, main}), .allocations = 1, .live = 1});
    builder.count({.size = 20, .stack = builder.stackOf({parse, main}), .allocations = 1, .live = 1});
    builder.count({.size = 3,
                   .stack = builder.stackOf({builder.frame("malloc"), inflate, parse, main}),
                   .allocations = 1,
                   .live = 1});
  }
  /// The sum of what passes; the sizes tell which ones that are.
  std::uint64_t live(const Filter& filter) {
    const Profile profile = builder.profile();
    const auto match = FilterMatch::of(profile, filter);
    EXPECT_TRUE(match);
    std::uint64_t sum = 0;
    const SiteTable table(profile, *match);
    for (std::uint32_t site = 0; site < table.size(); ++site) sum += table.counters(site).liveBytes;
    EXPECT_EQ(sum, StackCosts(profile, Cost::LiveBytes, *match).sum());
    return sum;
  }
  ProfileBuilder builder;
};

TEST_F(FilterTest, LetsAllPassThatItSaysNothingOf) {
  EXPECT_EQ(live({}), 123U);
  EXPECT_TRUE(FilterMatch().passesAll());
}

TEST_F(FilterTest, FindsFunctionsAnywhereOnTheStack) {
  EXPECT_EQ(live({.function = TextPattern{"inflate"}}), 103U);
  EXPECT_EQ(live({.function = TextPattern{"parse"}}), 23U);
  EXPECT_EQ(live({.function = TextPattern{"main"}}), 123U);
  EXPECT_EQ(live({.function = TextPattern{"nothing"}}), 0U);
}

TEST_F(FilterTest, DoesNotLookAtTheAllocatorsOwnLines) {
  EXPECT_EQ(live({.function = TextPattern{"malloc"}}), 0U);
}

TEST_F(FilterTest, FindsFilesAndModules) {
  EXPECT_EQ(live({.file = TextPattern{"/zlib/"}}), 103U);
  EXPECT_EQ(live({.module = TextPattern{"libz"}}), 103U);
  EXPECT_EQ(live({.file = TextPattern{"inner.h"}}), 23U);
}

TEST_F(FilterTest, WantsAllThatItSaysInOneLine) {
  EXPECT_EQ(live({.function = TextPattern{"inflate"}, .module = TextPattern{"libz"}}), 103U);
  EXPECT_EQ(live({.function = TextPattern{"parse"}, .module = TextPattern{"libz"}}), 0U);
  EXPECT_EQ(live({.function = TextPattern{"^parse$", true}, .file = TextPattern{"inner.h"}}), 0U);
}

TEST_F(FilterTest, TakesRegularExpressions) {
  EXPECT_EQ(live({.function = TextPattern{"^inner<", true}}), 23U);
  EXPECT_EQ(live({.function = TextPattern{"in(flate|ner)", true}}), 123U);
  const auto broken = FilterMatch::of(builder.profile(), {.file = TextPattern{"(", true}});
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, Code::Usage);
}

TEST_F(FilterTest, FindsWhatStandsBesideBytesThatAreNoUtf8) {
  const auto odd = builder.place({{.function = "caf\xe9_open"}});
  builder.count({.size = 1000, .stack = builder.stackOf({odd}), .allocations = 1, .live = 1});
  EXPECT_EQ(live({.function = TextPattern{"_open$", true}}), 1000U);
  EXPECT_EQ(live({.function = TextPattern{"\xe9_open"}}), 1000U);
}

TEST_F(FilterTest, TakesSizesWithBothEnds) {
  EXPECT_EQ(live({.minSize = 20}), 120U);
  EXPECT_EQ(live({.maxSize = 20}), 23U);
  EXPECT_EQ(live({.minSize = 20, .maxSize = 20}), 20U);
}

}  // namespace
}  // namespace heaptap::client
