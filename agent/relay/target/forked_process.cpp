// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/target/forked_process.h"

#include <dirent.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <charconv>
#include <memory>
#include <optional>
#include <string_view>

namespace heaptap::relay {
namespace {

/// Calls `look` with the id of every process of this machine that can be seen, until it says true.
template <class Look>
void forEachProcess(Look&& look) {
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(opendir("/proc"), &closedir);
  if (!entries) return;
  while (const dirent* entry = readdir(entries.get())) {
    const std::string_view name(entry->d_name);
    pid_t pid = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), pid).ec == std::errc() && look(pid)) return;
  }
}

UniqueFd handleOf(pid_t pid) { return UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0))); }

bool startedInTime(const TargetProcess& process, const ForkClaim& claim) {
  const auto start = process.startedAtNs();
  return start && *start >= claim.earliestStartNs && *start <= claim.latestStartNs;
}

/// In this order: what the handle names, and what /proc then says of the id, are one process unless it has
/// ended between, and then /proc shows a start that is too late.
std::optional<ForkedProcess> forkedAt(pid_t pid, const ForkClaim& claim) {
  UniqueFd handle = handleOf(pid);
  auto process = TargetProcess::open(pid, claim.pid);
  if (!handle || !process || !startedInTime(*process, claim)) return std::nullopt;
  return ForkedProcess{ForkedProcess::State::Running, std::move(*process), std::move(handle)};
}

/// The child lives in a PID namespace other than the relay's.
std::optional<ForkedProcess> searchFor(const ForkClaim& claim) {
  std::optional<ForkedProcess> found;
  forEachProcess([&](pid_t pid) {
    const auto candidate = TargetProcess::open(pid, claim.pid);
    if (!candidate || candidate->innermostPid() != claim.pid || !startedInTime(*candidate, claim) ||
        candidate->maps(claim.memory) != true)
      return false;
    found = forkedAt(pid, claim);
    return found.has_value();
  });
  return found;
}

}  // namespace

ForkedProcess ForkedProcess::find(const ForkClaim& claim, const TargetProcess& parent) {
  const auto pid = static_cast<pid_t>(claim.pid);
  std::optional<ForkedProcess> found;
  if (!parent.hasForeignIds()) found = forkedAt(pid, claim);
  // Another process has this id here: the child may have got a namespace of its own (CLONE_NEWPID).
  if (!found && (parent.hasForeignIds() || TargetProcess::open(pid, claim.pid))) found = searchFor(claim);
  if (found && found->process.maps(claim.memory) != false) {
    found->process.complete(parent);
    return std::move(*found);
  }
  // What /proc says is no more about the image that was forked.
  const pid_t known = found ? found->process.pid() : pid;
  return {found ? State::Replaced : State::Gone, TargetProcess::remains(parent, known),
          found ? std::move(found->handle) : UniqueFd()};
}

std::uint32_t ownPidNamespace() {
  static const std::uint32_t s_inode = [] {
    const auto self = TargetProcess::open(getpid(), static_cast<std::uint32_t>(getpid()));
    return self ? self->pidNamespace() : 0;
  }();
  return s_inode;
}

std::optional<TargetProcess> findByOwnId(std::uint32_t ownPid, std::uint32_t pidNamespace, pid_t ancestor) {
  std::optional<TargetProcess> found;
  if (pidNamespace == 0 || pidNamespace == ownPidNamespace()) {
    auto process = TargetProcess::open(static_cast<pid_t>(ownPid), ownPid);
    // Where the namespace is unknown, another process may have this id here.
    if (process && (pidNamespace != 0 || descendsFrom(ancestor, *process))) found = std::move(*process);
    return found;
  }
  forEachProcess([&](pid_t pid) {
    auto process = TargetProcess::open(pid, ownPid);
    if (!process || process->innermostPid() != ownPid || process->pidNamespace() != pidNamespace)
      return false;
    found = std::move(*process);
    return true;
  });
  return found;
}

std::vector<UniqueFd> processesThatMap(int memory) {
  std::vector<UniqueFd> holders;
  const pid_t self = getpid();
  forEachProcess([&](pid_t pid) {
    if (pid == self) return false;
    const auto process = TargetProcess::open(pid, static_cast<std::uint32_t>(pid));
    if (process && process->maps(memory) == true)
      if (UniqueFd handle = handleOf(pid)) holders.push_back(std::move(handle));
    return false;
  });
  return holders;
}

}  // namespace heaptap::relay
