// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/attach/obstacle.h"

#include <signal.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>

#include "agent/capture/system/environment.h"
#include "agent/capture/system/kernel.h"

namespace heaptap::capture {
namespace {

constinit std::uint32_t g_obstacle = static_cast<std::uint32_t>(Obstacle::None);

constexpr unsigned long bit(int signal) { return 1UL << (signal - 1); }

// Writing to a closed pipe, beyond ulimit -f, or to a terminal from the background must not cost the target
// its life: what the kernel sends for it is taken away again. (rt_sigprocmask(2): the kernel's sets have 64
// bits.)
void writeUnharmed(const iovec* pieces, int count) {
  constexpr unsigned long kSent = bit(SIGPIPE) | bit(SIGXFSZ);
  const unsigned long blocked = kSent | bit(SIGTTOU);
  unsigned long maskBefore = 0;
  unsigned long pendingBefore = 0;
  arch::systemCall(SYS_rt_sigprocmask, SIG_BLOCK, kernel::asWord(&blocked), kernel::asWord(&maskBefore),
                   sizeof(blocked));
  arch::systemCall(SYS_rt_sigpending, kernel::asWord(&pendingBefore), sizeof(pendingBefore));
  arch::systemCall(SYS_writev, STDERR_FILENO, kernel::asWord(pieces), count);
  const unsigned long mine = kSent & ~pendingBefore;
  const timespec now{};
  while (arch::systemCall(SYS_rt_sigtimedwait, kernel::asWord(&mine), 0, kernel::asWord(&now), sizeof(mine)) >
         0) {
  }
  arch::systemCall(SYS_rt_sigprocmask, SIG_SETMASK, kernel::asWord(&maskBefore), 0, sizeof(maskBefore));
}

}  // namespace

void noteObstacle(Obstacle obstacle) {
  std::uint32_t none = static_cast<std::uint32_t>(Obstacle::None);
  __atomic_compare_exchange_n(&g_obstacle, &none, static_cast<std::uint32_t>(obstacle), false,
                              __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

Obstacle obstacle() { return static_cast<Obstacle>(__atomic_load_n(&g_obstacle, __ATOMIC_RELAXED)); }

void tellObstacle() {
  const char* text = obstacleText();
  const char* verbose = environmentVariable("HEAPTAP_VERBOSE");
  if (text == nullptr || verbose == nullptr) return;
  const auto piece = [](const char* words) { return iovec{const_cast<char*>(words), std::strlen(words)}; };
  const iovec line[] = {piece("heaptap: not recorded: "), piece(text), piece("\n")};
  writeUnharmed(line, 3);
}

}  // namespace heaptap::capture
