// SPDX-License-Identifier: Apache-2.0
#include "client/history_reader.h"

namespace heaptap::client {

v1::GetHistoriesRequest requestFor(const std::string& session, const model::HistoryQuery& query) {
  v1::GetHistoriesRequest request;
  request.set_session(session);
  for (const auto& group : query.groups) {
    v1::PairGroup& pairs = *request.add_groups();
    for (const model::PairId pair : group) pairs.add_pair(static_cast<std::uint32_t>(index(pair)));
  }
  return request;
}

std::optional<model::SiteHistory> historyOf(const v1::SiteHistory& message) {
  constexpr int kMostInstants = 4096;  // Another collector may have others than this one.
  if (message.live_bytes_size() > kMostInstants ||
      message.threads_size() > static_cast<int>(model::SiteHistory::kMostThreads) ||
      message.addresses_size() > kMostInstants)
    return std::nullopt;
  model::SiteHistory history;
  history.liveBytes.assign(message.live_bytes().begin(), message.live_bytes().end());
  history.knownFromNs = message.known_from_ns();
  history.endNs = message.end_ns();
  const auto known = [](bool has, std::uint64_t ns) { return has ? std::optional(ns) : std::nullopt; };
  history.firstAllocationNs = known(message.has_first_allocation_ns(), message.first_allocation_ns());
  history.lastAllocationNs = known(message.has_last_allocation_ns(), message.last_allocation_ns());
  history.frees = message.frees();
  history.medianLifetimeNs = known(message.has_median_lifetime_ns(), message.median_lifetime_ns());
  history.p95LifetimeNs = known(message.has_p95_lifetime_ns(), message.p95_lifetime_ns());
  history.oldestAgeNs = known(message.has_oldest_age_ns(), message.oldest_age_ns());
  history.medianAgeNs = known(message.has_median_age_ns(), message.median_age_ns());
  for (const std::uint32_t thread : message.threads())
    history.threads.push_back(static_cast<model::ThreadIndex>(thread));
  history.threadCount = message.thread_count();
  history.addresses.assign(message.addresses().begin(), message.addresses().end());
  return history;
}

}  // namespace heaptap::client
