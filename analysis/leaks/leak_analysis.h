// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/leaks/leak_report.h"
#include "analysis/suppressions/suppressions.h"
#include "client/site_table.h"

namespace heaptap::analysis {

struct LeakQuery {
  model::HeapId heap = model::kMallocHeap;
  /// Rules that say what is known. Null: built-in ones.
  const Suppressions* suppressions = nullptr;
  /// Leave: nothing is thought to be kept on purpose. `suppressions` then has no built-in ones either.
  Suppressions::BuiltIn builtIn = Suppressions::BuiltIn::Use;
};

/// What was not freed in a heap, by root cause. Without histories: those are added by addHistories().
/// Cost: one pass over the leaked sites and their stacks.
[[nodiscard]] LeakReport leakReport(const client::SiteTable& table, const LeakQuery& query = {});

}  // namespace heaptap::analysis
