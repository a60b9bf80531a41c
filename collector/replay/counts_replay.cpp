// SPDX-License-Identifier: Apache-2.0
#include "collector/replay/counts_replay.h"

#include <algorithm>
#include <string>
#include <type_traits>
#include <utility>

#include "collector/ingest/event_walk.h"
#include "collector/model/session_model.h"
#include "collector/replay/unknown_instant.h"

namespace heaptap::replay {
namespace {

std::uint64_t nsOf(const Target& target) {
  if (const auto* time = std::get_if<AtTime>(&target)) return time->ns;
  if (const auto* peak = std::get_if<AtPeak>(&target)) return peak->ns;
  return std::get<AtMark>(target).mark.atNs;
}

bool isAtMark(const model::Totals& totals, const model::Mark& mark) {
  return totals.allocations == mark.allocations && totals.liveBlocks() == mark.liveBlocks &&
         totals.liveBytes == mark.liveBytes;
}

/// Counts events until the target is reached.
class CountsReplay {
 public:
  CountsReplay(StoredEvents& events, const Target& target, store::Asked asked)
      : m_events(events), m_target(target), m_asked(asked) {}

  Result<Instant> run() {
    return begin()
        .and_then([this] { return replay(); })
        .and_then([this] { return checkNext(); })
        .and_then([this]() -> Result<Instant> {
          if (!isReached()) return tl::unexpected(notStored());
          m_place.total = m_model.events();
          m_place.numbered = m_model.numbered();
          return Instant{.counters = m_model.counters(), .place = m_place};
        });
  }

 private:
  /// Restores the last checkpoint before the target.
  Result<void> begin() {
    const model::DefinitionsView& known = m_events.definitions();
    while (m_model.threads() < known.threads.size()) m_model.addThread();
    while (m_model.heaps() < known.heaps()) m_model.addHeap();
    while (m_model.pairs() < known.pairs.size()) m_model.addPair(known.pairs[m_model.pairs()]);
    return m_events.reader().instants().and_then(
        [&](const std::vector<store::StoredInstant>& instants) { return restore(instants); });
  }

  Result<void> restore(const std::vector<store::StoredInstant>& instants) {
    const std::uint64_t ns = nsOf(m_target);
    // Stamps may be equal: of a peak, and of a mark, only what is earlier is certain to be before.
    const bool isExact = std::holds_alternative<AtTime>(m_target);
    const auto end = std::partition_point(instants.begin(), instants.end(), [&](const auto& instant) {
      return isExact ? instant.atNs <= ns : instant.atNs < ns;
    });
    const auto snapshot = std::find_if(instants.begin(), instants.end(), [&](const auto& instant) {
      const auto* mark = std::get_if<AtMark>(&m_target);
      return mark != nullptr && instant.mark == mark->position;
    });
    if (snapshot == instants.end() && end == instants.begin()) return {};
    const store::StoredInstant& instant = snapshot != instants.end() ? *snapshot : *(end - 1);
    return m_events.reader()
        .countersAt(instant, m_events.definitions())
        .map([&](const model::SessionCounters& counters) {
          m_model.restore(counters);
          m_place.sequence = instant.sequence;
        });
  }

  Result<void> replay() {
    return m_events.read({.afterSequence = m_place.sequence, .untilNs = nsOf(m_target)},
                         [this](const StoredEvents::Batch& batch) { return count(batch); });
  }

  Result<bool> count(const StoredEvents::Batch& batch) {
    if (std::holds_alternative<AtMark>(m_target) && isReached()) return false;
    if (batch.firstEvent > m_model.events()) return false;  // checkNext() says so.
    if (batch.firstEvent < m_model.events() || batch.message.first_allocation() != m_model.numbered() ||
        batch.message.base_time_ns() < m_model.totals().lastEventNs)
      return failure(Code::Corrupt, "event batch", "it begins before the end of the one before");
    std::uint32_t counted = 0;
    const char* wrong = nullptr;
    const auto visit = [&](const auto& event) {
      const bool isDefined = index(event.pair) < m_model.pairs() && index(event.thread) < m_model.threads();
      if (event.atNs > untilNs() || !isDefined) return false;
      if constexpr (std::is_same_v<decltype(event), const model::Free&>) {
        if (event.number >= m_model.numbered() || m_model.live(event.pair) == 0) {
          wrong = "a free ends an allocation that was not made, or a pair that has no live block";
          return false;
        }
      } else if (m_model.bytes(event.pair) > ~std::uint64_t{0} - m_model.totals().allocatedBytes) {
        wrong = "the allocated bytes of the session exceed 2^64";
        return false;
      }
      m_model.apply(event);
      ++counted;
      return !isAtPeakNow();
    };
    const auto prefetch = [this](model::PairId pair) {
      if (index(pair) < m_model.pairs()) m_model.prefetch(pair);
    };
    ingest::walkEvents(batch.message, batch.columns, m_events.timeUnitNs(), visit, prefetch);
    if (wrong != nullptr) return failure(Code::Corrupt, "event batch", wrong);
    if (counted == batch.message.events()) {
      m_place.sequence = batch.sequence;
      return !isAtPeakNow();
    }
    m_place.events = counted;
    return false;
  }

  /// A mark is where it is, whatever the stamps are.
  [[nodiscard]] std::uint64_t untilNs() const {
    const auto* time = std::get_if<AtTime>(&m_target);
    return time != nullptr ? time->ns : ~std::uint64_t{0};
  }
  [[nodiscard]] bool isReached() const {
    if (const auto* mark = std::get_if<AtMark>(&m_target)) return isAtMark(m_model.totals(), mark->mark);
    return std::holds_alternative<AtTime>(m_target) || isAtPeakNow();
  }
  [[nodiscard]] bool isAtPeakNow() const {
    const auto* peak = std::get_if<AtPeak>(&m_target);
    return peak != nullptr && m_model.totals().liveBytes >= peak->bytes;
  }

  /// Whether the next event that is known of is the next one that there was: else those between are missing,
  /// and the instant may lie among them.
  Result<void> checkNext() {
    if (m_place.events != 0) return {};
    return m_events.reader()
        .eventsBeforeNext(m_place.sequence)
        .and_then([&](std::optional<std::uint64_t> next) -> Result<void> {
          if (next && *next > m_model.events()) return tl::unexpected(notStored());
          return {};
        });
  }

  [[nodiscard]] Error notStored() const { return instantNotStored(m_events, nsOf(m_target), m_asked); }

  StoredEvents& m_events;
  const Target& m_target;
  store::Asked m_asked;
  model::SessionModel m_model;
  Place m_place;
};

}  // namespace

Result<Instant> instantAt(StoredEvents& events, const Target& target, store::Asked asked) {
  return CountsReplay(events, target, asked).run();
}

}  // namespace heaptap::replay
