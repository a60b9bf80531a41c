// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/names/stack_import.h"

#include <gmock/gmock.h>

#include "tests/agent/relay/drained_target.h"

namespace heaptap::relay {
namespace {

using test::DrainedTarget;
using test::StreamWriter;
using testing::ElementsAre;
using testing::IsEmpty;

class StackImportTest : public testing::Test {
 protected:
  /// Records an allocation with this stack and returns the stack that the session has for it.
  std::vector<std::string> stackOf(std::uint32_t node) {
    m_thread.alloc(m_stamp, 0x1000 + 16 * m_stamp, 8, node);
    m_target.poll();
    return m_target.session.stackOf(m_stamp++);
  }

  DrainedTarget m_target;
  test::StackWriter& m_stacks = m_target.stacks;
  StreamWriter m_thread{*m_target.memory, static_cast<std::uint32_t>(getpid())};
  std::uint64_t m_stamp = 0;
};

TEST_F(StackImportTest, FramesAreAddressesInTheirModulesFile) {
  const auto module = m_stacks.module("/usr/lib/libx.so", 0x7000'0000, 0x6fff'0000);
  const auto outer = m_stacks.node(wire::kRootNode, m_stacks.frame(0x7000'0100, module));
  const auto inner = m_stacks.node(outer, m_stacks.frame(0x7000'0200, module, wire::kFrameExactPc));
  EXPECT_THAT(stackOf(inner),
              ElementsAre("0x10200 in /usr/lib/libx.so FRAME_EXACT_PC", "0x10100 in /usr/lib/libx.so"));
  ASSERT_EQ(m_target.session.modules.size(), 1U);
  EXPECT_EQ(m_target.session.modules[0].build_id(), "\xDE\xAD\xBE\xEF");
  EXPECT_EQ(m_target.session.modules[0].bias(), 0x6fff'0000U);
}

TEST_F(StackImportTest, AModuleWithoutAPathIsTheExecutable) {
  const auto module = m_stacks.module("", 0x40'0000, 0);
  wire::ModuleEntry& entry = *m_target.memory->module(module);
  entry.buildIdLength = 0;
  entry.file = identityOf(m_target.process.openExecutable());
  const auto node = m_stacks.node(wire::kRootNode, m_stacks.frame(0x40'0100, module));
  EXPECT_THAT(stackOf(node), ElementsAre("0x400100 in " + m_target.process.executable()));
  EXPECT_TRUE(m_target.translator.modules().modules().at(0).source.file);
}

TEST_F(StackImportTest, FixedIdsBecomeFlaggedFrames) {
  EXPECT_THAT(stackOf(wire::kOverflowNode), ElementsAre("0x0 FRAME_OVERFLOW"));
  const auto cut =
      m_stacks.node(m_stacks.node(wire::kRootNode, wire::kTruncatedFrame), m_stacks.frame(0x123));
  EXPECT_THAT(stackOf(cut), ElementsAre("0x123", "0x0 FRAME_TRUNCATED"));
  const auto lost = m_stacks.node(m_stacks.node(wire::kRootNode, wire::kLostFrame),
                                  m_stacks.frame(0x123, wire::kNoModule, wire::kFrameGuessed));
  EXPECT_THAT(stackOf(lost), ElementsAre("0x123 FRAME_GUESSED", "0x0 FRAME_LOST"));
  EXPECT_THAT(stackOf(wire::kRootNode), IsEmpty());
  EXPECT_EQ(m_target.translator.stacks().invalidStacks(), 0U);
}

TEST_F(StackImportTest, EqualEntriesBecomeOne) {
  const auto moduleA = m_stacks.module("/lib/a.so", 0x1000, 0);
  const auto moduleAgain = m_stacks.module("/lib/a.so", 0x1000, 0);
  const auto first = m_stacks.node(wire::kRootNode, m_stacks.frame(0x1100, moduleA));
  const auto second = m_stacks.node(wire::kRootNode, m_stacks.frame(0x1100, moduleAgain));
  const auto child = m_stacks.node(first, m_stacks.frame(0x50));
  const auto sameChild = m_stacks.node(second, m_stacks.frame(0x50));
  stackOf(child);
  stackOf(sameChild);
  EXPECT_EQ(m_target.session.modules.size(), 1U);
  EXPECT_EQ(m_target.session.frames.pc_size(), 2);
  EXPECT_EQ(m_target.session.nodes.parent_size(), 2);
  EXPECT_EQ(m_target.session.pairs.size_size(), 1) << "the same place and size";
}

TEST_F(StackImportTest, AnEntryStillBeingWrittenDisturbsNobody) {
  wire::Header& h = m_target.memory->header();
  const std::uint32_t reserved = h.nodeTable.count.fetch_add(1);  // Another thread is about to write it.
  const auto ready = m_stacks.node(wire::kRootNode, m_stacks.frame(0x100));
  EXPECT_THAT(stackOf(ready), ElementsAre("0x100"));
  m_target.memory->node(reserved)->word = wire::NodeEntry::pack(wire::kRootNode, m_stacks.frame(0x200));
  EXPECT_THAT(stackOf(reserved), ElementsAre("0x200"));
  EXPECT_EQ(m_target.translator.stacks().invalidStacks(), 0U);
}

TEST_F(StackImportTest, DamagedEntriesCountAndBecomeTheOverflowStack) {
  const auto sound = m_stacks.frame(0x100);
  const std::uint32_t next = m_target.memory->header().nodeTable.count.load();
  const auto itsOwnParent = m_stacks.node(next, sound);
  const auto parentAfterChild = m_stacks.node(next + 5, sound);
  const auto noFrame = m_stacks.node(itsOwnParent - 1, wire::kNoFrame);
  const auto frameOutside = m_stacks.node(wire::kRootNode, 0xFFFF'FFFF);
  const auto incompleteFrame = m_stacks.node(wire::kRootNode, 900);
  const auto moduleOutside = m_stacks.node(wire::kRootNode, m_stacks.frame(0x100, 12345));
  const auto childOfDamage = m_stacks.node(frameOutside, sound);
  std::uint64_t damaged = 0;
  for (const std::uint32_t node : {itsOwnParent, parentAfterChild, noFrame, frameOutside, incompleteFrame,
                                   moduleOutside, childOfDamage, 0xFFFF'FFFFU, 4095U}) {
    EXPECT_THAT(stackOf(node), ElementsAre("0x0 FRAME_OVERFLOW")) << node;
    EXPECT_EQ(m_target.translator.stacks().invalidStacks(), ++damaged);
  }
}

TEST_F(StackImportTest, DamagedModulesCount) {
  const auto damage = [&](auto&& how) {
    const auto module = m_stacks.module("/lib/a.so", 0x1000, 0);
    how(*m_target.memory->module(module));
    return m_stacks.node(wire::kRootNode, m_stacks.frame(0x1100 + module, module));
  };
  for (const std::uint32_t node :
       {damage([](auto& m) { m.complete = 0; }), damage([](auto& m) { m.pathOffset = 4090; }),
        damage([](auto& m) { m.pathLength = 0xFFFF'FFFF; }), damage([](auto& m) { m.buildIdLength = 33; }),
        damage([](auto& m) { m.end = m.start - 1; })})
    EXPECT_THAT(stackOf(node), ElementsAre("0x0 FRAME_OVERFLOW"));
  EXPECT_THAT(m_target.session.modules, IsEmpty());
}

}  // namespace
}  // namespace heaptap::relay
