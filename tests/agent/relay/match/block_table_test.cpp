// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/match/block_table.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <random>
#include <unordered_map>
#include <vector>

namespace heaptap::relay {
namespace {

/// A table beside a plain map of what must be in it.
class CheckedTable {
 public:
  /// Blocks of a few sizes, and times that go on by `pace` a block, now and then backwards.
  explicit CheckedTable(std::uint64_t pace = 100) : m_pace(pace) {
    for (std::uint64_t pair = 0; pair < 1000; ++pair) m_facts->add({pair * 3, wire::Origin::Malloc, 0});
  }

  /// Allocates at this address, or frees what is there.
  void toggle(std::uint64_t address) {
    const BlockTable::Place place = table.find(address);
    const auto known = expected.find(address);
    ASSERT_EQ(place.isFilled(), known != expected.end()) << std::hex << address;
    if (known == expected.end()) {
      const Block block = next(address);
      table.put(place, block);
      expected.emplace(address, block);
    } else {
      ASSERT_EQ(table[place], known->second) << std::hex << address;
      table.erase(place);
      expected.erase(known);
    }
    ASSERT_EQ(table.size(), expected.size());
  }
  /// Allocates at an address that is in use.
  void replace(std::uint64_t address) {
    const Block block = next(address);
    table.put(table.find(address), block);
    expected[address] = block;
  }
  void freeAll() {
    while (!expected.empty()) {
      ASSERT_NO_FATAL_FAILURE(toggle(expected.begin()->first));
    }
  }
  void check() {
    std::size_t count = 0;
    table.forEach([&](const Block& block) {
      ++count;
      const auto known = expected.find(block.address);
      ASSERT_NE(known, expected.end()) << std::hex << block.address;
      ASSERT_EQ(block, known->second);
    });
    ASSERT_EQ(count, expected.size());
  }
  [[nodiscard]] double bytesPerBlock() const {
    return static_cast<double>(store->memory.backedBytes() + table.directoryBytes()) /
           static_cast<double>(table.size());
  }
  Block next(std::uint64_t address) {
    m_now += random() % (2 * m_pace + 1);
    const std::uint64_t late = random() % 100 == 0 ? std::min(m_now, random() % (20 * m_pace + 1)) : 0;
    return {address, m_number++, m_now - late, static_cast<std::uint32_t>(random() % 1000)};
  }

  std::mt19937_64 random{7};

 private:
  std::shared_ptr<PairFacts> m_facts = std::make_shared<PairFacts>();
  std::uint64_t m_pace;
  std::uint64_t m_number = 0;
  std::uint64_t m_now = 0;

 public:
  std::shared_ptr<BlockStore> store = std::make_shared<BlockStore>();
  BlockTable table{store, m_facts};
  std::unordered_map<std::uint64_t, Block> expected;
};

constexpr std::uint64_t kHeap = 0x5555'5555'0000;

struct Pattern {
  const char* name;
  std::function<std::uint64_t(std::mt19937_64&)> address;
};

class Heaps : public testing::TestWithParam<Pattern> {};

TEST_P(Heaps, AgreeWithAPlainMapUnderRandomUse) {
  CheckedTable table;
  for (int step = 0; step < 300'000; ++step) {
    const std::uint64_t address = GetParam().address(table.random);
    if (table.random() % 64 == 0 && table.expected.contains(address))
      table.replace(address);
    else
      ASSERT_NO_FATAL_FAILURE(table.toggle(address)) << step;
    table.table.prefetch(GetParam().address(table.random));
  }
  ASSERT_NO_FATAL_FAILURE(table.check());
  ASSERT_NO_FATAL_FAILURE(table.freeAll());
  EXPECT_EQ(table.table.size(), 0U);
  EXPECT_LT(table.store->memory.backedBytes(), std::size_t{4} << 20) << "what is not needed goes back";
}

INSTANTIATE_TEST_SUITE_P(
    BlockTable, Heaps,
    testing::Values(Pattern{"Small", [](auto& random) { return kHeap + random() % 20'000 * 16; }},
                    Pattern{"Large", [](auto& random) { return kHeap + random() % 20'000 * 4096; }},
                    Pattern{"OfTwoKinds",
                            [](auto& random) {
                              return random() % 2 == 0 ? kHeap + random() % 5000 * 16
                                                       : 0x7FFF'0000'0000 + random() % 5000 * 512;
                            }},
                    Pattern{"WithoutAlignment", [](auto& random) { return kHeap + random() % 40'000; }},
                    Pattern{"Sparse",
                            [](auto& random) {
                              return (random() % 30'000 + 1) * 0x0001'2345'6789 & 0xFFFF'FFFF'FFFF;
                            }},
                    Pattern{"AtTheEnds",
                            [](auto& random) {
                              return random() % 2 == 0 ? 1 + random() % 5000
                                                       : 0xFFFF'FFFF'FFFF - random() % 5000;
                            }},
                    Pattern{"InOnePage", [](auto& random) { return kHeap + random() % 300; }}),
    [](const auto& pattern) { return pattern.param.name; });

TEST(BlockTable, KeepsTimesAndNumbersOfWeeks) {
  CheckedTable table(std::uint64_t{3} * 1'000'000'000);  // A block in three seconds.
  for (int step = 0; step < 200'000; ++step)
    ASSERT_NO_FATAL_FAILURE(table.toggle(kHeap + table.random() % 2000 * 32));
  ASSERT_NO_FATAL_FAILURE(table.check());
}

TEST(BlockTable, KeepsWhateverANumberATimeOrAPairMayBe) {
  CheckedTable table;
  const std::uint64_t wide[] = {0, 1, 1ULL << 24, (1ULL << 40) - 2, (1ULL << 40) - 1, 1ULL << 40, ~0ULL - 1};
  std::uint64_t address = kHeap;
  for (const std::uint64_t number : wide)
    for (const std::uint64_t time : wide)
      for (const std::uint64_t pair : wide) {
        const Block block{address += 16, number, time, static_cast<std::uint32_t>(pair)};
        table.table.put(table.table.find(address), block);
        table.expected.emplace(address, block);
        const Block inherited = Block::inherited(address += 16, time);
        table.table.put(table.table.find(address), inherited);
        table.expected.emplace(address, inherited);
      }
  ASSERT_NO_FATAL_FAILURE(table.check());
  ASSERT_NO_FATAL_FAILURE(table.freeAll());
}

TEST(BlockTable, TakesSixteenBytesABlockAtMost) {
  CheckedTable table(50);
  std::uint64_t end = kHeap;
  std::vector<std::uint64_t> addresses;
  const auto sizeOf = [&] { return 32 + table.random() % 4 * 16; };
  while (addresses.size() < 1'000'000) {
    addresses.push_back(end);
    table.table.put(table.table.find(end), table.next(end));
    end += sizeOf();
  }
  EXPECT_LE(table.bytesPerBlock(), 16) << "a heap that was filled";
  // Blocks give way to others at random, as in a program that goes on.
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    std::uint64_t& address = addresses[table.random() % addresses.size()];
    table.table.erase(table.table.find(address));
    table.table.put(table.table.find(address), table.next(address));
  }
  EXPECT_LE(table.bytesPerBlock(), 16) << "a heap in use";
  // Every tenth block stays.
  const std::size_t before = table.store->memory.backedBytes();
  std::size_t kept = 0;
  for (const std::uint64_t address : addresses) {
    const BlockTable::Place place = table.table.find(address);
    if (kept++ % 10 != 0) table.table.erase(place);
  }
  EXPECT_LE(table.store->memory.backedBytes(), before / 4) << "memory goes back as the heap shrinks";
  EXPECT_LE(table.bytesPerBlock(), 40);
}

TEST(BlockTable, IsBoundedForEachBlockHoweverFarApartTheyLie) {
  CheckedTable table;
  for (std::uint64_t i = 0; i < 200'000; ++i) {
    const std::uint64_t address = (i * 0x9E37'79B9'7F4A'7C15 >> 16) | 1;
    if (const auto place = table.table.find(address); !place.isFilled())
      table.table.put(place, table.next(address));
  }
  EXPECT_LE(table.bytesPerBlock(), 160);
}

}  // namespace
}  // namespace heaptap::relay
