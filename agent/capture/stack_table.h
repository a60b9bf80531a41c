// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agent/capture/unwinder.h"
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

  /// The id of one frame; 0 when the table is full.
  std::uint32_t frameId(const WalkedFrame& frame);
  /// The stack of `frame` called from `parent`; wire::kOverflowNode when the table is full or `parent` is
  /// that.
  std::uint32_t childOf(std::uint32_t parent, std::uint32_t frame);

 private:
  wire::Header* m_header = nullptr;
};

}  // namespace heaptap::capture
