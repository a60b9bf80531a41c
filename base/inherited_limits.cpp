// SPDX-License-Identifier: Apache-2.0
#include "base/inherited_limits.h"

#include <sys/resource.h>

#include <csignal>
#include <cstddef>
#include <initializer_list>
#include <latch>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "base/thread_limits.h"

namespace heaptap {
namespace {

/// Each connection, process and module that is looked at takes some.
constexpr rlim_t kLeastDescriptors = 32;
/// Of the relay and of the collector, for some programs at once; most are gRPC's.
constexpr std::size_t kMostThreads = 24;

}  // namespace

void loosenInheritedLimits() {
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  for (const auto resource :
       {RLIMIT_NOFILE, RLIMIT_FSIZE, RLIMIT_AS, RLIMIT_DATA, RLIMIT_CPU, RLIMIT_NPROC, RLIMIT_SIGPENDING}) {
    rlimit limit{};
    if (getrlimit(resource, &limit) != 0) continue;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(resource, &limit);
  }
}

Result<void> checkInheritedLimits(const std::string& who) {
  rlimit descriptors{};
  if (getrlimit(RLIMIT_NOFILE, &descriptors) == 0 && descriptors.rlim_cur < kLeastDescriptors)
    return failure(Code::Unavailable, who,
                   "may have " + std::to_string(descriptors.rlim_cur) + " descriptors here, and needs " +
                       std::to_string(kLeastDescriptors),
                   "raise ulimit -Hn");
  // gRPC aborts where a thread cannot be started. Relay and collector start at the same time, hence twice.
  if (mayStartThreads(2 * kMostThreads, OwnThreadLimits::current())) return {};
  // What limits threads and cannot be read says so only when one is started.
  std::vector<std::thread> threads;
  std::latch over(1);
  bool enough = true;
  try {
    threads.reserve(kMostThreads);
    while (threads.size() < kMostThreads) threads.emplace_back([&over] { over.wait(); });
  } catch (const std::system_error&) {
    enough = false;
  }
  const std::size_t started = threads.size();
  over.count_down();
  for (std::thread& thread : threads) thread.join();
  if (enough) return {};
  return failure(Code::Unavailable, who,
                 "may start " + std::to_string(started) + " threads here, and needs up to " +
                     std::to_string(kMostThreads),
                 "raise ulimit -u, or pids.max of the cgroup");
}

}  // namespace heaptap
