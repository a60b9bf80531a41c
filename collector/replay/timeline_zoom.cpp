// SPDX-License-Identifier: Apache-2.0
#include "collector/replay/timeline_zoom.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "base/sample_weight.h"
#include "collector/ingest/event_walk.h"
#include "collector/replay/step_interval.h"
#include "collector/replay/temporary_frees.h"

namespace heaptap::replay {
namespace {

using Bucket = counting::Timeline::Bucket;

/// What was live where a bucket begins. Behind the last one nothing has changed.
Bucket liveBefore(const counting::Timeline& timeline, std::uint64_t bucket) {
  const std::uint64_t before = std::min<std::uint64_t>(bucket, timeline.buckets().size());
  return before == 0 ? Bucket() : timeline.buckets()[before - 1].quiet();
}

/// Steps that are whole buckets.
model::TimelineSteps stepsOfBuckets(const KnownOverTime& known, const StepInterval& interval) {
  const counting::Timeline& timeline = known.history.timeline;
  const std::uint64_t width = timeline.bucketNs();
  const std::uint64_t first = interval.fromNs / width;
  const std::uint64_t buckets = (interval.toNs - 1) / width - first + 1;
  const std::uint64_t each = (buckets + interval.steps - 1) / interval.steps;
  model::TimelineSteps answer{.fromNs = first * width, .stepNs = each * width};
  for (std::uint64_t begin = first; begin < first + buckets && begin * width <= known.endNs; begin += each) {
    Bucket sum = liveBefore(timeline, begin).quiet();
    for (std::uint64_t i = begin; i < std::min<std::uint64_t>(begin + each, timeline.buckets().size()); ++i) {
      const Bucket& bucket = timeline.buckets()[i];
      sum = {.maxLiveBytes = std::max(sum.maxLiveBytes, bucket.maxLiveBytes),
             .liveBytes = bucket.liveBytes,
             .allocations = sum.allocations + bucket.allocations,
             .frees = sum.frees + bucket.frees,
             .liveVariance = bucket.liveVariance};
    }
    answer.known.push_back({.step = static_cast<std::uint32_t>((begin - first) / each),
                            .liveBytes = sum.liveBytes,
                            .maxLiveBytes = sum.maxLiveBytes,
                            .allocations = sum.allocations,
                            .frees = sum.frees,
                            .liveVariance = sum.liveVariance});
  }
  return answer;
}

/// Counts the events of an interval into its steps.
class EventSteps {
 public:
  EventSteps(StoredEvents& events, const KnownOverTime& known, const StepInterval& interval)
      : m_events(events),
        m_known(known),
        m_interval(interval),
        m_temporaries(events.definitions().threads.size()) {
    m_answer.fromEvents = true;
    m_answer.fromNs = interval.fromNs;
    m_answer.stepNs = interval.stepNs();
    const std::uint64_t steps = interval.stepCount();
    m_steps.resize(steps);
    m_untilNs = std::min(m_answer.fromNs + steps * m_answer.stepNs - 1, known.endNs);
    goOnFrom(interval.fromNs / known.history.timeline.bucketNs());
  }

  [[nodiscard]] std::uint64_t fromNs() const { return m_countFromNs; }
  [[nodiscard]] std::uint64_t untilNs() const { return m_untilNs; }

  Result<model::TimelineSteps> count(BatchChain& chain, const OnProgress& onProgress) {
    return chain
        .read([this](const StoredEvents::Batch& batch) { return take(batch); },
              [this](const BatchChain::Hole& hole) { leaveOut(hole); }, onProgress)
        .map([this] { return finish(); });
  }

 private:
  struct Step {
    model::TimelineStep numbers;
    std::uint64_t least = 0;
    std::uint64_t allocated = 0;
    std::uint64_t temporaries = 0;
    bool areTemporariesKnown = true;
    bool isKnown = false;
  };

  /// Counts from the beginning of a bucket on.
  void goOnFrom(std::uint64_t bucket) {
    m_countFromNs = bucket * m_known.history.timeline.bucketNs();
    if (m_countFromNs > 0) beginSteps(m_countFromNs - 1);
    const Bucket before = liveBefore(m_known.history.timeline, bucket);
    m_live = before.liveBytes;
    m_variance = before.liveVariance;
    m_isKnown = true;
    m_isContinued = false;
  }

  /// What is live is not known from the hole on, but again where the next bucket begins: buckets count what
  /// was not stored, too.
  void leaveOut(const BatchChain::Hole& hole) {
    if (hole.toNs < m_countFromNs || hole.fromNs > m_untilNs) return;
    beginSteps(hole.fromNs);
    m_isKnown = false;
    if (m_begun > 0 && hole.fromNs >= m_answer.fromNs) m_steps[m_begun - 1].isKnown = false;
    const std::uint64_t width = m_known.history.timeline.bucketNs();
    const std::uint64_t bucket = std::min(hole.toNs, m_untilNs) / width + 1;
    const model::TimeStretch missing{.fromNs = std::max(hole.fromNs, m_answer.fromNs),
                                     .toNs = std::min(bucket * width, m_interval.toNs)};
    if (missing.fromNs < missing.toNs) m_answer.missing.push_back(missing);
    goOnFrom(bucket);
  }

  Result<bool> take(const StoredEvents::Batch& batch) {
    const char* wrong = nullptr;
    std::uint64_t number = batch.message.first_allocation();
    if (!std::exchange(m_isContinued, true)) m_temporaries.beginAt(number);
    const std::size_t threads = m_events.definitions().threads.size();
    const bool goesOn = ingest::walkEvents(
        batch.message, batch.columns, m_events.timeUnitNs(),
        [&](const auto& event) {
          if (event.atNs > m_untilNs || index(event.pair) >= m_events.definitions().pairs.size() ||
              index(event.thread) >= threads)
            return false;
          constexpr bool kIsFree = std::is_same_v<decltype(event), const model::Free&>;
          if constexpr (!kIsFree) ++number;
          const model::Pair& pair = m_events.definitions().pair(event.pair);
          if (pair.heap != model::kMallocHeap) return true;
          if constexpr (!kIsFree) m_temporaries.allocated(event.thread, number - 1);
          if (event.atNs < m_countFromNs) return true;
          const std::uint64_t bytes = pair.bytes();
          Step* step = stepOf(event.atNs);
          if constexpr (kIsFree) {
            if (bytes > m_live) {
              wrong = "it frees more than is live";
              return false;
            }
            m_live -= bytes;
            addVariance(pair, bytes, -1);
            if (step != nullptr) countFree(event, pair, *step);
          } else {
            if (bytes > ~std::uint64_t{0} - m_live) {
              wrong = "more than 2^64 bytes are live";
              return false;
            }
            m_live += bytes;
            addVariance(pair, bytes, 1);
            if (step != nullptr) {
              step->numbers.allocations += whole(pair, m_allocationRest);
              step->allocated += bytes;
            }
          }
          if (step != nullptr) noteLive(*step);
          return true;
        },
        [](model::PairId) {});
    if (wrong != nullptr) return failure(Code::Corrupt, "event batch", wrong);
    return goesOn;
  }

  void countFree(const model::Free& event, const model::Pair& pair, Step& step) {
    step.numbers.frees += whole(pair, m_freeRest);
    const TemporaryFrees::Answer answer = m_temporaries.of(event);
    if (answer == TemporaryFrees::Answer::Yes) step.temporaries += whole(pair, m_temporaryRest);
    if (answer == TemporaryFrees::Answer::CannotTell) step.areTemporariesKnown = false;
  }

  /// Begins all steps up to the one with this time.
  void beginSteps(std::uint64_t atNs) {
    if (atNs < m_answer.fromNs) return;
    const std::uint64_t last =
        std::min<std::uint64_t>((atNs - m_answer.fromNs) / m_answer.stepNs + 1, m_steps.size());
    for (; m_begun < last; ++m_begun) {
      Step& step = m_steps[m_begun];
      step.isKnown = m_isKnown;
      step.least = m_live;
      step.numbers = {.step = static_cast<std::uint32_t>(m_begun),
                      .liveBytes = m_live,
                      .maxLiveBytes = m_live,
                      .liveVariance = m_variance};
    }
  }
  /// None before the first one.
  Step* stepOf(std::uint64_t atNs) {
    if (atNs < m_answer.fromNs) return nullptr;
    beginSteps(atNs);
    return &m_steps[m_begun - 1];
  }
  void noteLive(Step& step) const {
    step.numbers.liveBytes = m_live;
    step.numbers.liveVariance = m_variance;
    step.numbers.maxLiveBytes = std::max(step.numbers.maxLiveBytes, m_live);
    step.least = std::min(step.least, m_live);
  }
  void addVariance(const model::Pair& pair, std::uint64_t bytes, int change) {
    if (pair.sampleInterval == 0) return;
    m_variance = std::max(0.0, m_variance + change * sampleByteVariance(bytes, pair.weight()));
  }
  /// Whole blocks that one stands for, together with what is left of those before.
  static std::uint64_t whole(const model::Pair& pair, double& rest) {
    if (pair.sampleInterval == 0) return 1;
    rest += pair.weight();
    const auto count = static_cast<std::uint64_t>(rest);
    rest -= static_cast<double>(count);
    return count;
  }

  model::TimelineSteps finish() {
    beginSteps(m_untilNs);
    for (Step& step : m_steps) {
      if (!step.isKnown || step.numbers.step >= m_begun) continue;
      step.numbers.minLiveBytes = step.least;
      step.numbers.allocatedBytes = step.allocated;
      if (step.areTemporariesKnown) step.numbers.temporaries = step.temporaries;
      m_answer.known.push_back(step.numbers);
    }
    return std::move(m_answer);
  }

  StoredEvents& m_events;
  const KnownOverTime& m_known;
  const StepInterval& m_interval;
  model::TimelineSteps m_answer;
  std::vector<Step> m_steps;
  std::size_t m_begun = 0;          ///< So many steps have begun.
  std::uint64_t m_countFromNs = 0;  ///< Earlier events are in m_live.
  std::uint64_t m_untilNs = 0;
  std::uint64_t m_live = 0;
  double m_variance = 0;
  double m_allocationRest = 0;
  double m_freeRest = 0;
  double m_temporaryRest = 0;
  TemporaryFrees m_temporaries;
  bool m_isContinued = false;  ///< The next batch follows on one that was counted.
  bool m_isKnown = true;
};

/// Of each step, the largest sample of the resident memory.
void addResident(const model::ResidentMemory& resident, model::TimelineSteps& steps) {
  auto step = steps.known.begin();
  for (const model::ResidentSample& sample : resident.samples()) {
    const auto bytes = sample.programBytes();
    if (!bytes || sample.atNs < steps.fromNs) continue;
    const std::uint64_t at = (sample.atNs - steps.fromNs) / steps.stepNs;
    while (step != steps.known.end() && step->step < at) ++step;
    if (step == steps.known.end()) return;
    if (step->step == at) step->rssBytes = std::max(step->rssBytes.value_or(0), *bytes);
  }
}

}  // namespace

Result<model::TimelineSteps> stepsOf(StoredEvents& events, const KnownOverTime& known,
                                     const model::StepsQuery& query, const OnProgress& onProgress) {
  const auto interval = StepInterval::of(query, known.endNs);
  if (!interval) return tl::unexpected(interval.error());
  EventSteps counted(events, known, *interval);
  return BatchChain::of(events, counted.fromNs(), counted.untilNs())
      .and_then([&](BatchChain chain) -> Result<model::TimelineSteps> {
        const std::uint64_t width = known.history.timeline.bucketNs();
        const bool hasBuckets = (interval->toNs - interval->fromNs) / width >= kEnoughBuckets;
        if (known.withoutEvents || (hasBuckets && chain.events() > kMostZoomedEvents))
          return stepsOfBuckets(known, *interval);
        return counted.count(chain, onProgress).map([&](model::TimelineSteps steps) {
          // Nothing of it is stored: buckets have counted it all the same.
          const bool isInRecord = interval->fromNs <= known.endNs;
          if (!steps.known.empty() || steps.missing.empty() || !isInRecord) return steps;
          model::TimelineSteps coarse = stepsOfBuckets(known, *interval);
          coarse.missing = std::move(steps.missing);
          return coarse;
        });
      })
      .map([&](model::TimelineSteps steps) {
        addResident(known.history.resident, steps);
        return steps;
      });
}

}  // namespace heaptap::replay
