// SPDX-License-Identifier: Apache-2.0
#include "collector/replay/live_blocks.h"

#include <algorithm>
#include <optional>
#include <type_traits>
#include <vector>

#include "collector/ingest/address_column.h"
#include "collector/ingest/event_walk.h"
#include "collector/ingest/limits.h"
#include "collector/replay/unknown_instant.h"

namespace heaptap::replay {
namespace {

class LiveBlocks {
 public:
  LiveBlocks(StoredEvents& events, const Place& place, std::uint64_t first,
             const std::function<Result<void>(const model::LiveBlock&)>& visit)
      : m_events(events), m_place(place), m_first(first), m_visit(visit) {
    if (place.numbered > first) m_isFreed.resize((place.numbered - first + 63) / 64);
  }

  Result<void> run(UseOfKeyframes use) {
    if (m_place.numbered <= m_first) return {};
    return chooseKeyframe(use)
        .and_then([this] { return partialBatch(); })
        .and_then([this] {
          const std::uint64_t after = m_keyframe ? m_keyframe->lastSequence : 0;
          return m_events.read(
              {.afterSequence = after, .toSequence = m_place.sequence, .isBackwards = true},
              [this](const StoredEvents::Batch& batch) { return take(batch, batch.message.events()); });
        })
        .and_then([this] { return earlier(); });
  }

 private:
  /// The last one before the place, unless all that is asked for is younger.
  Result<void> chooseKeyframe(UseOfKeyframes use) {
    if (use == UseOfKeyframes::No) return {};
    return m_events.reader().keyframes().map([this](const std::vector<store::KeyframePlace>& keyframes) {
      // By events, not by messages: a checkpoint may lie between the last event before a keyframe and this.
      const std::uint64_t whole = m_place.total - std::min<std::uint64_t>(m_place.total, m_place.events);
      for (const store::KeyframePlace& keyframe : keyframes)
        if (keyframe.firstEvent <= whole && keyframe.firstAllocation > m_first) m_keyframe = keyframe;
    });
  }

  /// Those that were live before the first batch that was taken.
  Result<void> earlier() {
    if (m_next <= m_first) return {};
    if (!m_keyframe || m_keyframe->firstEvent != m_eventsLeft) return tl::unexpected(notStored());
    return m_events.reader()
        .blocksOf(*m_keyframe, m_events.definitions().pairs.size())
        .and_then([this](const std::vector<model::LiveBlock>& blocks) -> Result<void> {
          for (const model::LiveBlock& block : blocks) {
            if (block.number < m_first || isFreed(block.number)) continue;
            if (auto visited = m_visit(block); !visited) return visited;
          }
          return {};
        });
  }

  /// All blocks of an instant, or those of an interval, cannot be told.
  [[nodiscard]] Error notStored() const {
    if (m_first == 0) return blocksNotStored(m_events);
    return beginningNotStored(m_events);
  }

  /// Of the batch that the place is in, the events before it.
  Result<void> partialBatch() {
    m_next = m_place.numbered;
    m_eventsLeft = m_place.total;
    if (m_place.events == 0) return {};
    return m_events.read({.afterSequence = m_place.sequence}, [this](const StoredEvents::Batch& batch) {
      return take(batch, m_place.events).map([](bool) { return false; });
    });
  }

  /// Whether an earlier batch may have more.
  Result<bool> take(const StoredEvents::Batch& batch, std::uint32_t events) {
    if (auto marked = markFrees(batch, events); !marked) return tl::unexpected(marked.error());
    if (auto found = findLive(batch, events); !found) return tl::unexpected(found.error());
    return batch.message.first_allocation() > m_first;
  }

  Result<void> markFrees(const StoredEvents::Batch& batch, std::uint32_t events) {
    // Which of the frees are among the first events: all but in the last batch.
    std::size_t frees = batch.columns.freed().size();
    if (events < batch.message.events()) {
      frees = 0;
      for (std::uint32_t i = 0; i < events; ++i) frees += isFree(batch.message, i) ? 1 : 0;
    }
    for (std::size_t i = 0; i < frees; ++i) {
      const std::uint64_t number = batch.columns.freed()[i];
      if (number < m_first) continue;
      if (number >= m_place.numbered)
        return failure(Code::Corrupt, "event batch", "a free ends an allocation that was not made");
      m_isFreed[(number - m_first) / 64] |= std::uint64_t{1} << (number - m_first) % 64;
    }
    return {};
  }

  Result<void> findLive(const StoredEvents::Batch& batch, std::uint32_t events) {
    const v1::EventBatch& message = batch.message;
    const std::uint64_t begin = message.first_allocation();
    const std::uint64_t end = begin + batch.columns.pairs().size();
    if (batch.firstEvent + events != m_eventsLeft)
      return batch.firstEvent + events < m_eventsLeft
                 ? tl::unexpected(notStored())
                 : failure(Code::Corrupt, "event batch", "it ends beyond the next one");
    m_eventsLeft = batch.firstEvent;
    m_next = begin;
    if (!hasLive(std::max(begin, m_first), std::min(end, m_place.numbered))) return {};
    if (auto read = m_addresses.read(message, batch.columns, batch.chunks); !read) return read;
    auto nextAddress = m_addresses.addresses().begin();
    std::uint64_t number = begin;
    std::uint32_t seen = 0;
    Result<void> visited;
    const auto visit = [&](const auto& event) {
      if (seen++ == events) return false;
      if constexpr (!std::is_same_v<decltype(event), const model::Free&>) {
        const std::uint64_t address = *nextAddress++;
        const std::uint64_t own = number++;
        if (own < m_first || isFreed(own)) return true;
        if (index(event.pair) >= m_events.definitions().pairs.size()) return false;
        visited = m_visit({.number = own,
                           .address = address,
                           .atNs = event.atNs,
                           .pair = event.pair,
                           .thread = event.thread});
        return visited.has_value();
      }
      return true;
    };
    ingest::walkEvents(message, batch.columns, m_events.timeUnitNs(), visit, [](model::PairId) {});
    return visited;
  }

  static bool isFree(const v1::EventBatch& message, std::uint32_t i) {
    return (static_cast<unsigned char>(message.kinds()[i / 8]) >> (i % 8) & 1) != 0;
  }
  [[nodiscard]] bool isFreed(std::uint64_t number) const {
    return (m_isFreed[(number - m_first) / 64] >> (number - m_first) % 64 & 1) != 0;
  }
  /// Most batches of a long run have no block left.
  [[nodiscard]] bool hasLive(std::uint64_t begin, std::uint64_t end) const {
    for (std::uint64_t number = begin; number < end;) {
      const std::uint64_t bit = number - m_first;
      if (bit % 64 == 0 && number + 64 <= end && m_isFreed[bit / 64] == ~std::uint64_t{0}) {
        number += 64;
        continue;
      }
      if (!isFreed(number)) return true;
      ++number;
    }
    return false;
  }

  StoredEvents& m_events;
  const Place& m_place;
  const std::uint64_t m_first;
  const std::function<Result<void>(const model::LiveBlock&)>& m_visit;
  std::optional<store::KeyframePlace> m_keyframe;
  ingest::AddressColumn m_addresses;
  std::vector<std::uint64_t> m_isFreed;  ///< By number from m_first.
  std::uint64_t m_next = 0;              ///< Number of the first allocation of the batch that was taken last.
  std::uint64_t m_eventsLeft = 0;        ///< Before it.
};

}  // namespace

Result<void> forEachLiveBlock(StoredEvents& events, const Place& place, std::uint64_t first,
                              const std::function<Result<void>(const model::LiveBlock&)>& visit,
                              UseOfKeyframes use) {
  return LiveBlocks(events, place, first, visit).run(use);
}

Result<void> addThreads(StoredEvents& events, std::vector<model::LiveBlock>& blocks) {
  std::vector<model::LiveBlock*> unknown;
  for (model::LiveBlock& block : blocks)
    if (!block.thread) unknown.push_back(&block);
  if (unknown.empty()) return {};
  std::sort(unknown.begin(), unknown.end(),
            [](const auto* a, const auto* b) { return a->number < b->number; });
  return events.reader().batches().and_then(
      [&](const std::vector<store::BatchPlace>& batches) -> Result<void> {
        auto block = unknown.begin();
        for (std::size_t i = 0; i < batches.size() && block != unknown.end(); ++i) {
          while (block != unknown.end() && (*block)->number < batches[i].firstAllocation) ++block;
          if (block == unknown.end()) break;
          if (i + 1 < batches.size() && (*block)->number >= batches[i + 1].firstAllocation) continue;
          auto read =
              events.read({.afterSequence = batches[i].sequence - 1, .toSequence = batches[i].sequence},
                          [&](const StoredEvents::Batch& batch) -> Result<bool> {
                            std::uint64_t number = batch.message.first_allocation();
                            const auto visit = [&](const auto& event) {
                              if constexpr (!std::is_same_v<decltype(event), const model::Free&>) {
                                if ((*block)->number == number++) (*block++)->thread = event.thread;
                              }
                              return block != unknown.end();
                            };
                            ingest::walkEvents(batch.message, batch.columns, events.timeUnitNs(), visit,
                                               [](model::PairId) {});
                            return false;
                          });
          if (!read) return read;
        }
        return {};
      });
}

}  // namespace heaptap::replay
