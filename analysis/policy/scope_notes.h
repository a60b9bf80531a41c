// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/policy/measured_session.h"
#include "analysis/policy/policy.h"

namespace heaptap::analysis {

/// What a verdict is not about, a line each: leaks that were suppressed, with their bytes; suppressions and
/// rules that match nothing in any of the sessions.
[[nodiscard]] std::vector<std::string> scopeNotes(const std::vector<MeasuredSession>& sessions,
                                                  const Policy& policy);

}  // namespace heaptap::analysis
