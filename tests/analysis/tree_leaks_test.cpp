// SPDX-License-Identifier: Apache-2.0
#include "analysis/leaks/tree_leaks.h"

#include <gtest/gtest.h>

#include "analysis/leaks/leak_analysis.h"
#include "client/tree/profile_merge.h"
#include "tests/client/profile_builder.h"

namespace heaptap::analysis {
namespace {

using client::ProfileBuilder;

/// A process that came to its own end, and left blocks in `function`.
client::Profile process(const std::string& function, std::uint64_t live, bool atItsOwnEnd = true) {
  ProfileBuilder builder;
  for (const char* const each : {"parse", "print"})
    builder.frame(each);  // At the same place in each process.
  builder.count(
      {.size = 10, .stack = builder.stack({function, "main"}), .allocations = live + 1, .live = live});
  builder.summary().mutable_info()->set_state(v1::SESSION_COMPLETE);
  builder.summary().set_live_at_end(!atItsOwnEnd);
  return builder.profile();
}

class LeaksOfATree : public testing::Test {
 protected:
  void add(const client::Profile& profile) {
    const client::SiteTable table(profile);
    const auto ids = m_merge.add(profile, m_process++);
    m_leaks.add(leakReport(table, {.heap = model::kMallocHeap}), ids);
  }
  LeakReport report() {
    m_table.emplace(m_merge.profile({}));
    return m_leaks.report(*m_table, model::kMallocHeap);
  }

  client::ProfileMerge m_merge;
  TreeLeaks m_leaks;
  std::optional<client::SiteTable> m_table;
  std::uint32_t m_process = 0;
};

TEST_F(LeaksOfATree, AreThoseOfItsProcessesByRootCause) {
  add(process("parse", 3));
  add(process("print", 9));
  add(process("parse", 4));
  const LeakReport leaks = report();
  ASSERT_EQ(leaks.groups.size(), 2U);
  EXPECT_EQ(leaks.groups[0].place.function, "print");
  EXPECT_EQ(leaks.groups[1].place.function, "parse");
  EXPECT_EQ(leaks.groups[1].bytes, 70U);
  EXPECT_EQ(leaks.groups[1].blocks, 7U);
  EXPECT_EQ(leaks.groups[1].allocations, 9U);
  ASSERT_EQ(leaks.groups[1].sites.size(), 1U);
  const LeakedSite& site = leaks.groups[1].sites[0];
  EXPECT_EQ(site.counters.liveBytes, 70U);
  EXPECT_EQ(m_table->key(site.position), site.key);
  EXPECT_EQ(leaks.leaked().bytes, 160U);
}

TEST_F(LeaksOfATree, LackWhatASignalOrAnExecHasLeft) {
  add(process("parse", 3, false));
  EXPECT_TRUE(report().groups.empty());
  EXPECT_EQ(report().leaked().bytes, 0U);
}

TEST_F(LeaksOfATree, HaveTheLargestPlaceOfAGroup) {
  const auto at = [](std::uint32_t line, std::uint64_t live) {
    ProfileBuilder builder;
    const auto frame = builder.place({{.function = "parse", .file = "/src/parse.c", .line = line}});
    builder.count({.size = 10, .stack = builder.stackOf({frame}), .allocations = live, .live = live});
    builder.summary().mutable_info()->set_state(v1::SESSION_COMPLETE);
    return builder.profile();
  };
  add(at(7, 2));
  add(process("parse", 1));
  add(at(7, 5));
  const LeakReport leaks = report();
  ASSERT_EQ(leaks.groups.size(), 1U);
  EXPECT_EQ(leaks.groups[0].bytes, 80U);
  EXPECT_EQ(leaks.groups[0].place.line, 7U);
  EXPECT_EQ(leaks.groups[0].sites.front().counters.liveBlocks, 7U);
}

}  // namespace
}  // namespace heaptap::analysis
