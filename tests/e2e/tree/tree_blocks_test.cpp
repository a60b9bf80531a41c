// SPDX-License-Identifier: Apache-2.0
//
// The blocks of several processes, each once: docs/many-programs.md.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/e2e/tree/recorded_family.h"

namespace heaptap::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::Not;

class TreeBlocks : public RecordedFamily {
 protected:
  [[nodiscard]] json blocks(std::vector<std::string> options) const {
    options.emplace_back("--json");
    const Outcome outcome = ask("blocks", options);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return json::parse(outcome.out);
  }
  static std::size_t pidsIn(const json& answer) {
    std::set<int> pids;
    for (const json& pid : answer.at("list").at("pid")) pids.insert(pid.get<int>());
    return pids.size();
  }
};

TEST_F(TreeBlocks, AreThoseOfAllProcessesEachOnce) {
  const json then = blocks({"--at", "in the child", "--size", "1000"});
  // The child has freed four of what it got from its parent, whose blocks they are.
  EXPECT_EQ(then.at("blocks"), 10);
  EXPECT_EQ(then.at("bytes"), 10'000);
  EXPECT_EQ(pidsIn(then), 1U);
  const json both = blocks({"--at", "in the child", "--function", "keepIn"});
  EXPECT_EQ(both.at("blocks"), 10 + 3 + 2);
  EXPECT_EQ(pidsIn(both), 2U);
  EXPECT_EQ(blocks({"--at", "before", "--function", "keepIn"}).at("blocks"), 10);
  // The child's memory is gone with it.
  EXPECT_EQ(blocks({"--at", "after", "--function", "keepIn"}).at("blocks"), 10 + 1);
  // Without a time, what each had at its own end.
  EXPECT_EQ(blocks({"--function", "keepIn"}).at("blocks"), 10 + 3 + 2);
}

TEST_F(TreeBlocks, ComeInOneOrder) {
  const json bySize = blocks({"--by", "size", "--top", "5"}).at("list");
  ASSERT_EQ(bySize.at("size").size(), 5U);
  EXPECT_TRUE(std::is_sorted(bySize.at("size").rbegin(), bySize.at("size").rend()));
  const json byAge = blocks({"--by", "age", "--function", "keep"}).at("list");
  EXPECT_TRUE(std::is_sorted(byAge.at("treeSeconds").begin(), byAge.at("treeSeconds").end()));
  const json all = blocks({"--function", "keep"}).at("list");
  EXPECT_TRUE(std::is_sorted(all.at("address").begin(), all.at("address").end()));
  // Pages add up to the whole.
  json pages = json::array();
  for (int skip = 0; skip < 16; skip += 4) {
    const json page = blocks({"--function", "keep", "--top", "4", "--skip", std::to_string(skip)});
    for (const json& address : page.at("list").at("address")) pages.push_back(address);
  }
  EXPECT_EQ(pages, all.at("address"));
}

TEST_F(TreeBlocks, AreListedWithTheirProcesses) {
  const Outcome outcome = ask("blocks", {"--at", "in the child", "--function", "keepIn"});
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("15 blocks of 25.0 KiB live at "),
                                 HasSubstr(" after the first began in 2 sessions, only function keepIn"),
                                 HasSubstr("      pid         address"), HasSubstr("keepInChild")));
}

TEST_F(TreeBlocks, HaveAnAddressInEachProcess) {
  // The child got its parent's memory at the same addresses; its copy is no block of its own.
  const json then = blocks({"--at", "in the child", "--function", "keepInParent", "--top", "1"});
  const std::string address = then.at("list").at("address").at(0);
  const json there = blocks({"--at", "in the child", "--address", address});
  EXPECT_EQ(there.at("list").at("pid").at(0), then.at("list").at("pid").at(0));
  const Outcome history = ask("blocks", {"--history", "--address", address});
  EXPECT_EQ(history.status, 2);
  EXPECT_THAT(history.err, HasSubstr("excludes"));
}

TEST_F(TreeBlocks, RefuseWhatNoProcessHas) {
  EXPECT_EQ(ask("blocks", {"--thread", "nobody"}).status, 3);
  EXPECT_EQ(ask("blocks", {"--at", "peak"}).status, 2);
  EXPECT_EQ(ask("blocks", {"--skip", "1048577"}).status, 2);
  EXPECT_EQ(ask("blocks", {"--older", "later"}).status, 2);
  EXPECT_EQ(ask("blocks", {"--function", "/(/"}).status, 2);
  EXPECT_EQ(blocks({"--older", "99h"}).at("blocks"), 0);
  EXPECT_EQ(blocks({"--thread", "family", "--function", "keepInChild"}).at("blocks"), 3);
}

}  // namespace
}  // namespace heaptap::test
