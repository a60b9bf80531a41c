// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "collector/model/site_history.h"

namespace heaptap::analysis {

/// How a group came to be, from the events that are stored.
using LeakHistory = model::SiteHistory;

/// How sure it is that a group is a leak rather than something that would have been freed later.
struct Confidence {
  double score = 0;    ///< From 0 to 1. docs/reports.md has the formula.
  double growth = 0;   ///< Its parts, each from 0 to 1: how steadily it grew, …
  double balance = 0;  ///< … how little of it was freed, …
  double age = 0;      ///< … and how much older it is than what was freed.

  /// `high`, `medium`, `low`.
  [[nodiscard]] std::string_view word() const;
};

}  // namespace heaptap::analysis
