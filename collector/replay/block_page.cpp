// SPDX-License-Identifier: Apache-2.0
#include "collector/replay/block_page.h"

#include <algorithm>
#include <functional>
#include <string>
#include <tuple>
#include <utility>

#include "collector/model/estimate.h"
#include "collector/replay/live_blocks.h"

namespace heaptap::replay {
namespace {

using model::BlockOrder;
using model::LiveBlock;

/// Keeps the first so many blocks in an order, out of many in none.
class FirstBlocks {
 public:
  FirstBlocks(BlockOrder order, std::uint64_t most, const model::DefinitionsView& definitions)
      : m_order(order), m_most(most), m_definitions(definitions) {}
  FirstBlocks(const FirstBlocks&) = delete;
  FirstBlocks& operator=(const FirstBlocks&) = delete;

  void add(const LiveBlock& block) {
    if (m_most == 0) return;
    if (m_blocks.size() == m_most) {
      if (!isBefore(block, m_blocks.front())) return;
      std::pop_heap(m_blocks.begin(), m_blocks.end(), m_before);
      m_blocks.back() = block;
    } else {
      m_blocks.push_back(block);
    }
    std::push_heap(m_blocks.begin(), m_blocks.end(), m_before);
  }
  std::vector<LiveBlock> take() {
    std::sort_heap(m_blocks.begin(), m_blocks.end(), m_before);
    return std::move(m_blocks);
  }

 private:
  [[nodiscard]] bool isBefore(const LiveBlock& a, const LiveBlock& b) const {
    // Numbers are unique: an answer never depends on chance.
    switch (m_order) {
      case BlockOrder::Address: break;
      case BlockOrder::Size: {
        const std::uint64_t sizeA = m_definitions.pair(a.pair).size, sizeB = m_definitions.pair(b.pair).size;
        return std::tie(sizeB, a.number) < std::tie(sizeA, b.number);
      }
      case BlockOrder::Age: return std::tie(a.atNs, a.number) < std::tie(b.atNs, b.number);
    }
    return std::tie(a.address, a.number) < std::tie(b.address, b.number);
  }
  BlockOrder m_order;
  std::uint64_t m_most;
  const model::DefinitionsView& m_definitions;
  std::function<bool(const LiveBlock&, const LiveBlock&)> m_before =
      [this](const LiveBlock& a, const LiveBlock& b) { return isBefore(a, b); };
  std::vector<LiveBlock> m_blocks;  ///< A heap, the last in the order at its top.
};

double square(double number) { return number * number; }

bool isThere(const LiveBlock& block, const model::BlockQuery& query,
             const model::DefinitionsView& definitions) {
  if (block.address >= query.toAddress) return false;
  if (!query.containsFrom) return block.address >= query.fromAddress;
  const std::uint64_t size = std::max<std::uint64_t>(definitions.pair(block.pair).size, 1);
  return block.address <= query.fromAddress && query.fromAddress - block.address < size;
}

}  // namespace

Result<model::BlockPage> blocksAt(StoredEvents& events, const Place& place, const model::BlockQuery& query) {
  if (query.skip > model::BlockQuery::kMost || query.limit > 2 * model::BlockQuery::kMost)
    return failure(Code::Usage, "blocks",
                   "a page that begins beyond " + std::to_string(model::BlockQuery::kMost) +
                       " blocks, or has more than twice as many",
                   "narrow the question");
  const model::DefinitionsView& definitions = events.definitions();
  std::vector<bool> isWanted;
  if (!query.pairs.empty()) {
    isWanted.resize(definitions.pairs.size());
    for (const model::PairId pair : query.pairs)
      if (index(pair) < isWanted.size()) isWanted[index(pair)] = true;
  }
  model::BlockPage answer;
  model::Estimate estimate;
  bool isSampled = false;
  FirstBlocks first(query.order, query.skip + query.limit, definitions);
  const auto visit = [&](const LiveBlock& block) -> Result<void> {
    const bool qualifies =
        isThere(block, query, definitions) && block.atNs >= query.bornFromNs &&
        block.atNs <= query.bornToNs &&
        (query.threads.empty() || (block.thread && std::find(query.threads.begin(), query.threads.end(),
                                                             *block.thread) != query.threads.end())) &&
        (isWanted.empty() || isWanted[index(block.pair)]);
    if (!qualifies) return {};
    ++answer.blocks;
    const model::Pair& pair = definitions.pair(block.pair);
    answer.bytes += pair.bytes();
    estimate.add(pair, 1);
    isSampled |= pair.sampleInterval != 0;
    first.add(block);
    return {};
  };
  // With a keyframe, the threads of its blocks are unknown.
  const UseOfKeyframes use = query.threads.empty() ? UseOfKeyframes::Yes : UseOfKeyframes::No;
  return forEachLiveBlock(events, place, 0, visit, use).and_then([&]() -> Result<model::BlockPage> {
    if (isSampled)
      answer.estimated = model::BlockPage::Estimated{.blocks = estimate.blocks(),
                                                     .blocksVariance = square(estimate.blocksError()),
                                                     .bytesVariance = square(estimate.bytesError())};
    answer.page = first.take();
    const auto skipped = static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(query.skip, answer.page.size()));
    answer.page.erase(answer.page.begin(), answer.page.begin() + skipped);
    return addThreads(events, answer.page).map([&] { return std::move(answer); });
  });
}

}  // namespace heaptap::replay
