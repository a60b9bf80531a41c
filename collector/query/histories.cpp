// SPDX-License-Identifier: Apache-2.0
#include "collector/query/histories.h"

namespace heaptap::query {

v1::SiteHistory toMessage(const model::SiteHistory& history) {
  v1::SiteHistory message;
  message.mutable_live_bytes()->Add(history.liveBytes.begin(), history.liveBytes.end());
  message.set_known_from_ns(history.knownFromNs);
  message.set_end_ns(history.endNs);
  if (history.firstAllocationNs) message.set_first_allocation_ns(*history.firstAllocationNs);
  if (history.lastAllocationNs) message.set_last_allocation_ns(*history.lastAllocationNs);
  message.set_frees(history.frees);
  if (history.medianLifetimeNs) message.set_median_lifetime_ns(*history.medianLifetimeNs);
  if (history.p95LifetimeNs) message.set_p95_lifetime_ns(*history.p95LifetimeNs);
  if (history.oldestAgeNs) message.set_oldest_age_ns(*history.oldestAgeNs);
  if (history.medianAgeNs) message.set_median_age_ns(*history.medianAgeNs);
  for (const model::ThreadIndex thread : history.threads)
    message.add_threads(static_cast<std::uint32_t>(index(thread)));
  message.set_thread_count(history.threadCount);
  message.mutable_addresses()->Add(history.addresses.begin(), history.addresses.end());
  return message;
}

model::HistoryQuery queryOf(const v1::GetHistoriesRequest& request) {
  model::HistoryQuery query;
  query.groups.reserve(static_cast<std::size_t>(request.groups_size()));
  for (const v1::PairGroup& group : request.groups()) {
    std::vector<model::PairId>& pairs = query.groups.emplace_back();
    pairs.reserve(static_cast<std::size_t>(group.pair_size()));
    for (const std::uint32_t pair : group.pair()) pairs.push_back(static_cast<model::PairId>(pair));
  }
  return query;
}

}  // namespace heaptap::query
