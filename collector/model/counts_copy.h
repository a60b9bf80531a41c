// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "collector/model/counts.h"
#include "collector/model/ids.h"

namespace heaptap::model {

/// An instant of a SessionModel, as it tells it from others. Only that model understands it.
struct Moment {
  std::uint64_t epoch = 0;
  std::vector<std::uint64_t> peakEpochs;  ///< By heap: how often its peak had risen. Missing: never.

  [[nodiscard]] std::uint64_t peakEpochOf(HeapId heap) const {
    return index(heap) < peakEpochs.size() ? peakEpochs[index(heap)] : 0;
  }
  bool operator==(const Moment&) const = default;
};

/// The counts of a SessionModel at one moment, copied in parts while it goes on counting, so that no event
/// waits for the whole:
///
///     rows   [ copied ─────── | not yet, but for those that have changed ]
///                           pairsDone
///
/// A row that is about to change and lies beyond pairsDone is copied before. Likewise the free sites.
struct CountsCopy {
  Counts counts;  ///< Whole once SessionModel::copySome() has returned true, and sorted by sort().
  Moment moment;  ///< Of the counts.
  std::optional<Moment> since;  ///< Before: of which moment the caller has the counts. After: none if that
                                ///< is no moment of this model, or too long ago.
  std::vector<std::uint8_t>
      changed;  ///< By pair: 1 if its counters are others than at `since`; empty without it.
  std::size_t pairsDone = 0;
  std::size_t freeSitesDone = 0;

  /// Takes the memory, which is the slow part of a copy.
  void makeRoom(std::size_t pairs, std::size_t freeSites) {
    counts.pairs.resize(pairs);
    counts.freeSites.resize(freeSites);
    if (since) changed.resize(pairs);
  }
  [[nodiscard]] bool hasRoomFor(std::size_t pairs, std::size_t freeSites) const {
    return counts.pairs.size() >= pairs && counts.freeSites.size() >= freeSites;
  }
  /// Called by the model: it has so many entries, and understands moments after `oldest` and up to its own.
  void begin(std::size_t pairs, std::size_t freeSites, std::uint64_t oldest) {
    if (since && (since->epoch <= oldest || since->epoch >= moment.epoch)) since.reset();
    counts.pairs.resize(pairs);
    counts.freeSites.resize(freeSites);
    changed.resize(since ? pairs : 0);
  }
  [[nodiscard]] bool isWhole() const {
    return pairsDone == counts.pairs.size() && freeSitesDone == counts.freeSites.size();
  }
  /// Puts what was copied in order; needs no lock.
  void sort() { FreeSites::sort(counts.freeSites); }
};

}  // namespace heaptap::model
