// SPDX-License-Identifier: Apache-2.0
#include "cli/run/signal_inbox.h"

#include <unistd.h>

#include <cerrno>

namespace heaptap::cli {
namespace {

constexpr int kForwarded[] = {SIGHUP,  SIGINT,  SIGQUIT,   SIGUSR1, SIGUSR2, SIGALRM,
                              SIGTERM, SIGPROF, SIGVTALRM, SIGIO,   SIGPWR,  SIGWINCH};

sigset_t inboxSignals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : kForwarded) sigaddset(&set, number);
  for (int number = SIGRTMIN; number <= SIGRTMAX; ++number) sigaddset(&set, number);
  sigaddset(&set, SIGCHLD);
  return set;
}

bool isRealtime(int number) { return number >= SIGRTMIN && number <= SIGRTMAX; }

}  // namespace

Result<SignalInbox> SignalInbox::open() {
  SignalInbox inbox;
  const sigset_t read = inboxSignals();
  sigset_t blocked = read;
  sigaddset(&blocked, SIGPIPE);  // A reader of the summary that went away must not cost COMMAND's status.
  sigaddset(&blocked, SIGTTOU);  // Nor must writing it from the background.
  sigprocmask(SIG_BLOCK, &blocked, &inbox.m_originalMask);
  // With SIGCHLD ignored the kernel would throw away COMMAND's status. What COMMAND then inherits is
  // SIGCHLD at its default; POSIX leaves open what exec makes of an ignored one.
  signal(SIGCHLD, SIG_DFL);
  inbox.m_descriptor = UniqueFd(signalfd(-1, &read, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!inbox.m_descriptor) return systemFailure(Code::Internal, "run", "cannot receive signals");
  return inbox;
}

std::vector<signalfd_siginfo> SignalInbox::take() {
  std::vector<signalfd_siginfo> signals;
  signalfd_siginfo signal{};
  while (true) {
    const ssize_t length = read(m_descriptor.get(), &signal, sizeof signal);
    if (length < 0 && errno == EINTR) continue;
    if (length != static_cast<ssize_t>(sizeof signal)) return signals;
    signals.push_back(signal);
  }
}

void forwardSignal(const signalfd_siginfo& signal, pid_t command, bool early) {
  const int number = static_cast<int>(signal.ssi_signo);
  if (number == SIGCHLD || command <= 0) return;
  if (static_cast<pid_t>(signal.ssi_pid) == command && signal.ssi_code != SI_KERNEL) return;
  const bool fromTerminal =
      signal.ssi_code == SI_KERNEL && (number == SIGINT || number == SIGQUIT || number == SIGWINCH);
  if (fromTerminal && !early) return;
  if (isRealtime(number) && signal.ssi_code == SI_QUEUE) {
    sigval value{};
    value.sival_ptr = reinterpret_cast<void*>(signal.ssi_ptr);
    sigqueue(command, number, value);
  } else {
    kill(command, number);
  }
}

bool asksToEnd(const signalfd_siginfo& signal) {
  switch (static_cast<int>(signal.ssi_signo)) {
    case SIGHUP:
    case SIGINT:
    case SIGQUIT:
    case SIGTERM: return true;
    default: return false;
  }
}

}  // namespace heaptap::cli
