// SPDX-License-Identifier: Apache-2.0
#include "collector/query/counts_stream.h"

#include <utility>

#include "collector/query/overview.h"
#include "collector/query/summary.h"

namespace heaptap::query {
namespace {

constexpr int kCountsPerMessage = 65'536;

}  // namespace

std::optional<model::Moment> momentOf(const v1::CountsMoment& message, std::uint64_t opened) {
  if (message.collector() != opened) return std::nullopt;
  return model::Moment{.epoch = message.epoch(),
                       .peakEpochs = {message.peak_epochs().begin(), message.peak_epochs().end()}};
}

void CountsStream::begin(v1::CountsReply& reply) const {
  const SessionView& view = *m_answer.view;
  *reply.mutable_summary() = summaryOf(overviewOf(view));
  reply.set_pairs(view.counts.pairs.size());
  reply.set_only_changes(m_answer.changed.has_value());
  if (m_answer.instant) *reply.mutable_instant() = *m_answer.instant;
  if (!m_answer.moment) return;
  v1::CountsMoment& moment = *reply.mutable_moment();
  moment.set_collector(view.opened);
  moment.set_epoch(m_answer.moment->epoch);
  for (const std::uint64_t epoch : m_answer.moment->peakEpochs) moment.add_peak_epochs(epoch);
}

bool CountsStream::next(v1::CountsReply& reply) {
  reply.Clear();
  const bool first = !std::exchange(m_begun, true);
  if (first) begin(reply);
  const model::Counts& counts = m_answer.view->counts;
  std::size_t before = 0;
  for (; m_pair < counts.pairs.size() && reply.pair_size() < kCountsPerMessage; ++m_pair) {
    const model::PairCounters& pair = counts.pairs[m_pair];
    if (m_answer.changed ? (*m_answer.changed)[m_pair] == 0 : pair.allocations == 0) continue;
    reply.add_pair(static_cast<std::uint32_t>(m_pair - std::exchange(before, m_pair)));
    reply.add_allocations(pair.allocations);
    reply.add_live(pair.live);
    reply.add_live_at_peak(pair.liveAtPeak);
    reply.add_temporaries(pair.temporaries);
  }
  for (;
       m_freeSite < counts.freeSites.size() && reply.pair_size() + reply.free_pair_size() < kCountsPerMessage;
       ++m_freeSite) {
    const model::FreeSites::Entry& entry = counts.freeSites[m_freeSite];
    reply.add_free_pair(static_cast<std::uint32_t>(index(entry.pair)));
    reply.add_free_stack(static_cast<std::uint32_t>(index(entry.stack)));
    reply.add_free_count(entry.frees);
  }
  return first || reply.pair_size() != 0 || reply.free_pair_size() != 0;
}

}  // namespace heaptap::query
