// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agent/capture/tables/shared_view.h"
#include "agent/capture/unwind/unwinder.h"
#include "agent/wire/layout.h"

namespace heaptap::capture {

/// Turns walks into stack ids: the trie of stacks in the shared memory (see wire::TableControl).
/// Owns: nothing. Threads: any; no lock, insert by compare-and-swap.
class StackTable {
 public:
  void attach(wire::Header* header);

  /// The id of the stack `frames[0 … walk.frames)`, innermost first; wire::kOverflowNode when a table is
  /// full.
  std::uint32_t intern(const WalkedFrame* frames, const Walk& walk);

  /// What nodes are that were made by these functions.
  class Nodes {
   public:
    explicit Nodes(const wire::NodeEntry* entries) : m_entries(entries) {}
    [[nodiscard]] std::uint64_t entry(std::uint32_t id) const {
      return m_entries[id].word.load(std::memory_order_acquire);
    }

   private:
    const wire::NodeEntry* m_entries;
  };
  [[nodiscard]] Nodes nodes() const {
    const SharedView view(m_header);
    return Nodes(view.entries<wire::NodeEntry>(view.geometry().nodes));
  }
  [[nodiscard]] std::uint64_t entry(std::uint32_t id) const { return nodes().entry(id); }

  /// The id of one frame; 0 when the table is full.
  std::uint32_t frameId(const WalkedFrame& frame);

  /// A stack by its id, and what finds its children in the trie's index.
  struct Node {
    std::uint32_t id = wire::kRootNode;
    bool isNew = false;  ///< Just made: it has no children yet.
  };
  /// The stack of `frame` called from `parent`; wire::kOverflowNode when the table is full or `parent` is
  /// that. `path`: its hash, by PathCache::extend from the root.
  Node childOf(Node parent, std::uint32_t frame, std::uint64_t path);
  /// Loads the index's place for this path into the cache, for a use soon.
  void prefetch(std::uint64_t path) const;

 private:
  wire::Header* m_header = nullptr;
};

}  // namespace heaptap::capture
