// SPDX-License-Identifier: Apache-2.0
#include "collector/replay/timeline_series.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <type_traits>
#include <utility>

#include "collector/ingest/event_walk.h"
#include "collector/replay/counts_replay.h"
#include "collector/replay/lane_counts.h"
#include "collector/replay/pair_groups.h"
#include "collector/replay/step_interval.h"
#include "collector/replay/temporary_frees.h"

namespace heaptap::replay {
namespace {

/// Where steps may move: spans of so many entries, or so many spans, are read at most. Else longer ones.
constexpr std::uint64_t kMostSpanEntries = std::uint64_t{1} << 23;
constexpr std::uint64_t kMostSpans = std::uint64_t{1} << 12;

/// Counts the events of an interval into its steps, and what is live before it from a checkpoint on. Sums
/// stand for the events of a span within one step, and before the interval; where steps may move, also of one
/// that goes beyond its step, which then ends with it.
class SeriesCount {
 public:
  SeriesCount(StoredEvents& events, const model::SeriesQuery& query, const StepInterval& interval,
              std::uint64_t endNs, PairGroups groups, std::uint64_t mostEvents)
      : m_events(events),
        m_interval(interval),
        m_groups(std::move(groups)),
        m_live(query.groupCount()),
        m_temporaries(threads()),
        m_lanes(threads(), interval.stepCount(), query.lanes),
        m_steps(interval.stepCount()),
        m_ends(m_steps.size() * m_live.size()),
        m_mayMove(query.mayMove),
        m_mostEvents(mostEvents) {
    m_answer.fromNs = interval.fromNs;
    m_answer.stepNs = interval.stepNs();
    m_answer.groups = query.groupCount();
    m_untilNs = std::min(interval.fromNs + m_steps.size() * m_answer.stepNs - 1, endNs);
    m_stepFromNs = interval.fromNs;
    m_stepEndNs = interval.fromNs + m_answer.stepNs;
  }

  [[nodiscard]] std::uint64_t untilNs() const { return m_untilNs; }

  Result<model::TimelineSeries> count(BatchChain& chain, const OnProgress& onProgress) {
    if (m_untilNs < m_interval.fromNs) return std::move(m_answer);  // Behind the end.
    m_mayMove = m_mayMove && chain.events() > m_mostEvents;
    return begin(chain)
        .and_then([&] { return chain.findSpans(); })
        .and_then([&] {
          if (m_mayMove) chooseLevel(chain);
          const BatchChain::SpanUse spans{
              .choose = [this](auto candidates) { return choose(candidates); },
              .take = [this](const auto& place, const auto& sums) { return take(place, sums); }};
          return chain.read(
              spans, [this](const StoredEvents::Batch& batch) { return take(batch); },
              [this](const BatchChain::Hole& hole) { leaveOut(hole); }, onProgress);
        })
        .and_then([this]() -> Result<model::TimelineSeries> {
          if (!m_wrong) return tl::unexpected(m_wrong.error());
          return finish();
        });
  }

 private:
  struct Step {
    std::uint64_t temporaries = 0;
    bool areTemporariesKnown = true;
    bool isKnown = false;
    bool isLiveKnown = false;
    std::uint64_t fromNs = 0;
    std::uint64_t toNs = 0;  ///< Not included.
  };
  /// Of a group.
  struct Live {
    std::uint64_t bytes = 0;
    double variance = 0;
  };

  [[nodiscard]] std::size_t threads() const { return m_events.definitions().threads.size(); }

  /// Begins with the last checkpoint before the interval, if all events since are stored.
  Result<void> begin(BatchChain& chain) {
    if (m_interval.fromNs == 0) return {};
    return m_events.reader().instants().and_then(
        [&](const std::vector<store::StoredInstant>& instants) -> Result<void> {
          const auto end = std::partition_point(instants.begin(), instants.end(), [&](const auto& instant) {
            return instant.atNs < m_interval.fromNs;
          });
          const bool hasOne = end != instants.begin();
          m_isLiveKnown = chain.beginAtEvent(hasOne ? (end - 1)->events : 0);
          if (!m_isLiveKnown || !hasOne) return {};
          return m_events.reader()
              .countersAt(*(end - 1), m_events.definitions())
              .map([&](model::SessionCounters counters) { setLive(std::move(counters)); });
        });
  }
  /// Finds out what is live just before a time behind a hole, if that can be known. Events from then on are
  /// counted.
  Result<void> knowLive(std::uint64_t atNs) {
    m_liveFromNs = atNs;
    std::fill(m_live.begin(), m_live.end(), Live());
    m_lastAllocations.clear();
    m_isLiveKnown = false;
    // With buffers of its own, as a batch may be being read.
    StoredEvents others(m_events.reader(), m_events.definitions(), m_events.timeUnitNs(),
                        m_events.isStopped());
    auto instant = instantAt(others, AtTime{atNs - 1});
    if (!instant) {
      if (instant.error().code == Code::NotFound) return {};
      return tl::unexpected(instant.error());
    }
    m_isLiveKnown = true;
    setLive(std::move(instant->counters));
    return {};
  }
  void setLive(model::SessionCounters counters) {
    m_lastAllocations = std::move(counters.lastAllocations);
    const auto& pairs = counters.counts.pairs;
    for (std::size_t i = 0; i < std::min(pairs.size(), m_events.definitions().pairs.size()); ++i) {
      const auto id = static_cast<model::PairId>(i);
      const std::uint32_t group = m_groups.at(id);
      if (group == PairGroups::kNone || pairs[i].live == 0) continue;
      const model::Pair& pair = m_events.definitions().pair(id);
      m_live[group].bytes += pairs[i].live * pair.bytes();
      addVariance(m_live[group], pair, static_cast<double>(pairs[i].live));
    }
  }

  [[nodiscard]] bool isBefore(const store::SpanPlace& place) const { return place.toNs < m_interval.fromNs; }
  /// Not up to the last moment: while a session goes on, a span may have later events of that time, of pairs
  /// that are not defined here.
  [[nodiscard]] bool isWithin(const store::SpanPlace& place) const {
    return place.fromNs >= m_interval.fromNs && place.toNs < m_untilNs;
  }
  /// The shortest spans of which the interval has not too many.
  void chooseLevel(const BatchChain& chain) {
    for (m_level = 0; m_level + 1 < counting::SpanBuilder::kLevels; ++m_level) {
      std::uint64_t spans = 0;
      std::uint64_t entries = 0;
      for (const BatchChain::SpanOfBatches& span : chain.spans()) {
        if (span.place.level != m_level || !isWithin(span.place)) continue;
        ++spans;
        entries += std::min(span.place.entries, kMostSpanEntries);
      }
      if (spans <= kMostSpans && entries <= kMostSpanEntries) return;
    }
  }
  const BatchChain::SpanOfBatches* choose(std::span<const BatchChain::SpanOfBatches> candidates) {
    const BatchChain::SpanOfBatches* moving = nullptr;
    for (std::size_t i = candidates.size(); i-- > 0;) {
      const store::SpanPlace& place = candidates[i].place;
      // Some of its events are in m_live.
      if (m_isLiveKnown && place.fromNs < m_liveFromNs) continue;
      if (isBefore(place)) return &candidates[i];
      if (!isWithin(place)) continue;
      const bool isInStep = stepAt(place.fromNs) == stepAt(place.toNs);
      if (isInStep && (!m_mayMove || place.level >= m_level)) return &candidates[i];
      // Of those that go beyond the step, the shortest that is long enough.
      if (m_mayMove && (moving == nullptr || place.level >= m_level)) moving = &candidates[i];
    }
    return moving;
  }

  void addVariance(Live& live, const model::Pair& pair, double blocks) {
    if (pair.sampleInterval == 0) return;
    m_isSampled = true;
    live.variance = std::max(0.0, live.variance + blocks * sampleByteVariance(pair.bytes(), pair.weight()));
  }

  /// What happened in a hole is not known, and the steps that it touches are left out.
  void leaveOut(const BatchChain::Hole& hole) {
    m_isContinued = false;
    if (!m_wrong || hole.toNs < m_interval.fromNs || hole.fromNs > m_untilNs) return;
    const std::uint64_t from = std::max(hole.fromNs, m_interval.fromNs);
    const std::uint64_t to = std::min(hole.toNs, m_untilNs);
    goTo(from);
    m_hole = stepAt(to) + 1;
    m_answer.missing.push_back({.fromNs = from, .toNs = std::min(to + 1, m_interval.toNs)});
    goTo(to);
    // Events of that time may be missing, too.
    if (hole.toNs < m_untilNs) m_wrong = knowLive(hole.toNs + 1);
  }

  /// The events of a span, by their sums.
  Result<void> take(const store::SpanPlace& place, const counting::SpanSums& sums) {
    if (!m_wrong) return m_wrong;
    if (!std::exchange(m_isContinued, true)) m_temporaries.beginAt(place.firstAllocation, m_lastAllocations);
    for (const counting::BatchSums::LastAllocation& last : sums.threads)
      m_temporaries.allocated(static_cast<model::ThreadIndex>(last.thread), last.number);
    const bool isCounted = !isBefore(place);
    if (isCounted) goTo(place.fromNs);
    auto allocator = sums.allocators.begin();
    for (const counting::SpanSums::OfPair& of : sums.pairs) {
      const auto threadsEnd = allocator + of.threads;
      const auto id = static_cast<model::PairId>(of.pair);
      const std::uint32_t group = m_groups.at(id);
      if (group == PairGroups::kNone) {
        allocator = threadsEnd;
        continue;
      }
      const model::Pair& pair = m_events.definitions().pair(id);
      std::uint64_t allocations = 0;
      for (; allocator != threadsEnd; ++allocator) {
        allocations += allocator->allocations;
        if (isCounted)
          m_lanes.add(static_cast<model::ThreadIndex>(allocator->thread), static_cast<std::uint32_t>(m_at),
                      pair, allocator->allocations);
      }
      if (isCounted && pair.heap == model::kMallocHeap)
        m_steps[m_at].temporaries += wholeBlocks(pair, of.temporaries);
      if (m_isLiveKnown && !change(m_live[group], pair, allocations, of.frees)) return m_wrong;
    }
    if (isCounted && place.toNs >= m_stepEndNs) {
      m_isStepMoving = true;
      m_stepEndNs = place.toNs + 1;
    }
    return {};
  }
  bool change(Live& live, const model::Pair& pair, std::uint64_t allocations, std::uint64_t frees) {
    std::uint64_t allocated = 0;
    std::uint64_t freed = 0;
    if (__builtin_mul_overflow(allocations, pair.bytes(), &allocated) ||
        __builtin_add_overflow(live.bytes, allocated, &live.bytes))
      return refuse("more than 2^64 bytes are live");
    if (__builtin_mul_overflow(frees, pair.bytes(), &freed) || freed > live.bytes)
      return refuse("it frees more than is live");
    live.bytes -= freed;
    addVariance(live, pair, static_cast<double>(allocations) - static_cast<double>(frees));
    return true;
  }

  Result<bool> take(const StoredEvents::Batch& batch) {
    if (!m_wrong) return tl::unexpected(m_wrong.error());
    std::uint64_t number = batch.message.first_allocation();
    if (!std::exchange(m_isContinued, true)) m_temporaries.beginAt(number, m_lastAllocations);
    const std::size_t pairs = m_events.definitions().pairs.size();
    const bool goesOn = ingest::walkEvents(
        batch.message, batch.columns, m_events.timeUnitNs(),
        [&](const auto& event) {
          constexpr bool kIsFree = std::is_same_v<decltype(event), const model::Free&>;
          if (event.atNs > m_untilNs || index(event.pair) >= pairs || index(event.thread) >= threads())
            return false;
          const model::Pair& pair = m_events.definitions().pair(event.pair);
          if constexpr (!kIsFree) {
            if (pair.heap == model::kMallocHeap) m_temporaries.allocated(event.thread, number);
            ++number;
          }
          const std::uint32_t group = m_groups.at(event.pair);
          if (group == PairGroups::kNone) return true;
          const bool isCounted = event.atNs >= m_interval.fromNs;
          if (isCounted) {
            if (event.atNs >= m_stepEndNs) goTo(event.atNs);
            count(event, pair);
          }
          if (event.atNs < m_liveFromNs || !m_isLiveKnown) return true;
          return change(m_live[group], pair, kIsFree ? 0 : 1, kIsFree ? 1 : 0);
        },
        [](model::PairId) {});
    if (!m_wrong) return tl::unexpected(m_wrong.error());
    return goesOn;
  }

  void count(const model::Allocation& event, const model::Pair& pair) {
    m_lanes.add(event.thread, static_cast<std::uint32_t>(m_at), pair);
  }
  void count(const model::Free& event, const model::Pair& pair) {
    if (pair.heap != model::kMallocHeap) return;
    const TemporaryFrees::Answer answer = m_temporaries.of(event);
    if (answer == TemporaryFrees::Answer::Yes) m_steps[m_at].temporaries += wholeBlocks(pair, 1);
    if (answer == TemporaryFrees::Answer::CannotTell) m_steps[m_at].areTemporariesKnown = false;
  }

  /// Whole blocks that so many stand for, together with what is left of those before.
  std::uint64_t wholeBlocks(const model::Pair& pair, std::uint64_t count) {
    if (pair.sampleInterval == 0) return count;
    m_temporaryRest += pair.weight() * static_cast<double>(count);
    const auto blocks = static_cast<std::uint64_t>(m_temporaryRest);
    m_temporaryRest -= static_cast<double>(blocks);
    return blocks;
  }

  bool refuse(const char* why) {
    m_wrong = failure(Code::Corrupt, "event batch", why);
    return false;
  }

  [[nodiscard]] std::size_t stepAt(std::uint64_t atNs) const {
    return std::min<std::size_t>((atNs - m_interval.fromNs) / m_answer.stepNs, m_steps.size() - 1);
  }
  [[nodiscard]] std::uint64_t beginOf(std::size_t step) const {
    return m_interval.fromNs + step * m_answer.stepNs;
  }
  /// Ends all steps before the one of a time.
  void goTo(std::uint64_t atNs) {
    if (m_isStepMoving) {
      // Events of the time at which a span ends may be behind it: then the step goes on.
      if (atNs < m_stepEndNs) return;
      endStep(m_stepEndNs);
      m_at = stepAt(m_stepEndNs);
      m_isStepMoving = false;
    }
    for (const std::size_t step = stepAt(atNs); m_at < step; ++m_at) endStep(beginOf(m_at + 1));
    m_stepEndNs = beginOf(m_at + 1);
  }
  void endStep(std::uint64_t toNs) {
    Step& step = m_steps[m_at];
    step.isKnown = m_at >= m_hole;
    step.isLiveKnown = m_isLiveKnown;
    step.fromNs = std::exchange(m_stepFromNs, toNs);
    step.toNs = toNs;
    if (step.fromNs != beginOf(m_at) || toNs != beginOf(m_at + 1)) m_hasMoved = true;
    if (m_isLiveKnown)
      std::copy(m_live.begin(), m_live.end(),
                m_ends.begin() + static_cast<std::ptrdiff_t>(m_at * m_live.size()));
  }

  model::TimelineSeries finish() {
    goTo(m_untilNs);
    endStep(m_stepEndNs);
    for (std::size_t at = 0; at <= m_at; ++at) {
      const Step& step = m_steps[at];
      if (!step.isKnown) continue;
      m_answer.known.push_back(
          {.step = static_cast<std::uint32_t>(at),
           .isLiveKnown = step.isLiveKnown,
           .temporaries = step.areTemporariesKnown ? std::optional(step.temporaries) : std::nullopt});
      if (m_hasMoved) m_answer.moved.push_back({.fromNs = step.fromNs, .toNs = step.toNs});
      for (std::size_t group = 0; group < m_live.size(); ++group) {
        const Live& live = m_ends[at * m_live.size() + group];
        m_answer.liveBytes.push_back(live.bytes);
        if (m_isSampled) m_answer.liveErrors.push_back(std::sqrt(live.variance));
      }
    }
    m_answer.lanes = m_lanes.lanes(m_answer.known);
    return std::move(m_answer);
  }

  StoredEvents& m_events;
  const StepInterval& m_interval;
  PairGroups m_groups;
  model::TimelineSeries m_answer;
  std::vector<Live> m_live;  ///< By group.
  TemporaryFrees m_temporaries;
  std::vector<std::uint64_t> m_lastAllocations;  ///< By thread, before what is counted; empty: unknown.
  LaneCounts m_lanes;
  std::vector<Step> m_steps;
  std::vector<Live> m_ends;        ///< By step, then by group.
  std::size_t m_at = 0;            ///< The step that is counted; those before have ended.
  std::size_t m_hole = 0;          ///< Steps before this are as holes have left them.
  std::uint64_t m_stepFromNs = 0;  ///< Of that step.
  std::uint64_t m_stepEndNs = 0;   ///< Likewise, not included.
  std::uint64_t m_liveFromNs = 0;  ///< Earlier events are in m_live.
  std::uint64_t m_untilNs = 0;
  double m_temporaryRest = 0;
  bool m_isLiveKnown = true;
  bool m_isContinued = false;  ///< The next batch follows on one that was counted.
  bool m_isSampled = false;
  bool m_mayMove = false;       ///< Steps may.
  bool m_isStepMoving = false;  ///< The step ends with a span that goes beyond it.
  bool m_hasMoved = false;
  std::uint64_t m_mostEvents;  ///< Of an interval in which steps do not move.
  std::size_t m_level = 0;     ///< Of spans with which steps may end; shorter ones where there is none.
  Result<void> m_wrong;
};

}  // namespace

Result<model::TimelineSeries> seriesOf(StoredEvents& events, const model::SeriesQuery& query,
                                       std::uint64_t endNs, const OnProgress& onProgress,
                                       std::uint64_t mostEvents) {
  const auto interval = StepInterval::of(query, endNs);
  if (!interval) return tl::unexpected(interval.error());
  auto groups =
      PairGroups::of(query.groups, events.definitions(), model::SeriesQuery::kMostGroups, "timeline");
  if (!groups) return tl::unexpected(groups.error());
  SeriesCount counted(events, query, *interval, endNs, std::move(*groups), mostEvents);
  return BatchChain::of(events, interval->fromNs, counted.untilNs()).and_then([&](BatchChain chain) {
    return counted.count(chain, onProgress);
  });
}

}  // namespace heaptap::replay
