// SPDX-License-Identifier: Apache-2.0
#include "client/tree/tree_time.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heaptap::client {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kSecond = 1'000'000'000;

TreeMember member(const char* id, std::int64_t start, std::int64_t end) {
  TreeMember made;
  made.info.set_id(id);
  made.info.set_duration_ns(static_cast<std::uint64_t>((end - start) * kSecond));
  made.startNs = start * kSecond;
  made.endNs = end * kSecond;
  return made;
}

/// A parent of ten seconds, and a child from the second to the sixth, with marks.
class TimesOfATree : public testing::Test {
 protected:
  TimesOfATree() { m_tree.members = {member("parent", 0, 10), member("child", 2, 6)}; }

  Result<TreeInstant> read(std::string_view words) {
    return treeInstantOf(words, m_tree, [this](const TreeMember& asked) -> Result<v1::Summary> {
      ++m_asked;
      v1::Summary summary;
      const auto mark = [&](const char* name, std::uint64_t seconds) {
        v1::MarkReport& made = *summary.add_marks();
        made.set_name(name);
        made.set_at_ns(seconds * static_cast<std::uint64_t>(kSecond));
      };
      mark("both", 1);
      if (asked.info.id() == "child") {
        mark("warm", 1);
        mark("warm", 3);
        mark("peak", 2);
      }
      return summary;
    });
  }
  std::string refusal(std::string_view words) {
    const auto instant = read(words);
    return instant ? "none" : instant.error().line();
  }

  SessionTree m_tree;
  int m_asked = 0;
};

TEST_F(TimesOfATree, CountFromTheFirstStartToTheLastEnd) {
  EXPECT_EQ(read("start")->ns, 0U);
  EXPECT_EQ(read("2.5s")->ns, 2'500'000'000U);
  EXPECT_EQ(read("50%")->ns, 5'000'000'000U);
  EXPECT_EQ(read("-1s")->ns, 9'000'000'000U);
  EXPECT_EQ(read("end")->ns, 10'000'000'000U);
  EXPECT_EQ(m_asked, 0);
}

TEST_F(TimesOfATree, AreThoseOfMarksOfOneProcess) {
  EXPECT_EQ(read("warm")->ns,
            5'000'000'000U);  // The last of the child's, two seconds after the parent's start.
  EXPECT_EQ(read("warm")->mark, "warm");
  EXPECT_EQ(read(":peak")->ns, 4'000'000'000U);
}

TEST_F(TimesOfATree, ThatHaveNoMeaningAreRefused) {
  EXPECT_THAT(refusal("peak"), HasSubstr("each process of a tree has a peak of its own"));
  EXPECT_THAT(refusal("both"), HasSubstr("several sessions of the tree"));
  EXPECT_THAT(refusal("cold"), HasSubstr("is no time, and no session of the tree has such a mark"));
  EXPECT_THAT(refusal("11s"), HasSubstr("is after the end of the tree; it is 10s long"));
  EXPECT_THAT(refusal("-11s"), HasSubstr("is before the start of the tree"));
  EXPECT_THAT(refusal("101%"), HasSubstr("is more than all of the tree"));
}

TEST_F(TimesOfATree, AreOneMomentForAllMembers) {
  const TreeMember& child = m_tree.members[1];
  const auto at = [&](std::int64_t seconds) {
    const TreeInstant instant{.ns = static_cast<std::uint64_t>(seconds * kSecond)};
    return timeOf(child, nullptr, instant, false);
  };
  EXPECT_FALSE(at(1));
  EXPECT_EQ(at(2)->when.at.time_ns(), 0U);
  EXPECT_EQ(at(5)->when.at.time_ns(), 3'000'000'000U);
  EXPECT_FALSE(at(6)->isOver);
  EXPECT_TRUE(at(7)->isOver);
  EXPECT_TRUE(at(7)->when.isNow());
}

TEST_F(TimesOfATree, OfWhatIsStillWrittenDoNotEnd) {
  TreeMember child = m_tree.members[1];
  child.isOpen = true;
  const auto time = timeOf(child, nullptr, TreeInstant{.ns = 9'000'000'000}, false);
  EXPECT_FALSE(time->isOver);
  EXPECT_EQ(time->when.at.time_ns(), 4'000'000'000U);
}

TEST_F(TimesOfATree, AreStretchesOfWhatOfAMemberLiesInThem) {
  const TreeMember& child = m_tree.members[1];
  const auto between = [&](std::int64_t from, std::int64_t to, bool gone = false) {
    const TreeInstant begin{.ns = static_cast<std::uint64_t>(from * kSecond)};
    const TreeInstant end{.ns = static_cast<std::uint64_t>(to * kSecond)};
    return timeOf(child, &begin, end, gone);
  };
  EXPECT_FALSE(between(0, 1));
  EXPECT_FALSE(between(7, 9));
  EXPECT_EQ(between(1, 4)->when.from->time_ns(), 0U);
  EXPECT_EQ(between(1, 4)->when.at.time_ns(), 2'000'000'000U);
  EXPECT_TRUE(between(3, 9)->isOver);
  EXPECT_EQ(between(3, 9)->when.at.time_ns(), 4'000'000'000U);
  // All that it had at the beginning is gone with it.
  const auto gone = between(3, 9, true);
  EXPECT_FALSE(gone->when.from);
  EXPECT_EQ(gone->when.at.time_ns(), 1'000'000'000U);
  EXPECT_FALSE(between(1, 9, true)) << "what was not there at the beginning is not gone";
  EXPECT_FALSE(between(1, 4, true)) << "also while it goes on";
  EXPECT_TRUE(between(3, 5, true)->when.gone);
}

}  // namespace
}  // namespace heaptap::client
