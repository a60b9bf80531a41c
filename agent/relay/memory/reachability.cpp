// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/memory/reachability.h"

#include <algorithm>
#include <utility>

#include "agent/relay/memory/process_words.h"
#include "agent/relay/memory/thread_stacks.h"
#include "agent/relay/memory/writable_mappings.h"

namespace heaptap::relay {
namespace {

class PointerSearch {
 public:
  PointerSearch(const ReachQuery& query, ProcessWords& words) : m_query(query), m_words(words) {
    m_reached.resize(query.blocks.size());
    if (query.blocks.empty()) return;
    m_lowest = query.blocks.front().start;
    m_beyond = query.blocks.back().end;
  }

  /// All words of a range but those in blocks: those count only where something points to the block.
  /// `isLibc`: malloc's own variables are there.
  void addRoots(AddressRange range, bool isLibc) {
    m_isLibc = isLibc;
    auto block =
        std::lower_bound(m_query.blocks.begin(), m_query.blocks.end(), range.start,
                         [](const AddressRange& each, std::uint64_t address) { return each.end <= address; });
    std::uint64_t at = range.start;
    for (; block != m_query.blocks.end() && block->start < range.end; ++block) {
      if (at < block->start) look({at, block->start});
      at = std::max(at, block->end);
    }
    if (at < range.end) look({at, range.end});
  }

  /// Follows what was reached, until nothing new is. A generation after the other, each in the order of
  /// addresses, so that neighbours are read together.
  std::vector<bool> finish() {
    m_isLibc = false;
    while (!m_next.empty()) {
      std::vector<std::uint32_t> generation = std::exchange(m_next, {});
      std::sort(generation.begin(), generation.end());
      for (const std::uint32_t block : generation) look(m_query.blocks[block]);
    }
    return std::move(m_reached);
  }

 private:
  /// glibc counts the last bytes of a block to the chunk that follows it: an arena's pointer to that one is
  /// none to the block.
  static std::uint64_t nextChunk(const AddressRange& block) {
    constexpr std::uint64_t kHead = 16;
    constexpr std::uint64_t kLeast = 32;
    const std::uint64_t bytes = block.end - block.start;
    return block.start - kHead + std::max(kLeast, (bytes + 8 + 15) / 16 * 16);
  }

  void look(AddressRange range) {
    m_words.forEach(range.start, range.end, [this](std::uint64_t, std::uint64_t word) {
      if (word >= m_lowest && word < m_beyond) reach(word);
    });
  }

  void reach(std::uint64_t address) {
    const auto above =
        std::upper_bound(m_query.blocks.begin(), m_query.blocks.end(), address,
                         [](std::uint64_t value, const AddressRange& block) { return value < block.start; });
    if (above == m_query.blocks.begin()) return;
    const auto at = static_cast<std::uint32_t>(above - m_query.blocks.begin() - 1);
    const AddressRange& block = m_query.blocks[at];
    if (address >= block.end || m_reached[at] || (m_isLibc && address == nextChunk(block))) return;
    m_reached[at] = true;
    m_next.push_back(at);
  }

  const ReachQuery& m_query;
  ProcessWords& m_words;
  std::uint64_t m_lowest = 0;
  std::uint64_t m_beyond = 0;
  bool m_isLibc = false;
  std::vector<bool> m_reached;
  std::vector<std::uint32_t> m_next;
};

/// What is left of `range` without `hole`.
void cut(std::vector<AddressRange>& ranges, const AddressRange& hole) {
  std::vector<AddressRange> left;
  for (const AddressRange& range : ranges) {
    if (hole.end <= range.start || range.end <= hole.start) {
      left.push_back(range);
      continue;
    }
    if (range.start < hole.start) left.push_back({range.start, hole.start});
    if (hole.end < range.end) left.push_back({hole.end, range.end});
  }
  ranges = std::move(left);
}

}  // namespace

std::optional<std::vector<bool>> reachedBlocks(const TargetProcess& process, const ReachQuery& query) {
  auto words = ProcessWords::of(process);
  const std::vector<WritableMapping> mappings = writableMappings(process);
  if (!words || mappings.empty()) return std::nullopt;
  const std::vector<AddressRange> stacks = unusedStacks(process, *words, mappings);
  PointerSearch search(query, *words);
  for (const WritableMapping& mapping : mappings) {
    // What was freed there may still say where blocks are.
    if (query.isComplete && mapping.isHeap) continue;
    std::vector<AddressRange> roots{{mapping.start, mapping.end}};
    if (query.stack > mapping.start && query.stack < mapping.end) roots.front().start = query.stack & ~7ULL;
    for (const AddressRange& hole : query.leftOut) cut(roots, hole);
    for (const AddressRange& hole : stacks) cut(roots, hole);
    for (const AddressRange& root : roots) search.addRoots(root, mapping.isLibc);
  }
  return search.finish();
}

}  // namespace heaptap::relay
