// SPDX-License-Identifier: Apache-2.0
#include "base/thread_limits.h"

#include <unistd.h>

#include <fstream>
#include <limits>
#include <optional>
#include <sstream>

namespace heaptap {
namespace {

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

bool isThere(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

std::optional<std::uint64_t> readNumber(const std::string& path) {
  std::ifstream file(path);
  std::string word;
  if (!(file >> word)) return std::nullopt;
  if (word == "max") return kNoLimit;
  std::istringstream digits(word);
  std::uint64_t number = 0;
  if (!(digits >> number)) return std::nullopt;
  return number;
}

/// Threads of the whole system: the fourth word of /proc/loadavg is "RUNNING/ALL".
std::optional<std::uint64_t> readThreadsOfAll(const std::string& root) {
  std::ifstream file(root + "/proc/loadavg");
  double load = 0;
  std::uint64_t running = 0;
  std::uint64_t all = 0;
  char slash = 0;
  if (!(file >> load >> load >> load >> running >> slash >> all) || slash != '/') return std::nullopt;
  return all;
}

/// Where the pids controller has this process.
struct PidsGroup {
  std::string mount;
  std::string path;  ///< Below the mount; empty: the root.
  bool isFirstVersion = false;
};

std::optional<PidsGroup> findPidsGroup(const std::string& root) {
  std::ifstream file(root + "/proc/self/cgroup");
  std::optional<PidsGroup> found;
  for (std::string line; std::getline(file, line);) {  // NUMBER:CONTROLLERS:PATH
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = ',' + line.substr(first + 1, second - first - 1) + ',';
    std::string path = line.substr(second + 1);
    if (path == "/") path.clear();
    // A controller is in one hierarchy only: where the first version has it, the second has not.
    if (controllers.find(",pids,") != std::string::npos)
      return PidsGroup{root + "/sys/fs/cgroup/pids", path, true};
    if (controllers == ",,") found = PidsGroup{root + "/sys/fs/cgroup", path, false};
  }
  return found;
}

bool groupsAllow(std::uint64_t more, const std::string& root) {
  if (!isThere(root + "/proc/self/cgroup")) return true;  // A kernel without cgroups.
  const std::optional<PidsGroup> group = findPidsGroup(root);
  // Outside of the namespace, the groups above are not shown; at the root of a namespace that is not the
  // system's, neither. Only the system's own root lacks cgroup.type, or has release_agent.
  if (!group || group->path.find("/..") != std::string::npos) return false;
  if (!isThere(group->mount + "/cgroup.procs")) return false;
  if (isThere(group->mount + (group->isFirstVersion ? "/release_agent" : "/cgroup.type")) !=
      group->isFirstVersion)
    return false;
  for (std::string path = group->path; !path.empty(); path.erase(path.rfind('/'))) {
    const std::string folder = group->mount + path;
    if (path.front() != '/' || !isThere(folder + "/cgroup.procs")) return false;
    if (!isThere(folder + "/pids.max")) continue;  // The controller is not used here.
    const auto most = readNumber(folder + "/pids.max");
    if (most == kNoLimit) continue;
    const auto used = readNumber(folder + "/pids.current");
    if (!most || !used || *used > *most || *most - *used < more) return false;
  }
  return true;
}

}  // namespace

OwnThreadLimits OwnThreadLimits::current() {
  const auto of = [](auto resource) {
    rlimit limit{};
    return getrlimit(resource, &limit) == 0 ? limit.rlim_cur : 0;
  };
  return {of(RLIMIT_NPROC), of(RLIMIT_AS), of(RLIMIT_DATA)};
}

bool mayStartThreads(std::uint64_t more, const OwnThreadLimits& own, const std::string& root) {
  if (own.addressSpace != RLIM_INFINITY || own.data != RLIM_INFINITY) return false;
  const auto all = readThreadsOfAll(root);
  const auto most = readNumber(root + "/proc/sys/kernel/threads-max");
  const auto ids = readNumber(root + "/proc/sys/kernel/pid_max");
  if (!all || !most || !ids || *all + more > *most || *all + more > *ids) return false;
  // The user has no more threads than there are.
  if (own.processes != RLIM_INFINITY && *all + more > own.processes) return false;
  return groupsAllow(more, root);
}

}  // namespace heaptap
