// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/leaks/leak_report.h"
#include "client/site_table.h"

namespace heaptap::analysis {

class Suppressions;

struct LeakQuery {
  model::HeapId heap = model::kMallocHeap;
  /// What is kept on purpose and what the user has suppressed. Null: built-in knowledge only.
  const Suppressions* suppressions = nullptr;
};

/// What was not freed in a heap, by root cause. Without histories: those are added by addHistories().
/// Cost: one pass over the leaked sites and their stacks.
[[nodiscard]] LeakReport leakReport(const client::SiteTable& table, const LeakQuery& query = {});

}  // namespace heaptap::analysis
