// SPDX-License-Identifier: Apache-2.0
#include "agent/wire/layout.h"

#include <gtest/gtest.h>

#include "agent/wire/event.h"

namespace heaptap::wire {
namespace {

TEST(Layout, HeadWordKeepsStampLevelAndKind) {
  const std::uint64_t head = headWord(0x00FE'DCBA'9876'5432, 5, EventKind::ReallocDoneLarge);
  EXPECT_EQ(stampOf(head), 0x00FE'DCBA'9876'5432U);
  EXPECT_EQ(levelOf(head), 5U);
  EXPECT_EQ(kindOf(head), EventKind::ReallocDoneLarge);
}

TEST(Layout, AddressWordKeepsAddressOriginAndExtra) {
  const std::uint64_t word = addressWord(0x7FFF'1234'5678, Origin::PosixMemalign, 12);
  EXPECT_EQ(addressOf(word), 0x7FFF'1234'5678U);
  EXPECT_EQ(originOf(word), Origin::PosixMemalign);
  EXPECT_EQ(extraOf(word), 12U);
}

TEST(Layout, StackWordKeepsStackAttributeAndSize) {
  const std::uint64_t word = stackWord(0xFE'DCBA, 0x9A, 0xFFFF'FFFF);
  EXPECT_EQ(stackOf(word), 0xFE'DCBAU);
  EXPECT_EQ(attributeOf(word), 0x9AU);
  EXPECT_EQ(sizeOf(word), 0xFFFF'FFFFU);
}

TEST(Layout, MarkWordFitsIntoAnAddress) {
  const std::uint64_t word = addressWord(markWord(0xFFFF'FFFF, kMaxMarkBytes), Origin::Unknown, 0);
  EXPECT_EQ(markOffset(addressOf(word)), 0xFFFF'FFFFU);
  EXPECT_EQ(markLength(addressOf(word)), kMaxMarkBytes);
}

TEST(Layout, RareWordKeepsItsKindBesideTheAddress) {
  const std::uint64_t word = rareWord(RareKind::Snapshot, markWord(0xFFFF'FFFF, 7), Origin::Realloc);
  EXPECT_EQ(extraOf(word), static_cast<unsigned>(RareKind::Snapshot));
  EXPECT_EQ(markOffset(addressOf(word)), 0xFFFF'FFFFU);
  EXPECT_EQ(markLength(addressOf(word)), 7U);
  EXPECT_EQ(originOf(word), Origin::Realloc);
}

TEST(Layout, EveryKindHasASizeAndOthersHaveNone) {
  for (unsigned kind = 0; kind < 16; ++kind) {
    const std::size_t bytes = eventBytes(static_cast<EventKind>(kind));
    EXPECT_EQ(bytes != 0, kind >= 1 && kind <= static_cast<unsigned>(EventKind::ShortAlloc)) << kind;
    EXPECT_EQ(bytes % 8, 0U);
  }
}

TEST(Layout, FreeListHeadKeepsTagCountAndReference) {
  const std::uint64_t head = FreeList::pack(0xABCDEF, 0xFFFFF, 0x12345);
  EXPECT_EQ(FreeList::tag(head), 0xABCDEFU);
  EXPECT_EQ(FreeList::count(head), 0xFFFFFU);
  EXPECT_EQ(FreeList::reference(head), 0x12345U);
}

TEST(Layout, FreeListCountDoesNotSpillIntoTheTag) {
  const std::uint64_t head = FreeList::pack(7, 0x100000, 1);
  EXPECT_EQ(FreeList::tag(head), 7U);
  EXPECT_EQ(FreeList::count(head), 0U);
}

TEST(Layout, NodeKeepsParentAndFrame) {
  const std::uint64_t word = NodeEntry::pack(0xFFFF'FFFE, 0x8000'0001);
  EXPECT_EQ(NodeEntry::parent(word), 0xFFFF'FFFEU);
  EXPECT_EQ(NodeEntry::frame(word), 0x8000'0001U);
}

TEST(Layout, ABlockOfANamedHeapIsAsLargeAsTheRecordTakes) {
  EXPECT_EQ(heapSizeOf(heapWord(5, 1ULL << 40)), 1ULL << 40);
  EXPECT_EQ(heapOf(heapWord(5, 1ULL << 40)), 5U);
  for (const std::uint64_t size : {kMaxHeapBlock, kMaxHeapBlock + 1, ~std::uint64_t{0}}) {
    EXPECT_EQ(heapSizeOf(heapWord(5, size)), kMaxHeapBlock) << size;
    EXPECT_EQ(heapOf(heapWord(5, size)), 5U) << size;
  }
}

}  // namespace
}  // namespace heaptap::wire
