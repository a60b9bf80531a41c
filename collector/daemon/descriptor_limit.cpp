// SPDX-License-Identifier: Apache-2.0
#include "collector/daemon/descriptor_limit.h"

#include <sys/resource.h>

#include <limits>

namespace heaptap::daemon {

std::size_t raiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::numeric_limits<std::size_t>::max();
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur == RLIM_INFINITY ? std::numeric_limits<std::size_t>::max()
                                         : static_cast<std::size_t>(limit.rlim_cur);
}

std::optional<std::size_t> fewSessionsFor(std::size_t descriptors) {
  constexpr std::size_t kEnough = 1024;
  constexpr std::size_t kOwn = 24;
  constexpr std::size_t kPerSession = 5;  // Its file with log and index, its reserve, and a connection.
  if (descriptors >= kEnough) return std::nullopt;
  return descriptors > kOwn ? (descriptors - kOwn) / kPerSession : 0;
}

}  // namespace heaptap::daemon
