// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/target/target_process.h"

#include <dirent.h>
#include <elf.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstdio>
#include <cstring>
#include <memory>
#include <sstream>
#include <string_view>

namespace heaptap::relay {
namespace {

/// The number after `key` in a /proc status text, the last one of its line when there are several.
std::uint64_t statusNumber(std::string_view status, std::string_view key, bool lastOfLine = false) {
  const std::size_t at = status.find(key);
  if (at == std::string_view::npos) return 0;
  std::string_view line = status.substr(at + key.size());
  line = line.substr(0, line.find('\n'));
  if (lastOfLine) line = line.substr(line.find_last_of(" \t") + 1);
  line = line.substr(std::min(line.find_first_not_of(" \t"), line.size()));
  std::uint64_t value = 0;
  std::from_chars(line.data(), line.data() + line.size(), value);
  return value;
}

Seccomp seccompIn(std::string_view status) {
  Seccomp seccomp;
  seccomp.mode = statusNumber(status, "\nSeccomp:");
  seccomp.filters = statusNumber(status, "\nSeccomp_filters:");
  constexpr std::uint64_t kFilter = 2;
  if (seccomp.mode == kFilter && seccomp.filters == 0) seccomp.filters = 1;
  return seccomp;
}

}  // namespace

Result<TargetProcess> TargetProcess::open(pid_t pid, std::uint32_t ownPid) {
  TargetProcess process;
  process.m_pid = pid;
  process.m_ownPid = ownPid;
  process.m_foreignIds = static_cast<std::uint32_t>(pid) != ownPid;
  const std::string path = "/proc/" + std::to_string(pid);
  process.m_proc = UniqueFd(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!process.m_proc) return systemFailure(Code::NotFound, path, "the target is gone before it was met");
  process.m_pagemap = process.openEntry("pagemap");
  process.m_exe = std::make_shared<const UniqueFd>(openat(process.m_proc.get(), "exe", O_RDONLY | O_CLOEXEC));
  process.m_root = std::make_shared<const UniqueFd>(
      openat(process.m_proc.get(), "root", O_PATH | O_DIRECTORY | O_CLOEXEC));
  process.m_executable = process.link("exe");
  process.m_workingDirectory = process.link("cwd");
  const std::string status = process.read("status");
  process.m_parentPid = static_cast<pid_t>(statusNumber(status, "\nPPid:"));
  process.m_seccompAtStart = seccompIn(status);

  const std::string arguments = process.read("cmdline");
  for (std::size_t at = 0; at < arguments.size();) {
    const std::size_t end = std::min(arguments.find('\0', at), arguments.size());
    process.m_command.emplace_back(arguments, at, end - at);
    at = end + 1;
  }
  return process;
}

Result<TargetProcess> TargetProcess::recorded(Recorded description, const std::string& root) {
  TargetProcess process;
  process.m_pid = description.pid;
  process.m_parentPid = description.parentPid;
  process.m_command = std::move(description.command);
  process.m_workingDirectory = std::move(description.workingDirectory);
  process.m_copiedFiles = root != "/";
  process.m_root = std::make_shared<const UniqueFd>(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!*process.m_root) return systemFailure(Code::NotFound, root, "cannot be used as root folder");
  process.m_executable = std::move(description.executable);
  return process;
}

TargetProcess TargetProcess::remains(const TargetProcess& parent, pid_t pid) {
  TargetProcess process;
  process.m_pid = pid;
  process.m_ownPid = parent.m_foreignIds ? 0 : static_cast<std::uint32_t>(pid);
  process.m_foreignIds = parent.m_foreignIds;
  process.complete(parent);
  return process;
}

void TargetProcess::complete(const TargetProcess& parent) {
  if (!*m_exe) m_exe = parent.m_exe;
  if (!*m_root) m_root = parent.m_root;
  if (m_parentPid == 0) m_parentPid = parent.m_pid;
  if (m_command.empty()) m_command = parent.m_command;
  if (m_executable.empty()) m_executable = parent.m_executable;
  if (m_workingDirectory.empty()) m_workingDirectory = parent.m_workingDirectory;
}

std::string TargetProcess::read(const std::string& file) const {
  const UniqueFd fd(openat(m_proc.get(), file.c_str(), O_RDONLY | O_CLOEXEC));
  std::string content;
  std::array<char, 4096> buffer{};
  ssize_t n = 0;
  while (fd && (n = ::read(fd.get(), buffer.data(), buffer.size())) > 0)
    content.append(buffer.data(), static_cast<std::size_t>(n));
  return content;
}

std::string TargetProcess::link(const char* name) const {
  std::array<char, PATH_MAX> buffer{};
  const ssize_t n = readlinkat(m_proc.get(), name, buffer.data(), buffer.size());
  return n > 0 ? std::string(buffer.data(), static_cast<std::size_t>(n)) : std::string();
}

std::uint32_t TargetProcess::hostTid(std::uint32_t tid) const {
  if (!m_foreignIds) return tid;
  const UniqueFd task(openat(m_proc.get(), "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!task) return 0;
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(fdopendir(dup(task.get())), &closedir);
  if (!entries) return 0;
  while (const dirent* entry = readdir(entries.get())) {
    const std::string_view name(entry->d_name);
    std::uint32_t id = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), id).ec != std::errc()) continue;
    if (statusNumber(read("task/" + std::string(name) + "/status"), "\nNSpid:", true) == tid) return id;
  }
  return 0;
}

bool TargetProcess::hasThread(std::uint32_t hostTid) const {
  return hostTid != 0 && faccessat(m_proc.get(), ("task/" + std::to_string(hostTid)).c_str(), F_OK, 0) == 0;
}

std::string TargetProcess::threadName(std::uint32_t hostTid) const {
  std::string name = read("task/" + std::to_string(hostTid) + "/comm");
  if (!name.empty() && name.back() == '\n') name.pop_back();
  return name;
}

Seccomp TargetProcess::seccomp(std::uint32_t hostTid) const {
  return seccompIn(read("task/" + std::to_string(hostTid) + "/status"));
}

std::uint64_t TargetProcess::maxResidentBytes() const {
  return statusNumber(read("status"), "\nVmHWM:") * 1024;
}

std::optional<std::uint64_t> TargetProcess::startedAtNs() const {
  // proc(5), /proc/PID/stat: the name, in parentheses, may hold anything; the start is field 22.
  const std::string stat = read("stat");
  std::size_t at = stat.rfind(')');
  if (at == std::string::npos) return std::nullopt;
  for (int field = 2; field < 22 && at != std::string::npos; ++field) at = stat.find(' ', at + 1);
  if (at == std::string::npos) return std::nullopt;
  std::uint64_t ticks = 0;
  std::from_chars(stat.data() + at + 1, stat.data() + stat.size(), ticks);
  return ticks * (1'000'000'000 / static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK)));
}

bool TargetProcess::hasMemory() const { return read("status").find("\nVmSize:") != std::string::npos; }

std::optional<bool> TargetProcess::isReplaced() const {
  if (!m_pagemap) return std::nullopt;
  std::uint64_t entry = 0;
  if (pread(m_pagemap.get(), &entry, sizeof entry, 0) != 0) return false;
  // The image is gone. On its way out the process has none for a while.
  return hasMemory() ? std::optional(true) : std::nullopt;
}

std::optional<std::string> TargetProcess::environment() const {
  return openEntry("environ") ? std::optional(read("environ")) : std::nullopt;
}

bool TargetProcess::isSecure() const {
  const std::string vector = read("auxv");
  std::array<std::uint64_t, 2> entry{};
  for (std::size_t at = 0; at + sizeof entry <= vector.size(); at += sizeof entry) {
    std::memcpy(entry.data(), vector.data() + at, sizeof entry);
    if (entry[0] == AT_SECURE) return entry[1] != 0;
  }
  return false;
}

std::optional<uid_t> TargetProcess::user() const {
  const std::string text = read("status");
  const std::size_t at = text.find("\nUid:");
  if (at == std::string::npos) return std::nullopt;
  // Real, effective, saved and file system ids.
  std::istringstream ids(text.substr(at + 5));
  uid_t real = 0;
  uid_t effective = 0;
  return ids >> real >> effective ? std::optional(effective) : std::nullopt;
}

std::optional<bool> TargetProcess::maps(int file) const {
  struct stat wanted {};
  const std::string maps = read("maps");
  if (maps.empty() || fstat(file, &wanted) != 0) return std::nullopt;
  std::array<char, 64> place{};
  std::snprintf(place.data(), place.size(), " %02x:%02x %lu ", major(wanted.st_dev), minor(wanted.st_dev),
                static_cast<unsigned long>(wanted.st_ino));
  return maps.find(place.data()) != std::string::npos;
}

UniqueFd TargetProcess::openEntry(const char* file) const {
  return UniqueFd(openat(m_proc.get(), file, O_RDONLY | O_CLOEXEC));
}

std::uint32_t TargetProcess::innermostPid() const {
  return static_cast<std::uint32_t>(statusNumber(read("status"), "\nNSpid:", true));
}

std::uint32_t TargetProcess::pidNamespace() const {
  struct stat status {};
  return fstatat(m_proc.get(), "ns/pid", &status, 0) == 0 ? static_cast<std::uint32_t>(status.st_ino) : 0;
}

UniqueFd TargetProcess::openMapped(std::uint64_t start, std::uint64_t end) const {
  std::array<char, 64> name{};
  std::snprintf(name.data(), name.size(), "map_files/%lx-%lx", static_cast<unsigned long>(start),
                static_cast<unsigned long>(end));
  return UniqueFd(openat(m_proc.get(), name.data(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
}

UniqueFd TargetProcess::openExecutable() const {
  if (*m_exe) return UniqueFd(fcntl(m_exe->get(), F_DUPFD_CLOEXEC, 3));
  errno = ENOENT;
  return {};
}

bool hasEnded(const UniqueFd& handle, std::chrono::milliseconds patience) {
  pollfd end{handle.get(), POLLIN, 0};  // poll() passes over -1.
  return poll(&end, 1, static_cast<int>(patience.count())) > 0;
}

UniqueFd openBelow(const UniqueFd& root, const std::string& path) {
  // Links inside a container lead to places inside that container. O_NONBLOCK: the path might name a pipe.
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
  how.resolve = RESOLVE_IN_ROOT;
  UniqueFd fd(static_cast<int>(syscall(SYS_openat2, root.get(), path.c_str(), &how, sizeof how)));
  if (!fd && errno != EMFILE && errno != ENFILE)
    fd = UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  return fd;
}

bool descendsFrom(pid_t ancestor, const TargetProcess& process) {
  constexpr int kMaxGenerations = 1000;
  pid_t parent = process.parentPid();
  for (int i = 0; i < kMaxGenerations && parent > 1; ++i) {
    if (parent == ancestor) return true;
    const auto next = TargetProcess::open(parent, static_cast<std::uint32_t>(parent));
    if (!next) return false;
    parent = next->parentPid();
  }
  return false;
}

}  // namespace heaptap::relay
