// SPDX-License-Identifier: Apache-2.0
#include "collector/replay/timeline_series.h"

#include <algorithm>
#include <cmath>
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

/// Counts the events of an interval into its steps.
class SeriesCount {
 public:
  SeriesCount(StoredEvents& events, const model::SeriesQuery& query, const StepInterval& interval,
              std::uint64_t endNs, PairGroups groups)
      : m_events(events),
        m_interval(interval),
        m_groups(std::move(groups)),
        m_live(query.groupCount()),
        m_temporaries(threads()),
        m_lanes(threads(), interval.stepCount(), query.lanes),
        m_steps(interval.stepCount()),
        m_ends(m_steps.size() * m_live.size()) {
    m_answer.fromNs = interval.fromNs;
    m_answer.stepNs = interval.stepNs();
    m_answer.groups = query.groupCount();
    m_untilNs = std::min(interval.fromNs + m_steps.size() * m_answer.stepNs - 1, endNs);
    m_stepEndNs = interval.fromNs + m_answer.stepNs;
  }

  [[nodiscard]] std::uint64_t untilNs() const { return m_untilNs; }

  Result<model::TimelineSeries> count(BatchChain& chain, const OnProgress& onProgress) {
    if (m_untilNs < m_interval.fromNs) return std::move(m_answer);  // Behind the end.
    return knowLive(m_interval.fromNs)
        .and_then([&] {
          return chain.read([this](const StoredEvents::Batch& batch) { return take(batch); },
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
  };
  /// Of a group.
  struct Live {
    std::uint64_t bytes = 0;
    double variance = 0;
  };

  [[nodiscard]] std::size_t threads() const { return m_events.definitions().threads.size(); }

  /// Finds out what is live just before a time, if that can be known. Events from then on are counted.
  Result<void> knowLive(std::uint64_t atNs) {
    m_liveFromNs = atNs;
    std::fill(m_live.begin(), m_live.end(), Live());
    m_lastAllocations.clear();
    m_isLiveKnown = atNs == 0;
    if (m_isLiveKnown) return {};
    // With buffers of its own, as a batch may be being read.
    StoredEvents others(m_events.reader(), m_events.definitions(), m_events.timeUnitNs(),
                        m_events.isStopped());
    auto instant = instantAt(others, AtTime{atNs - 1});
    if (!instant) {
      if (instant.error().code == Code::NotFound) return {};
      return tl::unexpected(instant.error());
    }
    m_isLiveKnown = true;
    m_lastAllocations = std::move(instant->counters.lastAllocations);
    const auto& pairs = instant->counters.counts.pairs;
    for (std::size_t i = 0; i < std::min(pairs.size(), m_events.definitions().pairs.size()); ++i) {
      const auto id = static_cast<model::PairId>(i);
      const std::uint32_t group = m_groups.at(id);
      if (group == PairGroups::kNone || pairs[i].live == 0) continue;
      const model::Pair& pair = m_events.definitions().pair(id);
      m_live[group].bytes += pairs[i].live * pair.bytes();
      addVariance(m_live[group], pair, static_cast<double>(pairs[i].live));
    }
    return {};
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
          if (event.atNs < m_interval.fromNs || group == PairGroups::kNone) return true;
          if (event.atNs >= m_stepEndNs) goTo(event.atNs);
          if constexpr (kIsFree)
            return count(event, pair, m_live[group]);
          else
            return count(event, pair, m_live[group]);
        },
        [](model::PairId) {});
    if (!m_wrong) return tl::unexpected(m_wrong.error());
    return goesOn;
  }

  bool count(const model::Allocation& event, const model::Pair& pair, Live& live) {
    m_lanes.add(event.thread, static_cast<std::uint32_t>(m_at), pair);
    if (event.atNs < m_liveFromNs || !m_isLiveKnown) return true;
    if (pair.bytes() > ~std::uint64_t{0} - live.bytes) return refuse("more than 2^64 bytes are live");
    live.bytes += pair.bytes();
    addVariance(live, pair, 1);
    return true;
  }

  bool count(const model::Free& event, const model::Pair& pair, Live& live) {
    if (pair.heap == model::kMallocHeap) {
      const TemporaryFrees::Answer answer = m_temporaries.of(event);
      if (answer == TemporaryFrees::Answer::Yes) m_steps[m_at].temporaries += wholeBlocks(pair);
      if (answer == TemporaryFrees::Answer::CannotTell) m_steps[m_at].areTemporariesKnown = false;
    }
    if (event.atNs < m_liveFromNs || !m_isLiveKnown) return true;
    if (pair.bytes() > live.bytes) return refuse("it frees more than is live");
    live.bytes -= pair.bytes();
    addVariance(live, pair, -1);
    return true;
  }

  /// Whole blocks that one stands for, together with what is left of those before.
  std::uint64_t wholeBlocks(const model::Pair& pair) {
    if (pair.sampleInterval == 0) return 1;
    m_temporaryRest += pair.weight();
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
  /// Ends all steps before the one of a time.
  void goTo(std::uint64_t atNs) {
    for (const std::size_t step = stepAt(atNs); m_at < step; ++m_at) endStep();
    m_stepEndNs = m_interval.fromNs + (m_at + 1) * m_answer.stepNs;
  }
  void endStep() {
    m_steps[m_at].isKnown = m_at >= m_hole;
    m_steps[m_at].isLiveKnown = m_isLiveKnown;
    if (m_isLiveKnown)
      std::copy(m_live.begin(), m_live.end(),
                m_ends.begin() + static_cast<std::ptrdiff_t>(m_at * m_live.size()));
  }

  model::TimelineSeries finish() {
    goTo(m_untilNs);
    endStep();
    for (std::size_t at = 0; at <= m_at; ++at) {
      const Step& step = m_steps[at];
      if (!step.isKnown) continue;
      m_answer.known.push_back(
          {.step = static_cast<std::uint32_t>(at),
           .isLiveKnown = step.isLiveKnown,
           .temporaries = step.areTemporariesKnown ? std::optional(step.temporaries) : std::nullopt});
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
  std::uint64_t m_stepEndNs = 0;   ///< Of that step, not included.
  std::uint64_t m_liveFromNs = 0;  ///< Earlier events are in m_live.
  std::uint64_t m_untilNs = 0;
  double m_temporaryRest = 0;
  bool m_isLiveKnown = true;
  bool m_isContinued = false;  ///< The next batch follows on one that was counted.
  bool m_isSampled = false;
  Result<void> m_wrong;
};

}  // namespace

Result<model::TimelineSeries> seriesOf(StoredEvents& events, const model::SeriesQuery& query,
                                       std::uint64_t endNs, const OnProgress& onProgress) {
  const auto interval = StepInterval::of(query, endNs);
  if (!interval) return tl::unexpected(interval.error());
  auto groups =
      PairGroups::of(query.groups, events.definitions(), model::SeriesQuery::kMostGroups, "timeline");
  if (!groups) return tl::unexpected(groups.error());
  SeriesCount counted(events, query, *interval, endNs, std::move(*groups));
  return BatchChain::of(events, interval->fromNs, counted.untilNs()).and_then([&](BatchChain chain) {
    return counted.count(chain, onProgress);
  });
}

}  // namespace heaptap::replay
