// SPDX-License-Identifier: Apache-2.0
#include "counting/span_builder.h"

#include <utility>

namespace heaptap::counting {

void SpanBuilder::Level::add(const Span& next, std::uint32_t level) {
  if (!std::exchange(isOpen, true)) {
    span = next;
    span.level = level;
    parts = 1;
    return;
  }
  ++parts;
  span.events += next.events;
  span.toNs = next.toNs;
  span.sums.add(next.sums);
}

void SpanBuilder::addRecent() {
  m_levels[0].span.sums.add(m_recent);
  m_recent = {};
}

void SpanBuilder::add(const Batch& batch, const BatchSums& sums, std::vector<Span>& finished) {
  Level& lowest = m_levels[0];
  if (std::exchange(m_nextEvent, batch.firstEvent + batch.events) != batch.firstEvent) breakOff();
  if (!std::exchange(lowest.isOpen, true)) {
    lowest.span = {
        .firstEvent = batch.firstEvent, .firstAllocation = batch.firstAllocation, .fromNs = batch.fromNs};
    m_bytes = 0;
  }
  lowest.span.events += batch.events;
  lowest.span.toNs = batch.toNs;
  m_recent.add(SpanSums::of(sums));
  m_bytes += batch.bytes;
  const std::uint64_t events = lowest.span.events;
  const bool isFull = events >= m_limits.mostEvents;
  constexpr std::size_t kSmallPart = 8;
  const bool mayBeEnough =
      events >= m_limits.leastEvents && m_bytes >= m_limits.bytesByEntry * lowest.span.sums.entries();
  if (m_recent.entries() * kSmallPart >= lowest.span.sums.entries() || mayBeEnough || isFull) addRecent();
  if (isFull || (events >= m_limits.leastEvents && m_recent.isEmpty() &&
                 m_bytes >= m_limits.bytesByEntry * lowest.span.sums.entries()))
    finish(0, finished);
}

void SpanBuilder::finish(std::size_t level, std::vector<Span>& finished) {
  Span span = std::exchange(m_levels[level], {}).span;
  if (level + 1 < kLevels) {
    Level& next = m_levels[level + 1];
    next.add(span, static_cast<std::uint32_t>(level + 1));
    finished.push_back(std::move(span));
    if (next.span.sums.entries() > kMostEntries)
      next = {};
    else if (next.parts >= m_limits.spansInNext)
      finish(level + 1, finished);
    return;
  }
  finished.push_back(std::move(span));
}

void SpanBuilder::breakOff() {
  m_levels = {};
  m_recent = {};
}

}  // namespace heaptap::counting
