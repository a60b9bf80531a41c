// SPDX-License-Identifier: Apache-2.0
#include "collector/replay/batch_chain.h"

#include <algorithm>
#include <optional>

namespace heaptap::replay {

Result<BatchChain> BatchChain::of(StoredEvents& events, std::uint64_t fromNs, std::uint64_t untilNs) {
  return events.reader().batches().map([&](std::vector<store::BatchPlace> batches) {
    BatchChain chain(events);
    chain.m_batches = std::move(batches);
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

Result<void> BatchChain::read(const StoredEvents::Take& take, const OnHole& onHole,
                              const OnProgress& onProgress) {
  if (m_batches.empty()) return findHoleAtEnd(onHole);
  const std::uint64_t all = events();
  std::uint64_t done = 0;
  std::size_t at = m_begin;
  const auto noteHole = [&](std::size_t behind) {
    const std::uint64_t expected =
        behind == 0 ? 0 : m_batches[behind - 1].firstEvent + m_batches[behind - 1].events;
    if (behind < m_batches.size() && m_batches[behind].firstEvent != expected)
      onHole({.fromNs = behind == 0 ? 0 : m_batches[behind - 1].toNs, .toNs = m_batches[behind].fromNs});
  };
  Result<void> read;
  if (m_begin != m_end) {
    const store::EventRange range{.afterSequence = m_batches[m_begin].sequence - 1,
                                  .toSequence = m_batches[m_end - 1].sequence};
    read = m_events.read(range, [&](const StoredEvents::Batch& batch) -> Result<bool> {
      if (at == m_end || batch.sequence != m_batches[at].sequence)
        return failure(Code::Corrupt, "event batch", "it is not where its row is");
      noteHole(at);
      ++at;
      done += batch.message.events();
      auto goesOn = take(batch);
      if (onProgress) onProgress(static_cast<double>(done) / static_cast<double>(std::max(all, done)));
      return goesOn;
    });
    // The caller has had enough.
    if (!read || at != m_end) return read;
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
