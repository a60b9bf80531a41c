// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "analysis/policy/baseline.h"
#include "analysis/policy/measured_session.h"
#include "analysis/policy/policy.h"
#include "analysis/policy/verdict.h"

namespace heaptap::analysis {

/// Judges sessions, those of each program together.
///
/// Limits hold for each session by itself. Growth is the difference of the medians of the program's sessions
/// and of its runs in the baseline, and must exceed what varies among them (Change::noise) and what the
/// policy allows. Of leaks and findings, where the policy says nothing: none may be there, or, of a program
/// in the baseline, no more than there.
[[nodiscard]] Verdict judge(const std::vector<MeasuredSession>& sessions, const Policy& policy,
                            const Baseline& baseline);

/// The sessions themselves as a baseline.
[[nodiscard]] Baseline baselineOf(const std::vector<MeasuredSession>& sessions);

}  // namespace heaptap::analysis
