// SPDX-License-Identifier: Apache-2.0
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string_view>

#include "base/inherited_limits.h"
#include "base/unique_fd.h"
#include "base/version.h"
#include "cli/doctor/checks.h"
#include "cli/run/installation.h"
#include "client/collector_source.h"
#include "text/quantity.h"

namespace heaptap::cli {
namespace {

using Verdict = Check::Verdict;

Check installation() {
  const auto parts = Installation::find();
  if (!parts)
    return {Verdict::Problem, parts.error().where + ": " + parts.error().what, parts.error().remedy};
  if (const auto closed = parts->closedToOthers()) return {Verdict::Note, *closed, ""};
  return {Verdict::Good, std::string("heaptap ") + kVersion + ", with its relay and its library", ""};
}

Check kernel() {
  utsname names{};
  uname(&names);
  const std::string what = std::string(names.sysname) + ' ' + names.release + ", " + names.machine;
  // What the relay shares with a target, and what it learns of it.
  const UniqueFd memory(memfd_create("heaptap-doctor", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memory)
    return {Verdict::Problem, what + ": memfd_create is refused, so no program can be recorded live",
            "record into a file: docs/containers.md, HEAPTAP_BUFFER"};
  if (access("/proc/self/maps", R_OK) != 0)
    return {Verdict::Problem, what + ": /proc is not mounted, so neither modules nor threads have names",
            "mount it: mount -t proc proc /proc"};
  return {Verdict::Good, what, ""};
}

Check clock() {
  std::ifstream processors("/proc/cpuinfo");
  std::string flags;
  for (std::string line; std::getline(processors, line) && flags.empty();)
    if (line.starts_with("flags")) flags = line + ' ';
  const auto has = [&flags](std::string_view flag) {
    return flags.find(' ' + std::string(flag) + ' ') != std::string::npos;
  };
  if (has("constant_tsc") && has("nonstop_tsc"))
    return {Verdict::Good, "events are timed by the processor's own counter", ""};
  return {
      Verdict::Note,
      "events are timed by the kernel's clock, some 20 ns dearer each: this processor has no invariant time "
      "stamp counter",
      ""};
}

std::string limitText(rlim_t limit) { return limit == RLIM_INFINITY ? "unlimited" : std::to_string(limit); }

void checkLimits(std::vector<Check>& checks) {
  if (const auto enough = checkInheritedLimits("heaptap's relay"); !enough) {
    checks.push_back(
        {Verdict::Problem, enough.error().where + ' ' + enough.error().what, enough.error().remedy});
  } else {
    rlimit descriptors{};
    rlimit processes{};
    getrlimit(RLIMIT_NOFILE, &descriptors);
    getrlimit(RLIMIT_NPROC, &processes);
    checks.push_back({Verdict::Good,
                      "limits suffice: " + limitText(descriptors.rlim_max) + " descriptors, " +
                          limitText(processes.rlim_max) + " threads",
                      ""});
  }
  // docs/limits.md, "Limits of resources".
  constexpr rlim_t kLeastAddressSpace = rlim_t{8} << 30;
  constexpr rlim_t kLeastData = rlim_t{1} << 30;
  rlimit space{};
  if (getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur < kLeastAddressSpace)
    checks.push_back({Verdict::Problem,
                      "programs have less than 8 GiB of address space here, and are not recorded",
                      "raise it: ulimit -v unlimited"});
  rlimit data{};
  if (getrlimit(RLIMIT_DATA, &data) == 0 && data.rlim_cur < kLeastData)
    checks.push_back({Verdict::Problem, "programs have less than 1 GiB of data here, and are not recorded",
                      "raise it: ulimit -d unlimited"});
}

Check space() {
  struct statvfs disk {};
  if (statvfs(".", &disk) != 0)
    return {Verdict::Problem, "this folder cannot be looked at", "choose another one"};
  const std::uint64_t free = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  constexpr std::uint64_t kLittle = std::uint64_t{1} << 30;
  if (access(".", W_OK) != 0)
    return {Verdict::Note, "this folder cannot be written to", "say where sessions are to go: run -o FILE"};
  const std::string what = formatBytes(free) + " are free in this folder; a session takes a quarter at most";
  if (free < kLittle)
    return {Verdict::Note, what + ", and then keeps the newest events only",
            "choose another folder: run -o FILE"};
  return {Verdict::Good, what, ""};
}

void checkEnvironment(std::vector<Check>& checks) {
  if (const char* preload = std::getenv("LD_PRELOAD"); preload != nullptr && *preload != '\0')
    checks.push_back(
        {Verdict::Note, std::string("LD_PRELOAD is set, and goes before heaptap's library: ") + preload, ""});
  for (const char* const name : {"HEAPTAP_COLLECTOR", "HEAPTAP_RELAY", "HEAPTAP_BUFFER", "HEAPTAP_VERBOSE"})
    if (const char* value = std::getenv(name))
      checks.push_back({Verdict::Note, std::string(name) + " is set: " + value, ""});
  if (const char* servers = std::getenv("DEBUGINFOD_URLS"); servers != nullptr && *servers != '\0')
    checks.push_back(
        {Verdict::Note,
         std::string("DEBUGINFOD_URLS is set, and is asked for names with --debuginfod only: ") + servers,
         ""});
}

/// Whether programs that a library records would be let in where they are to go.
void checkCollector(std::vector<Check>& checks) {
  const char* const address = std::getenv("HEAPTAP_COLLECTOR");
  if (address == nullptr || *address == '\0') return;
  const auto answer = client::CollectorSource::connect(address).and_then(
      [](const std::unique_ptr<client::CollectorSource>& there) { return there->sessions({}); });
  if (answer)
    checks.push_back(
        {Verdict::Good, std::string("the collector of HEAPTAP_COLLECTOR answers: ") + address, ""});
  else
    checks.push_back(
        {Verdict::Note, answer.error().where + ": " + answer.error().what, answer.error().remedy});
}

}  // namespace

std::vector<Check> checkMachine() {
  std::vector<Check> checks = {installation(), kernel(), clock()};
  checkLimits(checks);
  checks.push_back(space());
  checkEnvironment(checks);
  checkCollector(checks);
  return checks;
}

}  // namespace heaptap::cli
