// SPDX-License-Identifier: Apache-2.0
#include "client/site_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/client/profile_builder.h"

namespace heaptap::client {
namespace {

using testing::ElementsAre;

TEST(SiteChanges, TellNewSitesFromThoseWithOtherNumbers) {
  ProfileBuilder builder;
  const auto load = builder.stack({"load", "main"});
  builder.count({.size = 8, .stack = load, .allocations = 1});
  builder.count({.size = 8, .stack = builder.stack({"parse", "main"}), .allocations = 1});
  const SiteTable before(builder.profile());
  const auto size = builder.count({.size = 16, .stack = load, .allocations = 1});
  const auto fresh = builder.count({.size = 8, .stack = builder.stack({"draw", "main"}), .allocations = 1});
  const SiteTable after(builder.profile());
  const SiteChanges changes = siteChanges(before, after, {.pairs = {size, fresh}});
  EXPECT_THAT(changes.changed, ElementsAre(*after.find({.stack = load})));
  EXPECT_THAT(changes.added, ElementsAre(*after.find({.stack = builder.stack({"draw", "main"})})));
  const SiteChanges nothing = siteChanges(after, after, {});
  EXPECT_TRUE(nothing.added.empty());
  EXPECT_TRUE(nothing.changed.empty());
}

}  // namespace
}  // namespace heaptap::client
