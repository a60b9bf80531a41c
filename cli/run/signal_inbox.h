// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <signal.h>
#include <sys/signalfd.h>
#include <sys/types.h>

#include <vector>

#include "base/error.h"
#include "base/unique_fd.h"

namespace heaptap::cli {

/// Collects the signals that are sent to `heaptap run` from its first moment on, so that each can be
/// passed to COMMAND, even one that came before COMMAND was started. Dispositions stay as they are: the
/// signals are blocked, also in every thread started later, and read from a descriptor.
/// Job control (SIGTSTP, SIGCONT …) is left to the kernel, which stops and continues the whole group.
class SignalInbox {
 public:
  /// Errors: Internal.
  [[nodiscard]] static Result<SignalInbox> open();

  [[nodiscard]] int descriptor() const { return m_descriptor.get(); }
  /// The signal mask that `run` was started with: COMMAND's.
  [[nodiscard]] const sigset_t& originalMask() const { return m_originalMask; }
  /// What has arrived. Never blocks.
  [[nodiscard]] std::vector<signalfd_siginfo> take();

 private:
  UniqueFd m_descriptor;
  sigset_t m_originalMask{};
};

/// Sends a signal that reached `run` on to COMMAND, unless COMMAND has it already: the terminal sends its
/// own to the whole process group, and COMMAND may have signalled its group itself.
/// `early`: it came before COMMAND existed.
void forwardSignal(const signalfd_siginfo& signal, pid_t command, bool early);

/// Whether it asks `run` to end: after COMMAND's end, when there is no process left to forward it to.
[[nodiscard]] bool asksToEnd(const signalfd_siginfo& signal);

}  // namespace heaptap::cli
