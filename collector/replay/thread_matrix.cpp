// SPDX-License-Identifier: Apache-2.0
#include "collector/replay/thread_matrix.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "collector/ingest/event_walk.h"
#include "collector/replay/allocating_threads.h"
#include "collector/replay/pair_groups.h"
#include "collector/replay/thread_pairs.h"
#include "collector/replay/unknown_instant.h"

namespace heaptap::replay {
namespace {

constexpr std::size_t kMostBytes = 512U << 20;
constexpr std::uint64_t kMostNumbered = ~std::uint64_t{0} >> 1;

/// By thread, whether what it has allocated counts. Empty: all does.
std::vector<bool> wantedThreads(const model::ThreadMatrixQuery& query, std::size_t threads) {
  std::vector<bool> isWanted(query.threads.empty() ? 0 : threads);
  for (const model::ThreadIndex thread : query.threads)
    if (index(thread) < isWanted.size()) isWanted[index(thread)] = true;
  return isWanted;
}

/// Counts the events of an interval, both ends included.
class MatrixCount {
 public:
  MatrixCount(StoredEvents& events, const model::ThreadMatrixQuery& query, PairGroups groups,
              std::uint64_t fromNs, std::uint64_t untilNs)
      : m_events(events),
        m_groups(std::move(groups)),
        m_matrices(query.matrices()),
        m_fromNs(fromNs),
        m_untilNs(untilNs),
        m_isWanted(wantedThreads(query, events.definitions().threads.size())),
        m_pairs(m_matrices, threads()) {
    m_matrix.knownFromNs = fromNs;
    m_matrix.knownUntilNs = untilNs;
    m_matrix.lifetimes.resize(m_matrices);
    if (query.countsPairs) m_allocations.resize(events.definitions().pairs.size());
    m_countsPairs = query.countsPairs;
  }

  Result<model::ThreadMatrix> count(BatchChain& chain, const OnProgress& onProgress) {
    return chain
        .read([this](const StoredEvents::Batch& batch) { return take(batch); },
              [this](const BatchChain::Hole& hole) { passOver(hole); }, onProgress)
        .and_then([this]() -> Result<model::ThreadMatrix> {
          if (m_isMissing) return tl::unexpected(intervalNotStored(m_events));
          m_matrix.cells = m_pairs.cells();
          if (m_countsPairs) m_matrix.pairs = allocationsOfPairs();
          return std::move(m_matrix);
        });
  }

 private:
  [[nodiscard]] std::size_t threads() const { return m_events.definitions().threads.size(); }

  /// What was allocated or freed in a hole is not known: the matrix begins anew behind it, or ends before it.
  void passOver(const BatchChain::Hole& hole) {
    if (hole.toNs < m_fromNs || hole.fromNs > m_untilNs) return;
    if (hole.toNs >= m_untilNs) {
      m_matrix.knownUntilNs = hole.fromNs;
      m_isMissing = hole.fromNs <= m_fromNs;
      return;
    }
    // Events of the same time may be missing.
    m_fromNs = m_matrix.knownFromNs = hole.toNs + 1;
    m_owners = {};
    m_pairs = ThreadPairs(m_matrices, threads());
    m_matrix.lifetimes.assign(m_matrices, {});
    std::fill(m_allocations.begin(), m_allocations.end(), 0);
  }

  Result<bool> take(const StoredEvents::Batch& batch) {
    m_wrong = Result<void>();
    std::uint64_t number = batch.message.first_allocation();
    if (number < m_nextNumber || number > kMostNumbered)
      return failure(Code::Corrupt, "event batch", "its allocations are not numbered behind those before");
    m_nextNumber = number + batch.columns.pairs().size();
    const bool goesOn = ingest::walkEvents(
        batch.message, batch.columns, m_events.timeUnitNs(),
        [&](const auto& event) {
          if constexpr (std::is_same_v<decltype(event), const model::Free&>) {
            return isKnown(event) && (event.atNs < m_fromNs || count(event));
          } else {
            const std::uint64_t own = number++;
            return isKnown(event) && (event.atNs < m_fromNs || count(event, own));
          }
        },
        [](model::PairId) {});
    if (!m_wrong) return tl::unexpected(m_wrong.error());
    return goesOn;
  }
  template <class Event>
  [[nodiscard]] bool isKnown(const Event& event) const {
    return event.atNs <= m_untilNs && index(event.pair) < m_events.definitions().pairs.size() &&
           index(event.thread) < threads();
  }
  static ThreadPairs::Side sideOf(model::ThreadIndex thread) {
    return static_cast<ThreadPairs::Side>(index(thread)) + 1;
  }

  bool count(const model::Allocation& event, std::uint64_t number) {
    const std::uint32_t group = m_groups.at(event.pair);
    if (group == PairGroups::kNone || (!m_isWanted.empty() && !m_isWanted[index(event.thread)])) return true;
    m_owners.add(number, event.thread);
    if (m_owners.bytes() > kMostBytes) return refuse("more blocks are live at once than are looked at");
    if (m_countsPairs) ++m_allocations[index(event.pair)];
    return add(group, sideOf(event.thread), 0, event.pair);
  }

  bool count(const model::Free& event) {
    const std::uint32_t group = m_groups.at(event.pair);
    if (group == PairGroups::kNone) return true;
    const auto owner = m_owners.take(event.number);
    if (!owner && !m_isWanted.empty()) return true;
    ++m_matrix.lifetimes[group][event.lifetimeLog2 % 64];
    const ThreadPairs::Side allocatedBy = owner ? sideOf(*owner) : 0;
    if (owner && !m_pairs.remove(group, allocatedBy, 0, m_events.definitions().pair(event.pair))) {
      m_wrong =
          failure(Code::Corrupt, "event batch", "a free of another call site than that of its allocation");
      return false;
    }
    return add(group, allocatedBy, sideOf(event.thread), event.pair);
  }

  bool add(std::uint32_t group, ThreadPairs::Side allocatedBy, ThreadPairs::Side freedBy,
           model::PairId pair) {
    if (m_pairs.add(group, allocatedBy, freedBy, m_events.definitions().pair(pair))) return true;
    return refuse("more than a million pairs of threads have to do with each other");
  }
  [[nodiscard]] std::vector<model::PairAllocations> allocationsOfPairs() const {
    std::vector<model::PairAllocations> pairs;
    for (std::size_t pair = 0; pair < m_allocations.size(); ++pair)
      if (m_allocations[pair] != 0)
        pairs.push_back({.pair = static_cast<model::PairId>(pair), .allocations = m_allocations[pair]});
    return pairs;
  }
  bool refuse(const char* why) {
    m_wrong = failure(Code::Usage, "threads", why, "ask for a shorter interval, or for fewer call sites");
    return false;
  }

  StoredEvents& m_events;
  PairGroups m_groups;
  std::size_t m_matrices;
  std::uint64_t m_fromNs;
  std::uint64_t m_untilNs;
  std::vector<bool> m_isWanted;  ///< By thread; empty: all are.
  AllocatingThreads m_owners;
  std::uint64_t m_nextNumber = 0;
  ThreadPairs m_pairs;
  bool m_countsPairs = false;
  std::vector<std::uint64_t> m_allocations;  ///< By pair; empty: they are not counted.
  bool m_isMissing = false;                  ///< All of the interval is.
  model::ThreadMatrix m_matrix;
  Result<void> m_wrong;
};

}  // namespace

Result<model::ThreadMatrix> threadMatrixOf(StoredEvents& events, const model::ThreadMatrixQuery& query,
                                           std::uint64_t endNs, const OnProgress& onProgress) {
  const std::uint64_t untilNs = std::min(query.untilNs.value_or(endNs), endNs);
  if (query.afterNs && *query.afterNs > query.untilNs.value_or(std::max(endNs, *query.afterNs)))
    return failure(Code::Usage, "interval", "it ends before it begins", "give a later end");
  // At its end at the latest: nothing comes after that.
  const std::uint64_t fromNs = query.afterNs ? std::min(*query.afterNs, endNs) + 1 : 0;
  return PairGroups::of(query.groups, events.definitions(), model::ThreadMatrixQuery::kMostGroups, "threads")
      .and_then([&](PairGroups groups) {
        return BatchChain::of(events, fromNs, untilNs).and_then([&](BatchChain chain) {
          return MatrixCount(events, query, std::move(groups), fromNs, untilNs).count(chain, onProgress);
        });
      });
}

}  // namespace heaptap::replay
