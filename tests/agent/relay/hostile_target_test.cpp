// SPDX-License-Identifier: Apache-2.0
//
// The target may write anything anywhere in the shared memory. The relay must go on: no crash, no endless
// loop, and what other threads recorded stays right.
#include <gmock/gmock.h>

#include <cstring>
#include <functional>
#include <random>

#include "tests/agent/relay/drained_target.h"
#include "tests/agent/relay/several_threads.h"

namespace heaptap::relay {
namespace {

using test::DrainedTarget;
using test::StreamWriter;
using testing::Contains;

void expectOthersUnharmed(DrainedTarget& target,
                          const std::function<void(DrainedTarget&, StreamWriter&)>& harm,
                          std::uint64_t expectedBroken) {
  StreamWriter bad(*target.memory, 1U << 30);
  StreamWriter good(*target.memory, static_cast<std::uint32_t>(getpid()));
  bad.alloc(1, 0x100, 8);
  good.alloc(2, 0x200, 8);
  target.poll();
  harm(target, bad);
  good.free(1000, 0x200);
  target.poll();
  target.finish();
  EXPECT_THAT(target.session.story(), Contains("free 1 by 1"));
  EXPECT_EQ(target.session.counters.broken_streams(), expectedBroken);
}

/// Does harm to one thread's stream, and then checks that another thread's events come through.
void expectOthersUnharmed(const std::function<void(DrainedTarget&, StreamWriter&)>& harm,
                          std::uint64_t expectedBroken) {
  DrainedTarget target;
  expectOthersUnharmed(target, harm, expectedBroken);
  DrainedTarget withThreads(test::smallMemory(), test::severalThreads(3, 2));
  expectOthersUnharmed(withThreads, harm, expectedBroken);
}

TEST(HostileTarget, UnknownEventKind) {
  expectOthersUnharmed(
      [](auto&, auto& bad) {
        bad.raw({wire::headWord(5, 0, static_cast<wire::EventKind>(15)), 0});
      },
      1);
}

TEST(HostileTarget, EventKindNone) {
  expectOthersUnharmed([](auto&, auto& bad) { bad.raw({0, 0}); }, 1);
}

TEST(HostileTarget, EventCutShort) {
  expectOthersUnharmed(
      [](auto&, auto& bad) {
        bad.raw({wire::headWord(5, 0, wire::EventKind::Alloc), 0x100});
      },
      1);
}

TEST(HostileTarget, PublishedBeyondTheChunk) {
  expectOthersUnharmed([](auto&, auto& bad) { bad.chunk().published = wire::kChunkBytes; }, 1);
}

TEST(HostileTarget, PublishedNotAWholeNumberOfWords) {
  expectOthersUnharmed([](auto&, auto& bad) { bad.chunk().published = 27; }, 1);
}

TEST(HostileTarget, PublishedRunsBack) {
  expectOthersUnharmed([](auto&, auto& bad) { bad.chunk().published = 8; }, 1);
}

TEST(HostileTarget, NextChunkDoesNotExist) {
  expectOthersUnharmed([](auto&, auto& bad) { bad.chunk().next = 0xFFFF'FFFF; }, 1);
}

TEST(HostileTarget, NextChunkIsTheChunkItself) {
  // Legal as far as one can tell: the chunk was given back and taken again.
  expectOthersUnharmed([](auto&, auto& bad) { bad.chunk().next = bad.chunkReference(); }, 0);
}

TEST(HostileTarget, NextChunkBelongsToAnotherStream) {
  expectOthersUnharmed([](auto&, auto& bad) { bad.chunk().next = bad.chunkReference() == 1 ? 2 : 1; }, 1);
}

TEST(HostileTarget, FirstChunkDoesNotExist) {
  expectOthersUnharmed([](auto&, auto& bad) { bad.slot().firstChunk[1] = 17; }, 1);
}

TEST(HostileTarget, SizeBeyondAnyAddressSpace) {
  expectOthersUnharmed(
      [](auto&, auto& bad) {
        bad.raw({wire::headWord(5, 0, wire::EventKind::AllocLarge), 0x300, 0, 0xFFFF'FFFF'FFFF'FFFF});
      },
      1);
}

TEST(HostileTarget, StampsOfTheFutureAndAddressZero) {
  expectOthersUnharmed(
      [](auto&, auto& bad) {
        bad.alloc(0x00FF'FFFF'FFFF'FFFF, 0x700, 8);
        bad.free(5, 0);
        bad.alloc(5, 0, 8);
        bad.reallocBegin(5, 0, 15);
        bad.reallocDone(5, 0, 8, 15);
      },
      0);
}

TEST(HostileTarget, EveryLevelOfReallocBegunTwice) {
  expectOthersUnharmed(
      [](auto&, auto& bad) {
        for (int round = 0; round < 2; ++round)
          for (unsigned level = 0; level < 16; ++level) bad.reallocBegin(5, 0x100, level);
      },
      0);
}

TEST(HostileTarget, HeaderFullOfNonsense) {
  expectOthersUnharmed(
      [](DrainedTarget& target, auto&) {
        wire::Header& h = target.memory->header();
        h.slotHighWater = 0xFFFF'FFFF;
        h.moduleCount = 0xFFFF'FFFF;
        h.textUsed = ~0ULL;
        h.frameTable.count = 0xFFFF'FFFF;
        h.nodeTable.count = 0xFFFF'FFFF;
        std::memset(&h.geometry, 0xFF, sizeof h.geometry);
        h.clockBase = ~0ULL;
        h.freeChunks.head = ~0ULL;
        h.freeSlots.head = ~0ULL;
        std::memset(h.relayMutexRest, 0xFF, sizeof h.relayMutexRest);
      },
      0);
}

TEST(HostileTarget, DropCountersThatJump) {
  expectOthersUnharmed(
      [](DrainedTarget& target, auto& bad) {
        bad.slot().dropped[0].allocations = ~0ULL;
        target.poll();
        bad.slot().dropped[0].allocations = 0;
        target.poll();
        bad.slot().dropped[0].bytes = ~0ULL;
      },
      0);
}

TEST(HostileTarget, AllSlotsClaimedByOneThread) {
  expectOthersUnharmed(
      [](DrainedTarget& target, auto&) {
        target.memory->header().slotHighWater = 8;
        for (std::uint32_t slot = 2; slot < 8; ++slot) {
          target.memory->slot(slot)->tid = 1U << 30;
          target.memory->slot(slot)->claim = 1;
        }
        for (int i = 0; i < 4; ++i) target.poll();
      },
      0);
}

/// Random damage to the whole memory except for the good thread's slot and chunk: only that nothing
/// breaks is checked.
TEST(HostileTarget, RandomDamageAnywhere) {
  std::mt19937_64 random(42);
  for (int round = 0; round < 200; ++round) {
    DrainedTarget target(test::smallMemory(), round % 2 == 0 ? Matching{} : test::severalThreads(3, 2));
    StreamWriter bad(*target.memory, 1U << 30);
    for (std::uint64_t i = 0; i < 50; ++i)
      bad.alloc(i, 0x1000 + i * 16, 8, static_cast<std::uint32_t>(random()));
    const auto* const base = reinterpret_cast<unsigned char*>(&target.memory->header());
    for (int hit = 0; hit < 200; ++hit) {
      // Half of it where the interesting things are.
      const std::uint64_t range = hit % 2 == 0 ? 16384 : target.memory->geometry().totalBytes;
      auto* const at = const_cast<unsigned char*>(base) + random() % (range / 8) * 8;
      const std::uint64_t value = hit % 3 == 0 ? random() : random() % 64;
      // Never the futex word of the relay's own mutex, which sleeping threads of this process use.
      if (at == reinterpret_cast<unsigned char*>(&target.memory->header().relayAlive)) continue;
      std::memcpy(at, &value, sizeof value);
    }
    for (int i = 0; i < 4; ++i) target.poll();
    target.finish();
  }
}

}  // namespace
}  // namespace heaptap::relay
