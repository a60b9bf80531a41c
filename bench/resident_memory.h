// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <string>
#include <utility>

namespace heaptap::bench {

/// Of this process, in MiB: now, and at most.
inline std::pair<double, double> residentMemory() {
  std::ifstream status("/proc/self/status");
  double now = 0;
  double most = 0;
  for (std::string word; status >> word;) {
    if (word == "VmRSS:") status >> now;
    if (word == "VmHWM:") status >> most;
  }
  return {now / 1024, most / 1024};
}

}  // namespace heaptap::bench
