// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/target/own_process.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "base/unique_fd.h"

namespace heaptap::relay {

void cleanEnvironment() {
  for (const char* name :
       {"LD_PRELOAD", "HEAPTAP_RELAY", "HEAPTAP_COLLECTOR", "HEAPTAP_BUFFER", "HEAPTAP_RELAY_PROGRAM"})
    unsetenv(name);
  setenv("GRPC_ENABLE_FORK_SUPPORT", "0", 1);
}

void standAlone() {
  umask(0077);
  static_cast<void>(chdir("/"));
  const sched_param ordinary{};
  sched_setscheduler(0, SCHED_OTHER, &ordinary);
  cpu_set_t everywhere;
  std::memset(&everywhere, 0xFF, sizeof everywhere);
  sched_setaffinity(0, sizeof everywhere, &everywhere);
}

void logBeside(const std::string& socket) {
  const std::string path = (std::filesystem::path(socket).parent_path() / "relay.log").string();
  const UniqueFd log(
      open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (log) dup2(log.get(), STDERR_FILENO);
}

}  // namespace heaptap::relay
