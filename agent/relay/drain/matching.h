// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>

#include "agent/relay/base/idle_cores.h"

namespace heaptap::relay {

/// With how many threads a drain may match, and when.
struct Matching {
  /// Of the block tables of its processes: as many threads can match.
  unsigned shards = 1;
  /// At most, the drain's included.
  unsigned threads = 1;
  /// Events of a poll before other threads are asked for: less is done sooner by one.
  std::size_t eventsAlone = 8192;
  /// What needs all events before it holds all threads up. Where there were fewer events between two such,
  /// the rest of the poll is done by one thread.
  std::size_t eventsBetween = 16384;
  /// Asked then: so many others may help.
  std::function<unsigned()> idleCores = relay::idleCores;

  /// As many as help, where there are processors for them: one where there are two or fewer, which the target
  /// and the collector need. `wanted`: a number of threads instead, as text (HEAPTAP_MATCH_THREADS); null or
  /// nonsense: none.
  static Matching ofThisMachine(const char* wanted);
};

}  // namespace heaptap::relay
