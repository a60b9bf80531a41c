// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/match/shared_blocks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <vector>

#include "agent/relay/match/block_table.h"

namespace heaptap::relay {
namespace {

/// A process with a table of blocks beside a plain map of what must be in it.
class Process {
 public:
  explicit Process(const std::shared_ptr<BlockStore>& store, std::uint64_t bytesOfAPair)
      : m_store(store), m_bytesOfAPair(bytesOfAPair) {
    for (std::uint64_t pair = 0; pair < 100; ++pair)
      m_facts->add({pair * m_bytesOfAPair, wire::Origin::Malloc, 0});
    m_table = std::make_unique<BlockTable>(store, m_facts);
  }

  /// Allocates at this address, or frees what is there.
  void toggle(std::uint64_t address, std::mt19937_64& random) {
    const BlockTable::Place place = m_table->find(address);
    const auto known = m_expected.find(address);
    ASSERT_EQ(place.isFilled(), known != m_expected.end()) << std::hex << address;
    if (known != m_expected.end()) {
      ASSERT_EQ((*m_table)[place], known->second) << std::hex << address;
      m_table->erase(place);
      m_expected.erase(known);
      return;
    }
    const Block block{address, m_number, m_number * 50, static_cast<std::uint32_t>(random() % 100)};
    ++m_number;
    m_table->put(place, block);
    m_expected.emplace(address, block);
  }
  SharedBlocks share() { return m_table->share(); }
  /// `blocks` are those that `parent` had when it was as it is now.
  void beginWith(SharedBlocks blocks, const Process& parent) {
    ASSERT_EQ(blocks.size(), parent.m_expected.size());
    m_table->adopt(std::move(blocks));
    for (const auto& [address, block] : parent.m_expected)
      m_expected.emplace(address,
                         Block::inherited(address, block.isInherited() ? block.inheritedBytes()
                                                                       : block.pair * parent.m_bytesOfAPair));
  }
  void end() { m_table->letGo(); }
  void check() const {
    ASSERT_EQ(m_table->size(), m_expected.size());
    std::size_t count = 0;
    m_table->forEach([&](const Block& block) {
      ++count;
      const auto known = m_expected.find(block.address);
      ASSERT_NE(known, m_expected.end()) << std::hex << block.address;
      ASSERT_EQ(block, known->second) << std::hex << block.address;
    });
    ASSERT_EQ(count, m_expected.size());
  }
  [[nodiscard]] std::vector<std::uint64_t> addresses() const {
    std::vector<std::uint64_t> all;
    for (const auto& [address, block] : m_expected) all.push_back(address);
    return all;
  }

 private:
  std::shared_ptr<BlockStore> m_store;
  std::uint64_t m_bytesOfAPair;
  std::shared_ptr<PairFacts> m_facts = std::make_shared<PairFacts>();
  std::unique_ptr<BlockTable> m_table;
  std::map<std::uint64_t, Block> m_expected;
  std::uint64_t m_number = 0;
};

/// Blocks some of which lie close together, some in regions of their own.
std::uint64_t somewhere(std::mt19937_64& random) {
  const std::uint64_t close = 0x5555'0000'0000 + random() % 20'000 * 32;
  return random() % 4 != 0 ? close : 0x7000'0000'0000 + random() % 500 * 0x2'0000;
}

void cleanUp(BlockStore& store) {
  while (!store.leftovers.empty()) BlockTable::cleanUp(store, 1);
}

TEST(SharedBlocks, KeepEveryProcessOfARandomFamilyApart) {
  std::mt19937_64 random{11};
  const auto store = std::make_shared<BlockStore>();
  std::vector<std::unique_ptr<Process>> family;
  family.push_back(std::make_unique<Process>(store, 8));
  for (int round = 0; round < 400; ++round) {
    Process& process = *family[random() % family.size()];
    for (std::uint64_t i = random() % 3000; i > 0; --i)
      ASSERT_NO_FATAL_FAILURE(process.toggle(somewhere(random), random));
    switch (random() % 8) {
      case 0:
      case 1: {
        auto child = std::make_unique<Process>(store, 8 + random() % 90);
        ASSERT_NO_FATAL_FAILURE(child->beginWith(process.share(), process));
        if (family.size() < 8)
          family.push_back(std::move(child));
        else
          child->end();
        break;
      }
      case 2:
        if (family.size() == 1) break;
        process.end();
        family.erase(family.begin() + (std::find_if(family.begin(), family.end(),
                                                    [&](const auto& p) { return p.get() == &process; }) -
                                       family.begin()));
        break;
      case 3: static_cast<void>(process.share()); break;  // A child that never comes.
      default: break;
    }
    BlockTable::cleanUp(*store, static_cast<unsigned>(random() % 3));
    if (round % 20 != 0) continue;
    for (const auto& one : family) ASSERT_NO_FATAL_FAILURE(one->check());
  }
  for (const auto& one : family) ASSERT_NO_FATAL_FAILURE(one->check());
}

TEST(SharedBlocks, TakeAlmostNothingUntilSomebodyChangesThem) {
  std::mt19937_64 random{5};
  const auto store = std::make_shared<BlockStore>();
  Process parent(store, 8);
  for (std::uint64_t i = 0; i < 300'000; ++i)
    ASSERT_NO_FATAL_FAILURE(parent.toggle(0x5555'0000'0000 + i * 48, random));
  const std::size_t alone = store->memory.backedBytes();
  std::vector<SharedBlocks> kept;
  for (int fork = 0; fork < 100; ++fork) kept.push_back(parent.share());
  EXPECT_EQ(store->memory.backedBytes(), alone);
  ASSERT_NO_FATAL_FAILURE(parent.toggle(0x5555'0000'0000, random));
  EXPECT_LE(store->memory.backedBytes(), alone + (1 << 18)) << "one leaf, and what leads to it";
}

TEST(SharedBlocks, AreGivenBackWhenTheLastWhoHasThemIsGone) {
  std::mt19937_64 random{6};
  const auto store = std::make_shared<BlockStore>();
  auto parent = std::make_unique<Process>(store, 8);
  for (std::uint64_t i = 0; i < 300'000; ++i)
    ASSERT_NO_FATAL_FAILURE(parent->toggle(0x5555'0000'0000 + i * 48, random));
  const std::size_t alone = store->memory.backedBytes();
  Process child(store, 24);
  child.beginWith(parent->share(), *parent);
  for (std::uint64_t i = 0; i < 300'000; i += 3)
    ASSERT_NO_FATAL_FAILURE(child.toggle(0x5555'0000'0000 + i * 48, random));
  EXPECT_GT(store->memory.backedBytes(), alone * 3 / 2);
  parent->end();
  parent.reset();
  cleanUp(*store);
  EXPECT_LT(store->memory.backedBytes(), alone * 5 / 4) << "what only the parent had";
  ASSERT_NO_FATAL_FAILURE(child.check());
  for (const std::uint64_t address : child.addresses())
    ASSERT_NO_FATAL_FAILURE(child.toggle(address, random));
  child.end();
  cleanUp(*store);
  EXPECT_LT(store->memory.backedBytes(), std::size_t{8} << 20) << "slabs that are kept for the next blocks";
}

}  // namespace
}  // namespace heaptap::relay
