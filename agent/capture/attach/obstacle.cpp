// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/attach/obstacle.h"

#include <signal.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstring>

#include "agent/capture/system/environment.h"
#include "agent/capture/system/kernel.h"

namespace heaptap::capture {
namespace {

constinit std::uint32_t g_obstacle = static_cast<std::uint32_t>(Obstacle::None);

const char* textOf(Obstacle obstacle) {
  switch (obstacle) {
    case Obstacle::None:
    case Obstacle::Count: break;
    case Obstacle::NotAsked:
      return "this user has no relay; set HEAPTAP_COLLECTOR, HEAPTAP_BUFFER or HEAPTAP_RELAY";
    case Obstacle::LongPath: return "the relay's socket path is too long; set a shorter XDG_RUNTIME_DIR";
    case Obstacle::NobodyListens: return "no relay listens at its socket";
    case Obstacle::HungUp: return "the relay hung up; its log tells more";
    case Obstacle::NoAnswer: return "the relay did not answer within 2 s";
    case Obstacle::AnotherUser: return "the relay's socket, or its folder, belongs to another user";
    case Obstacle::OtherVersion: return "the relay is of another version of heaptap; stop it";
    case Obstacle::NoRoom: return "the relay has no memory for one more program";
    case Obstacle::Stopped: return "the relay records no more programs";
    case Obstacle::OtherName: return "the relay records programs of other names only (run --only)";
    case Obstacle::CollectorRefused:
      return "the relay does not send there; HEAPTAP_COLLECTOR must be HOST:PORT or unix:/PATH, and "
             "the relay one of this user";
    case Obstacle::NoMemory:
      return "there may not be enough memory for the program and heaptap; raise ulimit -v and -d";
    case Obstacle::NoDescriptor: return "no socket can be opened; raise ulimit -n";
    case Obstacle::AdoptsOrphans:
      return "this process adopts orphans, so it cannot start a relay without seeing it; start heaptap-relay";
    case Obstacle::NoRelayProgram: return "heaptap-relay cannot be started; set HEAPTAP_RELAY_PROGRAM";
    case Obstacle::BadSampleInterval: return "HEAPTAP_SAMPLE must be a number of bytes, written like 512K";
    case Obstacle::BadBufferSize: return "HEAPTAP_BUFFER_SIZE must be 1M to 8G, written like 64M";
    case Obstacle::FileSizeLimit:
      return "the buffer file would be larger than ulimit -f allows; set a smaller HEAPTAP_BUFFER_SIZE";
    case Obstacle::NoBufferFile: return "the file that HEAPTAP_BUFFER names cannot be made";
    case Obstacle::DiskFull:
      return "no space on the disk for the buffer file; set a smaller HEAPTAP_BUFFER_SIZE";
  }
  return nullptr;
}

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

const char* obstacleText() {
  return textOf(static_cast<Obstacle>(__atomic_load_n(&g_obstacle, __ATOMIC_RELAXED)));
}

void tellObstacle() {
  const char* text = obstacleText();
  const char* verbose = environmentVariable("HEAPTAP_VERBOSE");
  if (text == nullptr || verbose == nullptr) return;
  const auto piece = [](const char* words) { return iovec{const_cast<char*>(words), std::strlen(words)}; };
  const iovec line[] = {piece("heaptap: not recorded: "), piece(text), piece("\n")};
  writeUnharmed(line, 3);
}

}  // namespace heaptap::capture
