// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agent/relay/batch_encoder.h"
#include "agent/relay/block_table.h"
#include "agent/relay/inherited_heap.h"
#include "agent/relay/limbo.h"

namespace heaptap::relay {

/// Where and when something happened.
struct Moment {
  std::uint64_t timeNs = 0;
  std::uint32_t thread = 0;  ///< Session index.
};

/// Finds out which allocation each free ends: the only address table in the system.
///
/// Events must come in the order of their stamps. Then a free always precedes the allocation that gets the
/// same address (it was published before the real free), and an allocation at a live address means that
/// the free between was lost.
///
/// A forked process also has the blocks of its parent. They are no allocations of the session: their frees
/// are only counted.
/// Threads: the drain's.
class Matcher {
 public:
  explicit Matcher(BatchEncoder& encoder) : m_encoder(encoder) {}

  struct Counts {
    std::uint64_t unmatchedFrees = 0;
    std::uint64_t unrecordedFrees = 0;
    std::uint64_t lostFrees = 0;
    std::uint64_t inheritedBlocks = 0;
    std::uint64_t inheritedBytes = 0;
    std::uint64_t inheritedFrees = 0;
    std::uint64_t inheritedFreedBytes = 0;
    friend bool operator==(const Counts&, const Counts&) = default;
  };

  /// The process begins with these blocks. Before the first event.
  void inherit(const InheritedHeap& heap);

  void allocation(const Moment& when, std::uint64_t address, std::uint32_t pair);
  void free(const Moment& when, std::uint64_t address);

  /// From begin to its end the block is out of the address table, so that another thread may get the
  /// address, but still live, so that a realloc never counts two blocks.
  void reallocBegin(const Moment& when, Limbo& limbo, unsigned level, std::uint64_t address);
  void reallocDone(const Moment& when, Limbo& limbo, unsigned level, std::uint64_t address,
                   std::uint32_t pair);
  void reallocFailed(const Moment& when, Limbo& limbo, unsigned level);
  /// The stream ends: what is still in limbo stays live at its old address.
  void streamEnd(const Moment& when, Limbo& limbo);

  /// Allocations were not recorded (a pause, a gap): frees of unknown blocks are to be expected from now on.
  void expectUnrecorded() { m_unrecordedExpected = true; }

  [[nodiscard]] const Counts& counts() const { return m_counts; }
  [[nodiscard]] bool unrecordedExpected() const { return m_unrecordedExpected; }
  [[nodiscard]] const BlockTable& blocks() const { return m_blocks; }
  [[nodiscard]] std::size_t liveBlocks() const { return m_blocks.size(); }
  void prefetch(std::uint64_t address) const { m_blocks.prefetch(address); }

 private:
  void close(const Moment& when, const Block& block);
  void closeAsLost(const Moment& when, const Block& block);
  void countUnknownFree();
  void dropStale(const Moment& when, Limbo& limbo, unsigned firstLevel);
  void putBack(const Moment& when, const Block& block);

  BatchEncoder& m_encoder;
  BlockTable m_blocks;
  Counts m_counts;
  bool m_unrecordedExpected = false;
};

}  // namespace heaptap::relay
