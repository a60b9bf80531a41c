// SPDX-License-Identifier: Apache-2.0
#include "client/tree/session_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace heaptap::client {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kRun = "cafe";

/// A session of one run; times in seconds.
struct Given {
  std::string id;
  std::string parent;
  std::uint32_t pid = 0;
  std::int64_t startedAt = 0;
  std::uint64_t lasted = 1;
  std::string run = kRun;
};

ListedSession listed(const Given& given, std::uint32_t image = 1) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  ListedSession session;
  session.info.set_id(given.id);
  session.info.set_parent_id(given.parent);
  session.info.set_tree_id(given.run);
  session.info.set_pid(given.pid);
  session.info.set_image(image);
  session.info.set_started_at_unix_ns(kSecond * (1000 + given.startedAt));
  session.info.set_duration_ns(given.lasted * kSecond);
  return session;
}

/// `id(process,depth)` of each member.
std::vector<std::string> membersOf(const SessionTree& tree) {
  std::vector<std::string> members;
  for (const TreeMember& member : tree.members)
    members.push_back(member.info.id() + "(" + std::to_string(member.process) + "," +
                      std::to_string(member.depth) + ")");
  return members;
}

class ARunOfMake : public testing::Test {
 protected:
  const ListedSession m_shell = listed({"shell", "", 1, 0, 20}, 0);
  // In the order of a folder: by name.
  const std::vector<ListedSession> m_folder{
      listed({"compiler", "make", 3, 2, 3}),  listed({"linker", "compiler", 3, 5, 4}),
      listed({"make", "shell", 2, 1, 9}),     listed({"other", "", 7, 3, 1, "beef"}, 0),
      listed({"tar", "shell", 4, 11, 2}),     m_shell,
      listed({"warner", "compiler", 5, 3, 1})};
};

TEST_F(ARunOfMake, IsTheTreeOfItsFirstSession) {
  const SessionTree tree = treeOf(m_shell, m_folder);
  EXPECT_TRUE(tree.isWholeRun);
  // The programs of one process are neighbours, also where it had children before the second.
  EXPECT_THAT(membersOf(tree), ElementsAre("shell(0,0)", "make(1,1)", "compiler(2,2)", "linker(2,2)",
                                           "warner(3,3)", "tar(4,1)"));
  EXPECT_EQ(tree.processes, 5U);
  EXPECT_THAT(tree.missing, IsEmpty());
  EXPECT_EQ(tree.durationNs(), 20'000'000'000U);
  EXPECT_EQ(tree.members[3].startNs, 5'000'000'000);
  EXPECT_EQ(tree.members[3].endNs, 9'000'000'000);
}

TEST_F(ARunOfMake, HasATreeBelowEachOfItsSessions) {
  const SessionTree tree = treeOf(m_folder[2], m_folder);
  EXPECT_FALSE(tree.isWholeRun);
  EXPECT_THAT(membersOf(tree), ElementsAre("make(0,0)", "compiler(1,1)", "linker(1,1)", "warner(2,2)"));
  // Times count from its own start.
  EXPECT_EQ(tree.members[1].startNs, 1'000'000'000);
}

TEST_F(ARunOfMake, IsWholeWithoutASessionInBetween) {
  std::vector<ListedSession> folder = m_folder;
  folder.erase(folder.begin() + 2);
  const SessionTree tree = treeOf(m_shell, folder);
  EXPECT_THAT(tree.missing, ElementsAre("make"));
  EXPECT_THAT(membersOf(tree),
              ElementsAre("shell(0,0)", "tar(1,1)", "compiler(2,1)", "linker(2,1)", "warner(3,2)"));
  EXPECT_EQ(tree.processes, 4U);
}

TEST_F(ARunOfMake, CountsACopyOfAFileOnce) {
  std::vector<ListedSession> folder = m_folder;
  folder.insert(folder.end(), m_folder.begin(), m_folder.end());
  EXPECT_EQ(membersOf(treeOf(m_shell, folder)), membersOf(treeOf(m_shell, m_folder)));
}

TEST_F(ARunOfMake, MissesWhatAProcessBecame) {
  std::vector<ListedSession> folder = m_folder;
  for (ListedSession& each : folder) each.info.set_has_next_image(each.info.id() == "compiler");
  EXPECT_TRUE(treeOf(m_shell, folder).cutOff.empty()) << "the linker is there";
  std::erase_if(folder, [](const ListedSession& each) { return each.info.id() == "linker"; });
  EXPECT_EQ(treeOf(m_shell, folder).cutOff, std::vector<std::string>{"compiler"});
}

TEST(SessionTrees, OfASessionAloneIsItself) {
  const SessionTree tree = treeOf(listed({"alone", "gone", 1}), {});
  EXPECT_THAT(membersOf(tree), ElementsAre("alone(0,0)"));
  EXPECT_FALSE(tree.isWholeRun);
}

// `run --only NAME`: what the recorded programs came from has no session.
TEST(SessionTrees, OfARunHaveProgramsWithoutARecordedParent) {
  const ListedSession first = listed({"first", "", 1}, 0);
  const SessionTree tree = treeOf(first, {listed({"second", "", 2}), listed({"third", "second", 3})});
  EXPECT_THAT(membersOf(tree), ElementsAre("first(0,0)", "second(1,1)", "third(2,2)"));
  EXPECT_THAT(tree.missing, IsEmpty());
}

TEST(SessionTrees, EndWhereParentsGoInACircle) {
  const ListedSession first = listed({"first", "third", 1});
  const SessionTree tree = treeOf(
      first, {listed({"second", "first", 2}), listed({"third", "second", 3}), listed({"own", "own", 4})});
  EXPECT_THAT(membersOf(tree), ElementsAre("first(0,0)", "second(1,1)", "third(2,2)"));
}

TEST(SessionTrees, LoseNoSessionOfTheRunThatComesOfItself) {
  const ListedSession first = listed({"first", "", 1}, 0);
  const SessionTree tree = treeOf(
      first, {listed({"second", "third", 2}), listed({"third", "second", 3}), listed({"own", "own", 4})});
  EXPECT_THAT(membersOf(tree), ElementsAre("first(0,0)", "own(1,1)", "second(2,1)", "third(3,2)"));
}

TEST(SessionTrees, BearTimesThatCannotBe) {
  ListedSession first = listed({"first", "", 1}, 0);
  ListedSession second = listed({"second", "first", 2});
  first.info.set_started_at_unix_ns(std::numeric_limits<std::int64_t>::min());
  second.info.set_started_at_unix_ns(std::numeric_limits<std::int64_t>::max());
  second.info.set_duration_ns(std::numeric_limits<std::uint64_t>::max());
  const SessionTree tree = treeOf(first, {second});
  EXPECT_GT(tree.members[1].endNs, tree.members[1].startNs);
  EXPECT_GT(tree.durationNs(), 0U);
  EXPECT_LT(treeOf(second, {}).members[0].startNs, 1);
}

TEST(SessionTrees, OfALongChainNeedNoDeepStack) {
  std::vector<ListedSession> chain;
  for (int i = 1; i < 200'000; ++i)
    chain.push_back(listed({std::to_string(i), std::to_string(i - 1), static_cast<std::uint32_t>(i)}));
  EXPECT_EQ(treeOf(listed({"0", "", 900'000}), chain).members.size(), 200'000U);
}

}  // namespace
}  // namespace heaptap::client
