// SPDX-License-Identifier: Apache-2.0
#include "analysis/leaks/leak_history.h"

namespace heaptap::analysis {

std::string_view Confidence::word() const {
  constexpr double kHigh = 0.7;
  constexpr double kMedium = 0.4;
  if (score >= kHigh) return "high";
  return score >= kMedium ? "medium" : "low";
}

}  // namespace heaptap::analysis
