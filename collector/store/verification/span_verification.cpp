// SPDX-License-Identifier: Apache-2.0
#include "collector/store/verification/span_verification.h"

#include <algorithm>
#include <set>
#include <type_traits>
#include <utility>

#include "collector/ingest/event_walk.h"
#include "collector/ingest/limits.h"

namespace heaptap::store {

Result<SpanVerification> SpanVerification::begin(SessionReader& reader, const model::SessionRecord& record,
                                                 Note note) {
  return reader.spans().map([&](std::vector<SpanPlace> spans) {
    SpanVerification verification(reader, record, std::move(note));
    std::sort(spans.begin(), spans.end(),
              [](const SpanPlace& a, const SpanPlace& b) { return a.firstEvent < b.firstEvent; });
    verification.m_spans = std::move(spans);
    verification.m_last.resize(record.definitions.now().threads.size());
    return verification;
  });
}

bool SpanVerification::isTemporary(const model::Free& event) const {
  if (event.temporary) return *event.temporary;
  return m_last[model::index(event.thread)] == event.number + 1;
}

Result<counting::SpanSums> SpanVerification::count(const v1::EventBatch& batch) {
  const model::DefinitionsView& known = m_record->definitions.now();
  if (batch.base_time_ns() > ingest::kMaxTimeNs)
    return failure(Code::Corrupt, "event batch", "it begins beyond 146 years");
  const std::uint32_t unit = m_record->identity.timeUnitNs;
  auto read = m_columns.read(batch, {.timeUnits = (ingest::kMaxTimeNs - batch.base_time_ns()) / unit,
                                     .timeUnitNs = unit,
                                     .threads = known.threads.size(),
                                     .pairs = known.pairs.size(),
                                     .stacks = known.stacks.size()});
  if (!read) return tl::unexpected(read.error());
  m_allocations.clear();
  m_freed.clear();
  std::uint64_t number = batch.first_allocation();
  std::set<std::uint32_t> threads;
  const auto visit = [&](const auto& event) {
    const std::size_t thread = model::index(event.thread);
    const bool isMalloc = known.pair(event.pair).heap == model::kMallocHeap;
    if constexpr (std::is_same_v<decltype(event), const model::Free&>) {
      Freed& freed = m_freed[static_cast<std::uint32_t>(model::index(event.pair))];
      ++freed.frees;
      if (isMalloc && isTemporary(event)) ++freed.temporaries;
    } else {
      ++m_allocations[std::uint64_t{model::index(event.pair)} << 32 | thread];
      ++number;
      if (!isMalloc) return true;
      m_last[thread] = number;
      threads.insert(static_cast<std::uint32_t>(thread));
    }
    return true;
  };
  ingest::walkEvents(batch, m_columns, unit, visit, [](model::PairId) {});
  // Each number by itself, so that what adds them up has least to do with how they were sent.
  std::set<std::uint32_t> pairs;
  std::vector<std::uint64_t> allocated;
  for (const auto& [key, count] : m_allocations) {
    pairs.insert(static_cast<std::uint32_t>(key >> 32));
    allocated.push_back(key);
  }
  for (const auto& [pair, freed] : m_freed) pairs.insert(pair);
  std::sort(allocated.begin(), allocated.end());
  counting::SpanSums sums;
  auto next = allocated.begin();
  for (const std::uint32_t pair : pairs) {
    const auto freed = m_freed.find(pair);
    counting::SpanSums::OfPair of{.pair = pair};
    if (freed != m_freed.end()) of.frees = freed->second.frees, of.temporaries = freed->second.temporaries;
    for (; next != allocated.end() && *next >> 32 == pair; ++next, ++of.threads)
      sums.allocators.push_back(
          {.thread = static_cast<std::uint32_t>(*next), .allocations = m_allocations[*next]});
    sums.pairs.push_back(of);
  }
  for (const std::uint32_t thread : threads)
    sums.threads.push_back({.thread = thread, .number = m_last[thread] - 1});
  return sums;
}

Result<void> SpanVerification::compare(Open& open) {
  return m_reader->sumsOf(open.place, m_record->definitions.now()).map([&](const counting::SpanSums* stored) {
    ++m_compared;
    if (!m_knowsTemporaries)
      for (std::size_t i = 0; i < std::min(open.sums.pairs.size(), stored->pairs.size()); ++i)
        open.sums.pairs[i].temporaries = stored->pairs[i].temporaries;
    if (*stored != open.sums)
      m_note("the sums of the " + std::to_string(open.place.events) + " events from " +
             std::to_string(open.place.firstEvent) + " on: not as by the events");
  });
}

Result<void> SpanVerification::apply(const StoredBatch& where, const v1::EventBatch& batch) {
  if (m_spans.empty()) return {};
  if (where.firstEvent != m_nextEvent) {
    m_knowsTemporaries = false;
    m_open.clear();
  }
  m_nextEvent = where.firstEvent + batch.events();
  while (m_next < m_spans.size() && m_spans[m_next].firstEvent < where.firstEvent) ++m_next;
  for (; m_next < m_spans.size() && m_spans[m_next].firstEvent == where.firstEvent; ++m_next)
    if (m_open.size() < counting::SpanBuilder::kLevels)
      m_open.push_back({.place = m_spans[m_next], .sums = {}});
  return count(batch).and_then([&](const counting::SpanSums& sums) -> Result<void> {
    for (Open& open : m_open) {
      open.sums.add(sums);
      if (open.place.sequence != where.sequence) continue;
      if (auto compared = compare(open); !compared) return compared;
    }
    std::erase_if(m_open, [&](const Open& open) { return open.place.sequence <= where.sequence; });
    return {};
  });
}

}  // namespace heaptap::store
