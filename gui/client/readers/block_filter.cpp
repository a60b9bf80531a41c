// SPDX-License-Identifier: Apache-2.0
#include "gui/client/readers/block_filter.h"

#include <algorithm>
#include <utility>

#include "gui/client/readers/counted_heap.h"
#include "gui/client/sites/stack_filter.h"

namespace heaptap::gui {
namespace {

/// Empty: any, if it is not said that there is none.
Result<bool> applyPairs(model::BlockQuery& query, const SiteFilter& filter, const client::Profile& profile,
                        BlockHeaps heaps) {
  const bool areAll = filter.names().isEmpty() && filter.termsOf(FilterTerm::Of::Size).empty();
  if (areAll && heaps == BlockHeaps::All) return true;
  query.pairs = pairsThatPass(profile, filter);
  if (heaps == BlockHeaps::Malloc)
    std::erase_if(query.pairs, [&](model::PairId pair) {
      return profile.definitions.pair(pair).heap != model::kMallocHeap;
    });
  return !query.pairs.empty();
}

}  // namespace

Result<bool> applyFilter(model::BlockQuery& query, const v1::Instant& at, const SiteFilter& filter,
                         const client::Profile& profile, BlockHeaps heaps) {
  if (const auto canPass = applyPairs(query, filter, profile, heaps); !canPass || !*canPass) return canPass;
  auto threads = threadsThatPass(profile, filter);
  if (!threads) return tl::unexpected(std::move(threads.error()));
  query.threads = std::move(*threads);
  if (!needsAges(filter)) return true;
  const auto ages = lifetimesThatPass(filter);
  if (!ages) return tl::unexpected(ages.error());
  if (ages->least > at.time_ns()) return false;
  query.bornToNs = std::min(query.bornToNs, at.time_ns() - ages->least);
  if (ages->most < at.time_ns()) query.bornFromNs = std::max(query.bornFromNs, at.time_ns() - ages->most);
  return query.bornFromNs <= query.bornToNs;
}

}  // namespace heaptap::gui
