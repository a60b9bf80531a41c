// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "agent/relay/process/process_roster.h"
#include "base/unique_fd.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::relay {

/// Why a program is not recorded whose environment does not name heaptap's library.
inline constexpr const char* kNotInEnvironment = "heaptap is not in its environment (LD_PRELOAD)";

/// Programs that recorded processes have executed, until it is known of each whether it is recorded. One that
/// is says hello within the time that its loader takes; of one that is not, the kernel and its file say why.
/// Threads: one.
class Executions {
 public:
  /// What came of one: a program that is not recorded.
  struct Verdict {
    std::string sessionId;
    pid_t pid = 0;
    v1::UnrecordedProgram program;  ///< Without a reason where it may be recorded, and nothing is to be said.
    bool toldByItself = false;      ///< It wanted to be recorded, and could not be.
  };

  /// Returns: is it to be judged? Otherwise it was recorded.
  bool add(ProcessRoster::Executed executed);
  /// The process `pid` has said hello.
  /// Returns: the sessions that wait no more for a verdict.
  std::vector<std::string> recorded(pid_t pid);
  /// The process `pid`, which runs `program`, has said itself why it cannot be recorded. `parent`: the
  /// session that it descends from, which waits for a verdict; empty: none. Without one, and without a
  /// program, the process had ended by the time its words were read: they count with its execution only.
  void refused(pid_t pid, std::string program, const char* why, std::optional<std::string> parent);
  /// Hellos that have arrived by now must have been given to `recorded`.
  std::vector<Verdict> judge(std::chrono::steady_clock::time_point now = std::chrono::steady_clock::now());
  /// Are there some to be judged? Then look again soon.
  [[nodiscard]] bool any() const { return !m_pending.empty() || !m_refusals.empty() || !m_answered.empty(); }
  /// Returns true when the next round will judge one that has ended: only hellos that have arrived are
  /// missing.
  [[nodiscard]] bool isOneDue() const {
    return std::any_of(m_pending.begin(), m_pending.end(), [](const Pending& each) { return each.ended; });
  }

 private:
  struct Pending {
    ProcessRoster::Executed executed;
    std::chrono::steady_clock::time_point deadline = {};
    std::optional<uid_t> user = std::nullopt;  ///< Last seen.
    std::string program = {};                  ///< Likewise: its executable.
    bool ended = false;                        ///< That was seen in the round before.
    const char* told = nullptr;                ///< By itself.
    bool isOutside = false;                    ///< Its environment does not name the library.
    bool isLoaded = false;                     ///< heaptap's library was seen in it, …
    bool isSandboxed = false;                  ///< … and that it may not make every system call.
  };
  /// Of a process whose execution has not been noticed yet, and may never be.
  struct Refusal {
    pid_t pid = 0;
    std::string program;
    const char* why = nullptr;
    std::optional<std::string> parent;
    std::chrono::steady_clock::time_point deadline = {};
  };
  bool isJudged(pid_t pid);
  static std::string reasonOfUnnamed(const ProcessRoster::Executed& executed);
  static std::optional<std::string> certainReason(Pending& pending);
  static std::string bestReason(const Pending& pending);

  std::vector<Pending> m_pending;
  std::vector<Refusal> m_refusals;
  std::vector<std::string> m_answered;  ///< Sessions that wait for a verdict which another one has in it.
  std::deque<pid_t> m_recorded;         ///< The latest hellos.
  std::deque<pid_t> m_judged;  ///< The latest refusals that were judged before their execution was noticed.
};

}  // namespace heaptap::relay
