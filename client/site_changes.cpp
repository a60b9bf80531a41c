// SPDX-License-Identifier: Apache-2.0
#include "client/site_changes.h"

#include <algorithm>

namespace heaptap::client {

SiteChanges siteChanges(const SiteTable& before, const SiteTable& after, const Changes& changes) {
  std::vector<std::uint32_t> touched;
  for (const model::PairId id : changes.pairs) {
    const model::Pair& pair = after.profile().definitions.pair(id);
    if (const auto site = after.find({.stack = pair.stack, .heap = pair.heap})) touched.push_back(*site);
  }
  std::sort(touched.begin(), touched.end());
  touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
  SiteChanges result;
  for (const std::uint32_t site : touched)
    (before.find(after.key(site)) ? result.changed : result.added).push_back(site);
  return result;
}

}  // namespace heaptap::client
