// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <memory>
#include <stop_token>
#include <string>

#include "client/profile_source.h"
#include "gui/client/sites/site_series.h"
#include "gui/models/sessions/heap_wish.h"

namespace heaptap::gui {

/// The call sites at another time, or with another count.
struct CountedHeap {
  Sites sites;
  Sites earlier;  ///< At the beginning of a time that isSince(); null: none is wanted.
  QString words;  ///< When it is, for a title; empty: now, or the end.
};

/// Threads: any, one at a time for a series. May take long.
/// Errors: those of the source; NotFound: no thread of that name; Usage: lifetimes that are no range.
[[nodiscard]] Result<CountedHeap> readHeap(client::ProfileSource& source, const std::string& session,
                                           const HeapWish& wish, SiteSeries& series,
                                           const std::stop_token& stop);

/// The threads that a filter's terms allow. Empty: any. Errors: NotFound: none is called so, or none is left.
[[nodiscard]] Result<std::vector<model::ThreadIndex>> threadsThatPass(const client::Profile& profile,
                                                                      const SiteFilter& filter);
/// The lifetimes that a filter's terms allow, in ns, both included. Errors: Usage: they are no range.
struct LifetimeRange {
  std::uint64_t least = 0;
  std::uint64_t most = FilterTerm::kNoLimit;
};
[[nodiscard]] Result<LifetimeRange> lifetimesThatPass(const SiteFilter& filter);

}  // namespace heaptap::gui
