// SPDX-License-Identifier: Apache-2.0
//
// Processes that make processes: each has a session of its own, linked to its parent's, and its own numbers.
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <thread>

#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

struct Leaked {
  std::int64_t blocks = 0;
  std::int64_t bytes = 0;
};

Leaked leakedIn(const Report& report) {
  Leaked leaked;
  for (const auto& site : report.sitesIn("leak")) {
    leaked.blocks += site.at("blocks").get<std::int64_t>();
    leaked.bytes += site.at("bytes").get<std::int64_t>();
  }
  return leaked;
}

/// A recording of `families` and the sessions of its processes.
class Family {
 public:
  explicit Family(const std::vector<std::string>& way, const std::vector<std::string>& options = {})
      : m_root(commandFor(way), {}, {}, options) {
    for (Report& report : reportsIn(m_root.folder()))
      if (report.text("sessionId") != m_root.text("sessionId")) m_others.push_back(std::move(report));
  }

  [[nodiscard]] const Recording& root() const { return m_root; }
  [[nodiscard]] const std::vector<Report>& others() const { return m_others; }

  /// The first process's numbers are exactly its own.
  void expectRootIsExact() const {
    m_root.expectConservation();
    EXPECT_EQ(m_root.text("parentSessionId"), "");
    EXPECT_EQ(leakedIn(m_root).blocks, 10);
    EXPECT_EQ(leakedIn(m_root).bytes, 10 * 1000);
  }
  /// `child` was forked from `parent` and did what `liveAsChild` says.
  static void expectChildIsExact(const Report& child, const Report& parent, std::int64_t size) {
    EXPECT_EQ(child.text("parentSessionId"), parent.text("sessionId"));
    EXPECT_EQ(child["allocations"] - child["frees"], child["leakedBlocks"]);
    EXPECT_EQ(leakedIn(child).blocks, 20);
    EXPECT_EQ(leakedIn(child).bytes, 20 * size);
    EXPECT_EQ(child["frees"], 30);
    EXPECT_EQ(child["inheritedFrees"], 5);
    EXPECT_EQ(child["inheritedFreedBytes"], 5 * 500);
    EXPECT_EQ(child["unmatchedFrees"], 0);
    EXPECT_EQ(child["unrecordedFrees"], 0);
    EXPECT_EQ(child["droppedEvents"], 0);
    EXPECT_EQ(child["lostFrees"], 0);
  }
  /// All others are exact children of the first process.
  void expectExactChildren(std::size_t number) const {
    EXPECT_EQ(m_root.outcome().status, 0) << m_root.outcome().err;
    expectRootIsExact();
    ASSERT_EQ(m_others.size(), number);
    for (const Report& child : m_others) expectChildIsExact(child, m_root, 3000);
  }
  /// The only other session is known_heap's.
  void expectExecutedChild() const {
    EXPECT_EQ(m_root.outcome().status, 0);
    expectRootIsExact();
    ASSERT_EQ(m_others.size(), 1U);
    m_others[0].expectConservation();
    EXPECT_EQ(m_others[0].text("parentSessionId"), m_root.text("sessionId"));
    EXPECT_EQ(m_others[0].siteIn("leakTen").value("blocks", 0), 10);
    EXPECT_NE(m_others[0]["pid"], m_root["pid"]);
  }

 private:
  static std::vector<std::string> commandFor(const std::vector<std::string>& way) {
    std::vector<std::string> command{recordedProgram("families")};
    command.insert(command.end(), way.begin(), way.end());
    return command;
  }

  Recording m_root;
  std::vector<Report> m_others;
};

TEST(Families, AChildOfVfork) { Family({"vfork"}).expectExecutedChild(); }
TEST(Families, ASpawnedChild) { Family({"spawn"}).expectExecutedChild(); }
TEST(Families, ARawCloneFreesWhatItInherited) { Family({"raw-clone"}).expectExactChildren(1); }
TEST(Families, ShortChildrenOneAfterTheOther) { Family({"loop", "120"}).expectExactChildren(120); }
TEST(Families, ManyChildrenAtOnce) { Family({"together"}).expectExactChildren(40); }
TEST(Families, AChildWithATerminalSessionOfItsOwn) { Family({"setsid"}).expectExactChildren(1); }
TEST(Families, AChildWithoutAnyDescriptor) { Family({"no-descriptors"}).expectExactChildren(1); }
TEST(Families, AChildForkedByAnotherThread) { Family({"another-thread"}).expectExactChildren(1); }

TEST(Families, AChrootedChild) {
  const Family family({"chroot"});
  if (family.root().outcome().status == 77) GTEST_SKIP() << "chroot and user namespaces are forbidden here";
  family.expectExactChildren(1);
}

TEST(Families, ChildrenOfAProgramWhoseThreadsAllocateMeanwhile) {
  const Family family({"many-threads"});
  EXPECT_EQ(family.root().outcome().status, 0);
  family.expectRootIsExact();
  ASSERT_EQ(family.others().size(), 20U);
  for (const Report& child : family.others()) Family::expectChildIsExact(child, family.root(), 3000);
}

TEST(Families, AChildWhoseThreadsAreTheFirstToAllocate) {
  const Family family({"threads-first"});
  EXPECT_EQ(family.root().outcome().status, 0);
  EXPECT_EQ(leakedIn(family.root()).blocks, 10 + 4 * 5);
  ASSERT_EQ(family.others().size(), 1U);
  const Report& child = family.others()[0];
  child.expectConservation();
  EXPECT_EQ(leakedIn(child).blocks, 4 * 5);
  EXPECT_EQ(leakedIn(child).bytes, 4 * 5 * 3000);
}

TEST(Families, GrandchildrenAreLinkedToTheirOwnParents) {
  const Family family({"grandchildren"});
  EXPECT_EQ(family.root().outcome().status, 0);
  family.expectRootIsExact();
  ASSERT_EQ(family.others().size(), 4U);
  std::map<std::string, const Report*> children;
  for (const Report& other : family.others())
    if (other.text("parentSessionId") == family.root().text("sessionId"))
      children[other.text("sessionId")] = &other;
  ASSERT_EQ(children.size(), 2U);
  for (const auto& [id, child] : children) {
    child->expectConservation();
    EXPECT_EQ(leakedIn(*child).bytes, 20 * 3000);
  }
  for (const Report& other : family.others()) {
    if (children.contains(other.text("sessionId"))) continue;
    const auto parent = children.find(other.text("parentSessionId"));
    ASSERT_NE(parent, children.end());
    EXPECT_NE(parent->second, nullptr) << "two grandchildren of one child";
    if (parent->second != nullptr) Family::expectChildIsExact(other, *parent->second, 9000);
    parent->second = nullptr;
  }
}

TEST(Families, AChainOfImagesInOneProcess) {
  const Family family({"exec-chain"});
  EXPECT_EQ(family.root().outcome().status, 0);
  ASSERT_EQ(family.others().size(), 3U);
  std::map<std::string, const Report*> byParent;
  for (const Report& other : family.others()) byParent[other.text("parentSessionId")] = &other;
  const Report* image = &family.root();
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(image->report().at("summary").at("liveAtEnd").get<bool>());
    EXPECT_EQ(leakedIn(*image).blocks, 10);
    const auto next = byParent.find(image->text("sessionId"));
    ASSERT_NE(next, byParent.end());
    EXPECT_EQ((*next->second)["pid"], (*image)["pid"]);
    image = next->second;
  }
  EXPECT_EQ(image->text("end"), "exited 0");
  image->expectConservation();
  EXPECT_EQ(leakedIn(*image).blocks, 10);
}

TEST(Families, ADaemonIsRecordedToItsEnd) {
  const TemporaryFolder folder;
  const std::string sign = folder / "done";
  const Recording root({recordedProgram("families"), "daemon", sign});
  EXPECT_EQ(root.outcome().status, 0);
  root.expectConservation();
  EXPECT_EQ(leakedIn(root).blocks, 10);
  // The daemon and its record live on without `run`.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  std::vector<Report> complete;
  while (complete.size() < 3 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    complete.clear();
    for (Report& report : reportsIn(root.folder()))
      if (report.text("state") == "complete") complete.push_back(std::move(report));
  }
  EXPECT_TRUE(std::filesystem::exists(sign));
  ASSERT_EQ(complete.size(), 3U);
  const Report* middle = nullptr;
  const Report* daemon = nullptr;
  for (const Report& report : complete) {
    if (leakedIn(report).bytes == 20 * 9000) daemon = &report;
    if (report["allocations"] == 0) middle = &report;
  }
  ASSERT_NE(daemon, nullptr);
  ASSERT_NE(middle, nullptr);
  EXPECT_EQ(middle->text("parentSessionId"), root.text("sessionId"));
  Family::expectChildIsExact(*daemon, *middle, 9000);
}

TEST(Families, AnExecutedProgramWithoutItsEnvironmentRunsUnrecorded) {
  const Family family({"clear-environment"});
  EXPECT_EQ(family.root().outcome().status, 0);
  family.expectRootIsExact();
  EXPECT_EQ(family.others().size(), 0U);
}

TEST(Families, AProgramThatClosesAllDescriptorsFirst) {
  const Family family({"close-first"});
  EXPECT_EQ(family.root().outcome().status, 0);
  family.expectRootIsExact();
}

// Five levels, each of two processes for one: 62, all of which leak twenty blocks of their own.
TEST(Families, ABombOfRawClonesIsRecordedToItsLastFragment) {
  const Family family({"bomb", "5"});
  EXPECT_EQ(family.root().outcome().status, 0) << family.root().outcome().err;
  family.expectRootIsExact();
  ASSERT_EQ(family.others().size(), 62U);
  for (const Report& child : family.others()) {
    EXPECT_EQ(leakedIn(child).blocks, 20);
    EXPECT_EQ(leakedIn(child).bytes, 20 * 3000);
    EXPECT_EQ(child["droppedEvents"], 0);
    EXPECT_EQ(child["unmatchedFrees"], 0);
  }
}

TEST(Families, WhatAChildOfVforkAllocatesIsItsParents) {
  const Family family({"allocate-in-vfork"});
  EXPECT_EQ(family.root().outcome().status, 0);
  EXPECT_EQ(family.others().size(), 0U);
  family.root().expectConservation();
  EXPECT_EQ(leakedIn(family.root()).blocks, 10 + 5);
}

TEST(Families, ChildrenOfVforkDoNotDisturbTheThreadsThatGoOn) {
  const Family family({"vfork-among-threads"});
  EXPECT_EQ(family.root().outcome().status, 0);
  EXPECT_EQ(family.others().size(), 0U);
  family.root().expectConservation();
  EXPECT_EQ(leakedIn(family.root()).blocks, 10 + 20 * 5);
}

TEST(Families, WithoutChildrenOnlyTheFirstImageIsRecorded) {
  for (const char* way : {"vfork", "spawn", "raw-clone", "setsid", "exec-chain", "grandchildren"}) {
    SCOPED_TRACE(way);
    const Family family({way}, {"--no-children"});
    EXPECT_EQ(family.root().outcome().status, 0);
    EXPECT_EQ(family.others().size(), 0U);
    EXPECT_EQ(leakedIn(family.root()).blocks, 10);
  }
}

}  // namespace
}  // namespace heaptap::test
