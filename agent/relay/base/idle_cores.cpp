// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/base/idle_cores.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string>

namespace heaptap::relay {
namespace {

/// Of two grants, of which 0 is no limit.
unsigned lesserGrant(unsigned one, unsigned other) {
  return one == 0 || other == 0 ? std::max(one, other) : std::min(one, other);
}

/// Of quota / period, in whole processors. 0: no limit.
unsigned wholeCores(double quota, double period) {
  if (!(quota > 0) || !(period > 0)) return 0;
  constexpr double kMost = 1 << 16;
  return static_cast<unsigned>(std::clamp(quota / period, 1.0, kMost));
}

/// "max 100000" or "400000 100000".
unsigned grantOfVersion2(const std::filesystem::path& group) {
  std::ifstream file(group / "cpu.max");
  std::string quota;
  double period = 0;
  if (!(file >> quota >> period) || quota == "max") return 0;
  return wholeCores(std::strtod(quota.c_str(), nullptr), period);
}

/// Quota -1: no limit.
unsigned grantOfVersion1(const std::filesystem::path& group) {
  std::ifstream quotaFile(group / "cpu.cfs_quota_us");
  std::ifstream periodFile(group / "cpu.cfs_period_us");
  double quota = 0;
  double period = 0;
  if (!(quotaFile >> quota) || !(periodFile >> period)) return 0;
  return wholeCores(quota, period);
}

/// The least that a group or one that it belongs to is granted.
template <class Grant>
unsigned leastGrant(const std::filesystem::path& mount, const std::string& path, Grant&& grant) {
  unsigned least = 0;
  const auto look = [&](const std::filesystem::path& group) { least = lesserGrant(least, grant(group)); };
  look(mount);  // Of a container without a namespace for them, this is its group, whatever its path.
  for (std::filesystem::path at = std::filesystem::path(path).relative_path(); !at.empty();
       at = at.parent_path())
    look(mount / at);
  return least;
}

bool lists(const std::string& controllers, const std::string& name) {
  return ("," + controllers + ",").find("," + name + ",") != std::string::npos;
}

}  // namespace

unsigned grantedCores(const std::filesystem::path& root) {
  const std::filesystem::path mounts = root / "sys/fs/cgroup";
  std::ifstream groups(root / "proc/self/cgroup");
  unsigned least = 0;
  for (std::string line; std::getline(groups, line);) {
    // cgroups(7): number:controllers:path
    const auto first = line.find(':');
    const auto second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string path = line.substr(second + 1);
    if (controllers.empty())
      least = lesserGrant(least, leastGrant(mounts, path, grantOfVersion2));
    else if (lists(controllers, "cpu"))
      least = lesserGrant(least, leastGrant(mounts / "cpu", path, grantOfVersion1));
  }
  return least;
}

unsigned availableCores() {
  // Of more processors than the set has room for, the call fails.
  cpu_set_t set;
  CPU_ZERO(&set);
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  const unsigned cores = sched_getaffinity(0, sizeof set, &set) == 0
                             ? static_cast<unsigned>(CPU_COUNT(&set))
                             : static_cast<unsigned>(std::max(online, 1L));
  return std::max(lesserGrant(cores, grantedCores("/")), 1U);
}

unsigned idleCores() {
  // proc(5): the fourth field begins with the number of threads that run or want to, this one among them.
  std::FILE* const file = std::fopen("/proc/loadavg", "re");
  if (file == nullptr) return 0;
  unsigned running = 0;
  const bool known = std::fscanf(file, "%*s %*s %*s %u", &running) == 1;
  std::fclose(file);
  const auto online = static_cast<unsigned>(std::max(sysconf(_SC_NPROCESSORS_ONLN), 1L));
  return known && running < online ? online - running : 0;
}

}  // namespace heaptap::relay
