// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/unique_fd.h"

namespace heaptap::relay {

/// What seccomp(2) allows a thread.
struct Seccomp {
  static constexpr std::uint64_t kStrict = 1;
  std::uint64_t mode = 0;
  std::uint64_t filters = 0;  ///< Never fewer; 1 for any number where the kernel (< 5.9) does not count them.
};

/// What /proc says about a target. Holds the process's own /proc directory, executable and root, so that a
/// reused process id is never mistaken for it and its binaries can still be read after it ended.
/// Threads: one at a time.
class TargetProcess {
 public:
  /// `ownPid`: the id that the process uses for itself; differs from `pid` in a PID namespace.
  static Result<TargetProcess> open(pid_t pid, std::uint32_t ownPid);
  /// What was written down of a process that is gone.
  struct Recorded {
    pid_t pid = 0;
    pid_t parentPid = 0;
    std::vector<std::string> command;
    std::string executable;
    std::string workingDirectory;
  };
  /// Stands in for such a process: it has no threads. `root`: the folder that was `/` to it.
  static Result<TargetProcess> recorded(Recorded description, const std::string& root);
  /// Stands in for a child of `parent` of which nothing else is left: it has no threads.
  static TargetProcess remains(const TargetProcess& parent, pid_t pid);

  /// Takes from `parent`, which this process was forked from, what could not be read.
  void complete(const TargetProcess& parent);

  [[nodiscard]] pid_t pid() const { return m_pid; }
  /// The process's own name for itself.
  [[nodiscard]] std::uint32_t ownPid() const { return m_ownPid; }
  /// Returns true when the process lives in another PID namespace than the relay.
  [[nodiscard]] bool hasForeignIds() const { return m_foreignIds; }
  [[nodiscard]] pid_t parentPid() const { return m_parentPid; }
  [[nodiscard]] const std::vector<std::string>& command() const { return m_command; }
  [[nodiscard]] const std::string& executable() const { return m_executable; }
  [[nodiscard]] const std::string& workingDirectory() const { return m_workingDirectory; }

  /// The id in the relay's namespace of the thread that calls itself `tid`; 0 when there is none (any more).
  [[nodiscard]] std::uint32_t hostTid(std::uint32_t tid) const;
  [[nodiscard]] bool hasThread(std::uint32_t hostTid) const;
  /// Empty when the thread is gone.
  [[nodiscard]] std::string threadName(std::uint32_t hostTid) const;
  /// Nothing forbidden when the thread is gone.
  [[nodiscard]] Seccomp seccomp(std::uint32_t hostTid) const;
  /// Of the main thread, when the process was opened.
  [[nodiscard]] const Seccomp& seccompAtStart() const { return m_seccompAtStart; }
  /// Largest resident size so far, in bytes; 0 when unknown.
  [[nodiscard]] std::uint64_t maxResidentBytes() const;
  /// Opens a file of the process's folder in /proc. None when it is gone, or may not be looked at.
  /// Threads: any.
  [[nodiscard]] UniqueFd openEntry(const char* file) const;

  /// When the process started, in ns of CLOCK_BOOTTIME, a few milliseconds too early at most. None: it is
  /// gone.
  [[nodiscard]] std::optional<std::uint64_t> startedAtNs() const;
  /// Has another program image taken over the process since it was opened? None: the process is gone, or may
  /// not be looked at.
  [[nodiscard]] std::optional<bool> isReplaced() const;
  /// /proc/PID/pagemap. Bound to the image that was there when the process was opened (proc_mem_open in the
  /// kernel): after an exec it is empty. None: the process may not be looked at.
  [[nodiscard]] const UniqueFd& pagemap() const { return m_pagemap; }
  /// Returns true when it is there, and no zombie.
  [[nodiscard]] bool hasMemory() const;
  /// The environment that its image began with, as /proc shows it. None: it may not be read.
  [[nodiscard]] std::optional<std::string> environment() const;
  /// Returns true when its image began with another's rights (AT_SECURE): the loader ignored LD_PRELOAD.
  [[nodiscard]] bool isSecure() const;
  /// Effective user; none when the process is gone.
  [[nodiscard]] std::optional<uid_t> user() const;

  /// Does the process map this file? None: that cannot be seen.
  [[nodiscard]] std::optional<bool> maps(int file) const;
  /// The inode of its PID namespace; 0 when it is gone, or may not be looked at.
  [[nodiscard]] std::uint32_t pidNamespace() const;
  /// The process's id in the innermost PID namespace that it lives in; 0 when it is gone.
  [[nodiscard]] std::uint32_t innermostPid() const;

  /// Its mappings, as /proc/PID/maps has them; empty when it is gone, or may not be looked at.
  [[nodiscard]] std::string mappings() const { return read("maps"); }
  /// Opens the file that is mapped from `start` to exactly `end`, if need be one that has no name any more.
  /// Needs a privilege (proc(5), /proc/pid/map_files). Returns: no descriptor and errno.
  [[nodiscard]] UniqueFd openMapped(std::uint64_t start, std::uint64_t end) const;
  /// Opens the file of the program image that the process began with. Returns: no descriptor and errno.
  [[nodiscard]] UniqueFd openExecutable() const;
  /// Returns true when this stands for a process whose files may be copies by now, with other inodes.
  [[nodiscard]] bool hasCopiedFiles() const { return m_copiedFiles; }
  /// The folder that is `/` to the process; no descriptor when it may not be looked at.
  [[nodiscard]] const std::shared_ptr<const UniqueFd>& root() const { return m_root; }

 private:
  TargetProcess() = default;
  [[nodiscard]] std::string read(const std::string& file) const;
  [[nodiscard]] std::string link(const char* name) const;

  pid_t m_pid = 0;
  std::uint32_t m_ownPid = 0;
  pid_t m_parentPid = 0;
  Seccomp m_seccompAtStart;
  bool m_copiedFiles = false;
  bool m_foreignIds = false;  ///< The target lives in another PID namespace.
  std::vector<std::string> m_command;
  std::string m_executable;
  std::string m_workingDirectory;
  UniqueFd m_proc;  ///< /proc/PID
  UniqueFd m_pagemap;
  std::shared_ptr<const UniqueFd> m_exe = std::make_shared<const UniqueFd>();
  std::shared_ptr<const UniqueFd> m_root = std::make_shared<const UniqueFd>();
};

/// Is `ancestor` the parent of `process`, or of one of its parents? Not when one of those has ended, as then
/// its children belong to process 1.
[[nodiscard]] bool descendsFrom(pid_t ancestor, const TargetProcess& process);

/// Has the process of this pidfd ended, or does it within `patience`? Not without a descriptor.
[[nodiscard]] bool hasEnded(const UniqueFd& handle, std::chrono::milliseconds patience = {});

/// Opens a file by the absolute path that it has below `root`. Returns: no descriptor and errno.
UniqueFd openBelow(const UniqueFd& root, const std::string& path);

}  // namespace heaptap::relay
