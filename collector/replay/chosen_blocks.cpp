// SPDX-License-Identifier: Apache-2.0
#include "collector/replay/chosen_blocks.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <type_traits>
#include <utility>
#include <vector>

#include "collector/ingest/event_walk.h"
#include "collector/replay/unknown_instant.h"

namespace heaptap::replay {
namespace {

constexpr std::size_t kMostLive = 1U << 24;
constexpr std::uint64_t kNoNumber = ~std::uint64_t{0};

class ChosenCount {
 public:
  ChosenCount(StoredEvents& events, const ChosenBlocks& chosen)
      : m_events(events),
        m_chosen(chosen),
        m_begin(chosen.from && chosen.which == OfStretch::Grown ? *chosen.from : Place()),
        m_next(m_begin.total),
        m_isOfThreads(threads(), chosen.choice.threads.empty()),
        m_lastAllocations(threads(), kNoNumber) {
    m_found.counts.pairs.resize(events.definitions().pairs.size());
    for (const model::ThreadIndex thread : chosen.choice.threads)
      if (index(thread) < m_isOfThreads.size()) m_isOfThreads[index(thread)] = true;
  }

  Result<ChosenCounts> count() {
    if (m_begin.total > m_chosen.to.total || (m_chosen.from && m_chosen.from->total > m_chosen.to.total))
      return failure(Code::Usage, "interval", "it ends before it begins", "give a later end");
    return m_events
        .read({.afterSequence = m_begin.sequence},
              [this](const StoredEvents::Batch& batch) { return take(batch); })
        .and_then([this]() -> Result<ChosenCounts> {
          if (m_next < m_chosen.to.total) return tl::unexpected(notStored());
          return finish();
        });
  }

 private:
  struct Block {
    std::uint64_t bornNs = 0;
    model::PairId pair{};
  };

  [[nodiscard]] std::size_t threads() const { return m_events.definitions().threads.size(); }
  [[nodiscard]] Error notStored() const { return beginningNotStored(m_events); }

  Result<bool> take(const StoredEvents::Batch& batch) {
    if (m_next >= m_chosen.to.total) return false;
    if (batch.firstEvent > m_next) return tl::unexpected(notStored());
    std::uint64_t event = batch.firstEvent;
    std::uint64_t number = batch.message.first_allocation();
    m_wrong = Result<void>();
    ingest::walkEvents(
        batch.message, batch.columns, m_events.timeUnitNs(),
        [&](const auto& each) {
          const std::uint64_t own = event++;
          const bool isAsked = own >= m_next && own < m_chosen.to.total;
          if (index(each.pair) >= m_found.counts.pairs.size() || index(each.thread) >= threads())
            return false;
          if constexpr (std::is_same_v<decltype(each), const model::Free&>)
            return !isAsked || count(each, own);
          else
            return count(each, own, number++, isAsked);
        },
        [](model::PairId) {});
    if (!m_wrong) return tl::unexpected(m_wrong.error());
    m_next = std::max(m_next, event);
    return m_next < m_chosen.to.total;
  }

  bool count(const model::Allocation& event, std::uint64_t own, std::uint64_t number, bool isAsked) {
    if (!isAsked) return true;
    if (m_events.definitions().pair(event.pair).heap == model::kMallocHeap)
      m_lastAllocations[index(event.thread)] = number;
    const bool isGone = m_chosen.which == OfStretch::Gone;
    if (!m_isOfThreads[index(event.thread)] || (isGone && own >= m_chosen.from->total)) return true;
    m_live.insert_or_assign(number, Block{.bornNs = event.atNs, .pair = event.pair});
    if (m_live.size() <= kMostLive) return true;
    m_wrong = failure(Code::Usage, "blocks", "more are live at once than are looked at one by one",
                      "ask for a shorter interval, or for fewer threads");
    return false;
  }

  /// Not inlined: GCC 12 would take the event's `temporary` for uninitialized.
  [[gnu::noinline]] bool count(const model::Free& event, std::uint64_t own) {
    const auto found = m_live.find(event.number);
    if (found == m_live.end()) return true;
    const Block block = found->second;
    m_live.erase(found);
    if (block.pair != event.pair) {
      m_wrong =
          failure(Code::Corrupt, "event batch", "a free of another call site than that of its allocation");
      return false;
    }
    const bool isGone = m_chosen.which == OfStretch::Gone;
    if (!isChosen(event.atNs - std::min(event.atNs, block.bornNs)) || (isGone && own < m_chosen.from->total))
      return true;
    model::PairCounters& counters = m_found.counts.pairs[index(block.pair)];
    ++counters.allocations;
    if (isGone) {
      ++counters.live;
      return true;
    }
    const bool isTemporary =
        event.temporary ? *event.temporary : m_lastAllocations[index(event.thread)] == event.number;
    counters.temporaries += isTemporary ? 1 : 0;
    if (m_events.definitions().pair(block.pair).heap == model::kMallocHeap)
      ++m_found.lifetimes[event.lifetimeLog2 % m_found.lifetimes.size()];
    if (event.stack != model::StackId{}) m_freeSites.add(m_freeSites.at(block.pair, event.stack));
    return true;
  }

  [[nodiscard]] bool isChosen(std::uint64_t lifetimeNs) const {
    return lifetimeNs >= m_chosen.choice.minLifetimeNs && lifetimeNs <= m_chosen.choice.maxLifetimeNs;
  }

  ChosenCounts finish() {
    model::Counts& counts = m_found.counts;
    if (m_chosen.which == OfStretch::Grown)
      for (const auto& [number, block] : m_live) {
        if (!isChosen(m_chosen.toNs - std::min(m_chosen.toNs, block.bornNs))) continue;
        ++counts.pairs[index(block.pair)].allocations;
        ++counts.pairs[index(block.pair)].live;
      }
    counts.freeSites = m_freeSites.entries();
    model::FreeSites::sort(counts.freeSites);
    counts.totals.lastEventNs = m_chosen.toNs;
    addUp(counts, m_events.definitions());
    return std::move(m_found);
  }

  StoredEvents& m_events;
  const ChosenBlocks& m_chosen;
  Place m_begin;
  std::uint64_t m_next;             ///< Number of the event that is counted next.
  std::vector<bool> m_isOfThreads;  ///< By thread.
  std::vector<std::uint64_t> m_lastAllocations;
  absl::flat_hash_map<std::uint64_t, Block> m_live;  ///< Of the chosen threads, by number.
  model::FreeSites m_freeSites;
  ChosenCounts m_found;
  Result<void> m_wrong;
};

}  // namespace

Result<ChosenCounts> countsOfChosen(StoredEvents& events, const ChosenBlocks& chosen) {
  return ChosenCount(events, chosen).count();
}

}  // namespace heaptap::replay
