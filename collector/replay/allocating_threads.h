// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "collector/model/ids.h"

namespace heaptap::replay {

/// Which thread has made each allocation that is live, by the allocation's number.
///
/// Memory:  a byte for each number among 4,096 of which more than 128 are live (four where more than 255
///          threads made them), 8 bytes for each of the other live ones.
/// Threads: one at a time.
class AllocatingThreads {
 public:
  /// Precondition: numbers ascend.
  void add(std::uint64_t number, model::ThreadIndex thread);
  /// Forgets the allocation. None: it is not known.
  std::optional<model::ThreadIndex> take(std::uint64_t number);

  [[nodiscard]] std::size_t bytes() const { return m_bytes; }

 private:
  static constexpr std::uint64_t kNumbers = 4096;
  static constexpr std::uint32_t kFewLive = 128;
  static constexpr std::uint8_t kNone = 0;

  struct Few {
    std::uint16_t at = 0;
    std::uint32_t thread = 0;
  };
  /// Of numbers that lie together. One of the three tables is in use.
  struct Chunk {
    std::uint32_t live = 0;
    std::vector<std::uint32_t> palette;  ///< Threads by what `narrow` has, less 1.
    std::vector<std::uint8_t> narrow;    ///< By number; kNone: not live.
    std::vector<std::uint32_t> wide;     ///< Likewise: thread + 1.
    std::vector<Few> few;                ///< By rising numbers.

    [[nodiscard]] std::size_t bytes() const;
    void widen();
    void shrink();
  };
  void add(Chunk& chunk, std::size_t at, std::uint32_t thread);
  static std::optional<std::uint32_t> take(Chunk& chunk, std::size_t at);
  /// Calls `change` with the chunk, whose bytes may be others then.
  template <class Change>
  void changing(Chunk& chunk, const Change& change);
  void closeNewest();
  void beginChunk(std::uint64_t id);

  absl::flat_hash_map<std::uint64_t, Chunk> m_chunks;  ///< By number / kNumbers.
  std::uint64_t m_newest = 0;                          ///< The one that grows, …
  Chunk* m_grown = nullptr;  ///< … which stays where it is until another one begins.
  std::size_t m_bytes = 0;
};

}  // namespace heaptap::replay
