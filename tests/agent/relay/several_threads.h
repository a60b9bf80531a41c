// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/relay/drain/matching.h"

namespace heaptap::relay::test {

/// Other threads match from the first event on, whatever comes between.
inline Matching severalThreads(unsigned shards, unsigned threads) {
  return {.shards = shards, .threads = threads, .eventsAlone = 0, .eventsBetween = 0, .idleCores = [threads] {
            return threads;
          }};
}

}  // namespace heaptap::relay::test
