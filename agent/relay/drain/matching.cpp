// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/drain/matching.h"

#include <algorithm>
#include <cstdlib>

namespace heaptap::relay {
namespace {

/// More would wait for the thread that finds the order, see docs/performance.md.
constexpr unsigned kMostThreads = 6;

}  // namespace

Matching Matching::ofThisMachine(const char* wanted) {
  Matching matching;
  char* end = nullptr;
  const unsigned long asked = wanted != nullptr ? std::strtoul(wanted, &end, 10) : 0;
  if (asked != 0 && *end == '\0') {
    const unsigned threads = static_cast<unsigned>(std::min<unsigned long>(asked, kMostThreads));
    matching.idleCores = [threads] { return threads; };
    matching.threads = threads;
  } else if (const unsigned cores = availableCores(); cores > 2) {
    matching.threads = std::min(cores - 1, kMostThreads);
  }
  matching.shards = matching.threads;
  return matching;
}

}  // namespace heaptap::relay
