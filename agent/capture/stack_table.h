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

 private:
  std::uint32_t internFrame(const WalkedFrame& frame);
  std::uint32_t internNode(std::uint32_t parent, std::uint32_t frame);

  wire::Header* m_header = nullptr;
};

}  // namespace heaptap::capture
