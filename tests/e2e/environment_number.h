// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>

namespace heaptap::test {

/// How long a test of the stress set takes: the number in the variable `name`, or else `usual`, times
/// HEAPTAP_STRESS where that is set.
[[nodiscard]] inline long environmentNumber(const char* name, long usual) {
  if (const char* own = std::getenv(name)) return std::strtol(own, nullptr, 10);
  const char* scale = std::getenv("HEAPTAP_STRESS");
  return scale != nullptr ? usual * std::strtol(scale, nullptr, 10) : usual;
}

}  // namespace heaptap::test
