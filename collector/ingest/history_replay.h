// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "collector/ingest/address_column.h"
#include "collector/ingest/batch_columns.h"
#include "collector/ingest/chunk_source.h"
#include "collector/model/counts.h"
#include "collector/model/definitions.h"
#include "collector/model/live_block.h"
#include "collector/model/site_history.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::ingest {

/// Makes histories of groups of pairs out of a session's stored events, in one pass over them.
///
/// Memory:  a kilobyte for each group, 4 bytes for each pair; blocks that are live are known one by one, up
/// to a
///          million of them: beyond, of every second, fourth, … one.
/// Trust:   a batch is as hostile as a peer's; ids that `definitions` does not have are passed over.
/// Threads: one at a time.
class HistoryReplay {
 public:
  /// `endNs`: when the run ended. Precondition: the query's pairs are defined, it has at most kMostGroups.
  HistoryReplay(const model::HistoryQuery& query, const model::DefinitionsView& definitions,
                std::uint32_t timeUnitNs, std::uint64_t endNs);

  /// Takes in the batches, in their order. Errors: Corrupt.
  Result<void> apply(const v1::EventBatch& batch, ChunkSource& chunks);
  /// Takes in a keyframe of before the next batch: what of it is older than the record was live when that
  /// began. Precondition: their pairs are defined.
  void learn(std::span<const model::LiveBlock> blocks);
  /// Events are missing between two batches: what was known until then proves nothing any more, and the
  /// record begins with the next one.
  void beginAnew();

  /// One history for each group. `counts`: what the pairs have counted in all, which tells what is missing.
  [[nodiscard]] std::vector<model::SiteHistory> finish(const model::Counts& counts);

 private:
  struct Group {
    std::vector<std::uint64_t> change;  ///< Bytes by instant, modulo 2^64.
    std::array<std::uint64_t, 64> lifetimes{};
    std::uint64_t frees = 0;
    std::uint64_t allocations = 0;
    std::uint64_t firstNs = 0;
    std::uint64_t lastNs = 0;
    model::ThreadIndex lastThread{};
  };
  struct Block {
    std::uint64_t atNs = 0;
    std::uint64_t address = 0;  ///< 0: unknown.
    std::uint32_t group = 0;
  };
  static constexpr std::uint32_t kNone = 0xFFFF'FFFF;

  [[nodiscard]] std::size_t instantOf(std::uint64_t atNs) const;
  [[nodiscard]] bool isTracked(std::uint64_t number) const;
  void track(std::uint64_t number, const Block& block);
  void addAges(std::uint32_t group, std::vector<Block>& blocks, std::uint64_t live,
               model::SiteHistory& history) const;

  const model::HistoryQuery& m_query;
  model::DefinitionsView m_definitions;
  std::uint32_t m_timeUnitNs;
  std::uint64_t m_endNs;
  std::vector<std::uint32_t> m_groupOfPair;  ///< kNone: of none.
  std::vector<Group> m_groups;
  absl::flat_hash_map<std::uint64_t, Block> m_live;  ///< By number of the allocation.
  absl::flat_hash_set<std::uint64_t> m_threads;      ///< Group and thread.
  unsigned m_skipBits = 0;                           ///< One of 2^so many blocks is tracked.
  BatchColumns m_columns;
  AddressColumn m_addresses;
  bool m_isFirst = true;
  std::uint64_t m_firstNumber = 0;  ///< Of the first allocation of the record.
  std::uint64_t m_nextNumber = 0;
  std::uint64_t m_lastNs = 0;
  std::uint64_t m_knownFromNs = 0;
};

}  // namespace heaptap::ingest
