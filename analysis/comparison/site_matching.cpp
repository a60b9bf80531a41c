// SPDX-License-Identifier: Apache-2.0
#include "analysis/comparison/site_matching.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

#include "analysis/own_code.h"

namespace heaptap::analysis {
namespace {

constexpr std::uint8_t kBoth = kBefore | kAfter;

/// A trie of families of functions, for stacks that are looked at with less detail.
class FamilyTrie {
 public:
  std::uint32_t childOf(std::uint32_t parent, std::uint32_t family) {
    return m_children
        .try_emplace(std::uint64_t{parent} << 32 | family, static_cast<std::uint32_t>(m_children.size() + 1))
        .first->second;
  }

 private:
  absl::flat_hash_map<std::uint64_t, std::uint32_t> m_children;
};

/// The stack of a node with less detail.
struct Reduced {
  std::uint32_t key = 0;   ///< Place in the trie; 0: no function is left.
  std::uint32_t last = 0;  ///< The innermost family that is left.
  bool isWhole = true;     ///< No function was left out.
  bool isInnermostKept = true;
};

class Matching {
 public:
  Matching(const CommonStacks& stacks, const Presence& present, const Presence& functionsSeen)
      : m_stacks(stacks), m_present(present), m_familiesSeen(stacks.families(), 0) {
    for (std::size_t i = 0; i < functionsSeen.size(); ++i)
      m_familiesSeen[stacks.functions()[i].family] |= functionsSeen[i];
    m_rows.rowOf.assign(stacks.nodes().size(), SiteRows::kNoRow);
  }

  SiteRows run() && {
    for (std::uint32_t node = 0; node < m_present.size(); ++node)
      if (m_present[node] == kBoth) (void)addRow({node}, SiteMatch::Same);
    matchReduced(false);
    matchReduced(true);
    matchInnermost();
    matchWithGaps();
    for (std::uint32_t node = 0; node < m_present.size(); ++node)
      if (isOpen(node)) (void)addRow({node}, SiteMatch::None);
    return std::move(m_rows);
  }

 private:
  [[nodiscard]] bool isOpen(std::uint32_t node) const {
    return m_present[node] != 0 && m_rows.rowOf[node] == SiteRows::kNoRow;
  }
  [[nodiscard]] bool isCommon(std::uint32_t family) const { return m_familiesSeen[family] == kBoth; }
  [[nodiscard]] std::uint32_t familyOf(std::uint32_t node) const {
    return m_stacks.functions()[m_stacks.nodes()[node].function].family;
  }

  std::uint32_t addRow(const std::vector<std::uint32_t>& nodes, SiteMatch match) {
    const auto row = static_cast<std::uint32_t>(m_rows.matches.size());
    m_rows.matches.push_back(match);
    for (const std::uint32_t node : nodes) m_rows.rowOf[node] = row;
    return row;
  }

  /// By node: whether it is open, or a caller of one. Empty: none is open, as of two builds of one source.
  [[nodiscard]] std::vector<std::uint8_t> openPaths() const {
    std::vector<std::uint8_t> paths(m_stacks.nodes().size(), 0);
    bool isAny = false;
    for (auto node = static_cast<std::uint32_t>(paths.size()); node-- > 1;) {
      if (isOpen(node)) paths[node] = 1;
      if (paths[node] == 0) continue;
      isAny = true;
      paths[m_stacks.nodes()[node].parent] = 1;
    }
    return isAny ? paths : std::vector<std::uint8_t>();
  }

  /// Nodes of `paths` by families; `withoutOneSided`: and without those that only one side has.
  [[nodiscard]] std::vector<Reduced> reduced(const std::vector<std::uint8_t>& paths,
                                             bool withoutOneSided) const {
    FamilyTrie trie;
    std::vector<Reduced> reduced(m_stacks.nodes().size());
    for (std::uint32_t node = 1; node < reduced.size(); ++node) {
      if (paths[node] == 0) continue;
      const Reduced& outer = reduced[m_stacks.nodes()[node].parent];
      const std::uint32_t family = familyOf(node);
      Reduced& own = reduced[node];
      own = outer;
      own.isInnermostKept = !withoutOneSided || isCommon(family);
      if (!own.isInnermostKept) {
        own.isWhole = false;
      } else if (own.key == 0 || own.last != family) {
        own.key = trie.childOf(outer.key, family);
        own.last = family;
      }
    }
    return reduced;
  }

  /// Rows of nodes that are the same with less detail.
  void matchReduced(bool withoutOneSided) {
    const std::vector<std::uint8_t> paths = openPaths();
    if (paths.empty()) return;
    const std::vector<Reduced> keys = reduced(paths, withoutOneSided);
    std::map<std::uint32_t, std::vector<std::uint32_t>>
        groups;  // In an order that does not depend on chance.
    for (std::uint32_t node = 1; node < keys.size(); ++node)
      if (isOpen(node) && keys[node].key != 0) groups[keys[node].key].push_back(node);
    for (const auto& group : groups) {
      const std::vector<std::uint32_t>& nodes = group.second;
      const auto has = [&](std::uint8_t side, bool Reduced::*what) {
        return std::any_of(nodes.begin(), nodes.end(),
                           [&](std::uint32_t node) { return m_present[node] == side && keys[node].*what; });
      };
      // A function that allocates and is not known on the other side was inlined there if the rest of the
      // stack is all there. Otherwise both sides have functions of their own, and those are not the same.
      const bool wholeBefore = has(kBefore, &Reduced::isWhole);
      const bool wholeAfter = has(kAfter, &Reduced::isWhole);
      std::vector<std::uint32_t> accepted;
      std::uint8_t sides = 0;
      for (const std::uint32_t node : nodes) {
        const bool other = m_present[node] == kBefore ? wholeAfter : wholeBefore;
        if (!keys[node].isInnermostKept && !other) continue;
        accepted.push_back(node);
        sides |= m_present[node];
      }
      if (sides == kBoth) (void)addRow(accepted, withoutOneSided ? SiteMatch::Similar : SiteMatch::Same);
    }
  }

  /// A recorder may leave out the innermost functions, where these are a runtime's and inlined: heaptrack
  /// does.
  void matchInnermost() {
    std::map<std::uint32_t, std::vector<std::uint32_t>> groups;  // By the node that lacks them.
    for (std::uint32_t node = 1; node < m_present.size(); ++node) {
      if (!isOpen(node)) continue;
      for (std::uint32_t outer = node; isOfARuntime(m_stacks.nodes()[outer].function);) {
        outer = m_stacks.nodes()[outer].parent;
        if (outer == CommonStacks::kRoot) break;
        if (!isOpen(outer) || m_present[outer] == m_present[node]) continue;
        groups[outer].push_back(node);
        break;
      }
    }
    for (auto& [outer, nodes] : groups) {
      std::erase_if(nodes, [this](std::uint32_t node) { return !isOpen(node); });
      if (nodes.empty() || !isOpen(outer)) continue;
      nodes.push_back(outer);
      (void)addRow(nodes, SiteMatch::Similar);
    }
  }
  [[nodiscard]] bool isOfARuntime(std::uint32_t function) const {
    const CommonStacks::Function& known = m_stacks.functions()[function];
    return !known.name.empty() && ownerOf(known.name, known.module, {}) != CodeOwner::Program;
  }

  /// Pairs of nodes that end in the same function, of which one lacks some of the other's callers.
  void matchWithGaps() {
    constexpr std::size_t kMost =
        64;  // More stacks of one function that are nowhere else are another program.
    std::map<std::uint32_t, std::vector<std::uint32_t>> groups;
    for (std::uint32_t node = 1; node < m_present.size(); ++node)
      if (isOpen(node)) groups[familyOf(node)].push_back(node);
    for (const auto& [family, nodes] : groups) {
      if (nodes.size() > kMost) continue;
      for (const std::uint32_t node : nodes) {
        if (m_present[node] != kAfter) continue;
        std::vector<std::uint32_t> alike;
        for (const std::uint32_t other : nodes)
          if (m_present[other] == kBefore && isOpen(other) && isPartOfOther(node, other))
            alike.push_back(other);
        if (alike.size() == 1) (void)addRow({alike.front(), node}, SiteMatch::Similar);
      }
    }
  }

  [[nodiscard]] std::vector<std::uint32_t> familiesOf(std::uint32_t node) const {
    std::vector<std::uint32_t> families;
    for (; node != CommonStacks::kRoot; node = m_stacks.nodes()[node].parent)
      families.push_back(familyOf(node));
    return families;
  }
  /// Whether one has all functions of the other, in that order, and at least two.
  [[nodiscard]] bool isPartOfOther(std::uint32_t a, std::uint32_t b) const {
    std::vector<std::uint32_t> less = familiesOf(a);
    std::vector<std::uint32_t> more = familiesOf(b);
    if (less.size() > more.size()) std::swap(less, more);
    if (less.size() < 2) return false;
    std::size_t found = 0;
    for (const std::uint32_t family : more)
      if (found < less.size() && less[found] == family) ++found;
    return found == less.size();
  }

  const CommonStacks& m_stacks;
  const Presence& m_present;
  Presence m_familiesSeen;
  SiteRows m_rows;
};

}  // namespace

SiteRows matchSites(const CommonStacks& stacks, const Presence& present, const Presence& functionsSeen) {
  return Matching(stacks, present, functionsSeen).run();
}

}  // namespace heaptap::analysis
