// SPDX-License-Identifier: Apache-2.0
#include "base/inherited_limits.h"

#include <sys/resource.h>

#include <csignal>
#include <initializer_list>

namespace heaptap {

void loosenInheritedLimits() {
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  for (const auto resource : {RLIMIT_NOFILE, RLIMIT_FSIZE, RLIMIT_AS, RLIMIT_DATA, RLIMIT_CPU}) {
    rlimit limit{};
    if (getrlimit(resource, &limit) != 0) continue;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(resource, &limit);
  }
}

}  // namespace heaptap
