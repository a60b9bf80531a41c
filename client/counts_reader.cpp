// SPDX-License-Identifier: Apache-2.0
#include "client/counts_reader.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "collector/ingest/limits.h"

namespace heaptap::client {

tl::unexpected<Error> CountsReader::broken(const std::string& what) const {
  return failure(Code::Corrupt, m_where, "the collector's answer is damaged: " + what);
}

Result<void> CountsReader::add(const v1::CountsReply& reply) {
  if (!std::exchange(m_begun, true)) {
    if (!reply.has_summary()) return broken("counts without a summary");
    if (reply.pairs() > ingest::kMaxPairs) return broken("counts of too many pairs");
    m_pairs = reply.pairs();
    m_onlyChanges = reply.only_changes();
    if (m_onlyChanges && !m_before) return broken("changes to counts that were not asked for");
    m_answer.summary = reply.summary();
    if (reply.has_moment()) m_answer.moment = reply.moment();
    if (reply.has_instant()) m_answer.instant = reply.instant();
  }
  if (auto added = addPairs(reply); !added) return added;
  return addFreeSites(reply);
}

Result<void> CountsReader::addPairs(const v1::CountsReply& reply) {
  if (reply.allocations_size() != reply.pair_size() || reply.live_size() != reply.pair_size() ||
      reply.live_at_peak_size() != reply.pair_size() || reply.temporaries_size() != reply.pair_size())
    return broken("columns of different lengths");
  std::uint64_t pair = 0;
  for (int i = 0; i < reply.pair_size(); ++i) {
    pair += reply.pair(i);
    if (pair >= m_pairs) return broken("counts of a pair that is not defined");
    if (!m_rows.empty() && pair <= m_rows.back().pair) return broken("pairs that do not ascend");
    const model::PairCounters counters{.allocations = reply.allocations(i),
                                       .live = reply.live(i),
                                       .liveAtPeak = reply.live_at_peak(i),
                                       .temporaries = reply.temporaries(i)};
    if (counters.live > counters.allocations || counters.liveAtPeak > counters.allocations ||
        counters.temporaries > counters.frees())
      return broken("more blocks than allocations");
    m_rows.push_back({.pair = static_cast<std::uint32_t>(pair), .counters = counters});
  }
  return {};
}

Result<void> CountsReader::addFreeSites(const v1::CountsReply& reply) {
  if (reply.free_stack_size() != reply.free_pair_size() || reply.free_count_size() != reply.free_pair_size())
    return broken("columns of different lengths");
  for (int i = 0; i < reply.free_pair_size(); ++i) {
    const model::FreeSites::Entry entry{.pair = static_cast<model::PairId>(reply.free_pair(i)),
                                        .stack = static_cast<model::StackId>(reply.free_stack(i)),
                                        .frees = reply.free_count(i)};
    if (index(entry.pair) >= m_pairs) return broken("frees of a pair that is not defined");
    if (!m_freeSites.empty() &&
        std::pair(entry.pair, entry.stack) <= std::pair(m_freeSites.back().pair, m_freeSites.back().stack))
      return broken("frees that do not ascend");
    m_freeSites.push_back(entry);
  }
  return {};
}

Result<void> CountsReader::checkSums(const model::DefinitionsView& definitions,
                                     const model::Counts& counts) const {
  constexpr double kMost = 9e18;  // What fits into 64 bits, also after rounding.
  double sum = 0;
  for (std::size_t i = 0; i < counts.pairs.size(); ++i) {
    const model::Pair& pair = definitions.pairs[i];
    const double slack =
        pair.slack == model::Pair::kUnknownSlack ? 0 : static_cast<double>(pair.slack) * pair.weight();
    sum += static_cast<double>(counts.pairs[i].allocations) *
           (static_cast<double>(pair.bytes()) + slack + pair.weight());
  }
  // Also not where the sum is no number.
  return sum < kMost ? Result<void>() : broken("more bytes than there can be");
}

Result<CountsReader::Answer> CountsReader::finish(const model::DefinitionsView& definitions) {
  if (!m_begun) return broken("no counts");
  if (m_pairs > definitions.pairs.size()) return broken("counts of a pair that is not defined");
  auto counts = std::make_shared<model::Counts>();
  if (m_before && m_onlyChanges) counts->pairs = m_before->pairs;
  if (counts->pairs.size() > m_pairs) return broken("fewer pairs than before");
  counts->pairs.resize(m_pairs);
  for (const Row& row : m_rows) counts->pairs[row.pair] = row.counters;
  for (const model::FreeSites::Entry& entry : m_freeSites)
    if (index(entry.stack) >= definitions.stacks.size()) return broken("a stack that is not defined");
  counts->freeSites = std::move(m_freeSites);
  if (auto checked = checkSums(definitions, *counts); !checked) return tl::unexpected(checked.error());
  const std::size_t known = m_before ? m_before->pairs.size() : 0;
  for (std::size_t i = 0; i < counts->pairs.size(); ++i)
    if (i >= known || m_before->pairs[i] != counts->pairs[i])
      m_answer.changed.push_back(static_cast<model::PairId>(i));
  m_answer.counts = std::move(counts);
  return std::move(m_answer);
}

}  // namespace heaptap::client
