// SPDX-License-Identifier: Apache-2.0
#include "collector/replay/batch_chain.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

namespace heaptap::replay {

Result<BatchChain> BatchChain::of(StoredEvents& events, std::uint64_t fromNs, std::uint64_t untilNs) {
  return events.reader().batches().map([&](std::vector<store::BatchPlace> batches) {
    BatchChain chain(events);
    chain.m_fromNs = fromNs;
    chain.m_batches = std::move(batches);
    chain.m_eventsBefore.reserve(chain.m_batches.size());
    std::uint64_t before = 0;
    for (const store::BatchPlace& batch : chain.m_batches) {
      chain.m_eventsBefore.push_back(before);
      before += batch.events;
    }
    const auto begin = chain.m_batches.begin(), end = chain.m_batches.end();
    chain.m_begin = static_cast<std::size_t>(
        std::partition_point(begin, end, [&](const auto& batch) { return batch.toNs < fromNs; }) - begin);
    chain.m_end = static_cast<std::size_t>(
        std::partition_point(begin, end, [&](const auto& batch) { return batch.fromNs <= untilNs; }) - begin);
    chain.m_end = std::max(chain.m_end, chain.m_begin);
    return chain;
  });
}

std::uint64_t BatchChain::events() const {
  std::uint64_t events = 0;
  for (std::size_t i = m_begin; i < m_end; ++i) events += m_batches[i].events;
  return events;
}

std::size_t BatchChain::batchAtEvent(std::uint64_t event) const {
  const auto at = std::partition_point(m_batches.begin(), m_batches.end(),
                                       [&](const auto& batch) { return batch.firstEvent < event; });
  const bool isThere = at != m_batches.end() && at->firstEvent == event;
  return isThere ? static_cast<std::size_t>(at - m_batches.begin()) : m_batches.size();
}

bool BatchChain::isWhole(std::size_t first, std::size_t end) const {
  // They ascend, and do not overlap: so it is enough to add them up.
  if (first >= end) return true;
  return m_batches[end - 1].firstEvent - m_batches[first].firstEvent ==
         m_eventsBefore[end - 1] - m_eventsBefore[first];
}

bool BatchChain::beginAtEvent(std::uint64_t event) {
  const bool isBehindAll =
      m_batches.empty() || event == m_batches.back().firstEvent + m_batches.back().events;
  if (isBehindAll && m_begin == m_batches.size()) return true;
  const std::size_t batch = batchAtEvent(event);
  if (batch > m_begin || batch == m_batches.size()) return false;
  // What is missing just before the interval's first batch may be of the interval, or of before.
  const bool beginsBefore = m_begin < m_batches.size() && m_batches[m_begin].fromNs < m_fromNs;
  if (!isWhole(batch, m_begin + (beginsBefore ? 1 : 0))) return false;
  m_begin = batch;
  return true;
}

Result<void> BatchChain::findSpans() {
  return m_events.reader().spans().map([&](const std::vector<store::SpanPlace>& places) {
    for (const store::SpanPlace& place : places) {
      const std::size_t first = batchAtEvent(place.firstEvent);
      const auto last = std::partition_point(m_batches.begin(), m_batches.end(), [&](const auto& batch) {
        return batch.sequence < place.sequence;
      });
      if (last == m_batches.end() || last->sequence != place.sequence) continue;
      const auto end = static_cast<std::size_t>(last - m_batches.begin()) + 1;
      if (first >= end || !isWhole(first, end)) continue;
      if (last->firstEvent + last->events - place.firstEvent != place.events || last->toNs != place.toNs ||
          m_batches[first].fromNs != place.fromNs ||
          m_batches[first].firstAllocation != place.firstAllocation)
        continue;
      m_spans.push_back({.place = place, .first = first, .end = end});
    }
    std::sort(m_spans.begin(), m_spans.end(), [](const SpanOfBatches& a, const SpanOfBatches& b) {
      return std::tuple(a.first, a.place.level, a.end) < std::tuple(b.first, b.place.level, b.end);
    });
  });
}

Result<void> BatchChain::read(const SpanUse& spans, const StoredEvents::Take& take, const OnHole& onHole,
                              const OnProgress& onProgress) {
  if (m_batches.empty()) return findHoleAtEnd(onHole);
  const std::uint64_t all = events();
  std::uint64_t done = 0;
  std::size_t at = m_begin;
  std::optional<std::size_t> noted;
  const auto noteHole = [&](std::size_t behind) {
    if (std::exchange(noted, behind) == behind) return;
    const std::uint64_t expected =
        behind == 0 ? 0 : m_batches[behind - 1].firstEvent + m_batches[behind - 1].events;
    if (behind < m_batches.size() && m_batches[behind].firstEvent != expected)
      onHole({.fromNs = behind == 0 ? 0 : m_batches[behind - 1].toNs, .toNs = m_batches[behind].fromNs});
  };
  const auto noteDone = [&](std::uint64_t events) {
    done += events;
    if (onProgress) onProgress(static_cast<double>(done) / static_cast<double>(std::max(all, done)));
  };
  const auto readUntil = [&](std::size_t end) {
    const store::EventRange range{.afterSequence = m_batches[at].sequence - 1,
                                  .toSequence = m_batches[end - 1].sequence};
    return m_events.read(range, [&](const StoredEvents::Batch& batch) -> Result<bool> {
      if (at == end || batch.sequence != m_batches[at].sequence)
        return failure(Code::Corrupt, "event batch", "it is not where its row is");
      noteHole(at);
      ++at;
      auto goesOn = take(batch);
      noteDone(batch.message.events());
      return goesOn;
    });
  };
  auto next = std::partition_point(m_spans.begin(), m_spans.end(),
                                   [&](const SpanOfBatches& span) { return span.first < at; });
  while (at < m_end) {
    while (next != m_spans.end() && next->first < at) ++next;
    auto behind = next;
    while (behind != m_spans.end() && behind->first == at) ++behind;
    const SpanOfBatches* chosen = nullptr;
    if (next != behind && spans.choose) {
      noteHole(at);  // First, as what is known behind it decides.
      chosen = spans.choose(std::span(next, behind));
    }
    if (chosen != nullptr) {
      if (m_events.isStopped()()) return failure(Code::Unavailable, "events", "the question was withdrawn");
      auto taken =
          m_events.reader()
              .sumsOf(chosen->place, m_events.definitions())
              .and_then([&](const counting::SpanSums* sums) { return spans.take(chosen->place, *sums); });
      if (!taken) return taken;
      at = chosen->end;
      noteDone(chosen->place.events);
      continue;
    }
    const std::size_t end = spans.choose && behind != m_spans.end() ? std::min(behind->first, m_end) : m_end;
    auto read = readUntil(end);
    // The caller has had enough.
    if (!read || at != end) return read;
  }
  if (m_end == m_batches.size()) return findHoleAtEnd(onHole);
  noteHole(m_end);
  return {};
}

Result<void> BatchChain::findHoleAtEnd(const OnHole& onHole) {
  const store::BatchPlace last = m_batches.empty() ? store::BatchPlace() : m_batches.back();
  return m_events.reader().eventsBeforeNext(last.sequence).map([&](const std::optional<std::uint64_t>& next) {
    if (next && *next > last.firstEvent + last.events)
      onHole({.fromNs = last.toNs, .toNs = ~std::uint64_t{0}});
  });
}

}  // namespace heaptap::replay
