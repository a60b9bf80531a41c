// SPDX-License-Identifier: Apache-2.0
#include "cli/query/interruption.h"

#include <csignal>
#include <cstdlib>

#include "cli/exit_code.h"

namespace heaptap::cli {
namespace {

std::atomic<bool> g_isInterrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free);
struct sigaction g_beforeInterruption {};

}  // namespace

Interruption::Interruption() {
  g_isInterrupted = false;
  sigaction(SIGINT, nullptr, &g_beforeInterruption);
  if (g_beforeInterruption.sa_handler == SIG_IGN) return;
  struct sigaction noting {};
  noting.sa_handler = [](int) { g_isInterrupted = true; };
  noting.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &noting, nullptr);
}

Interruption::~Interruption() { sigaction(SIGINT, &g_beforeInterruption, nullptr); }

const std::atomic<bool>& Interruption::isNoted() const { return g_isInterrupted; }

void Interruption::pass() {
  std::signal(SIGINT, SIG_DFL);
  std::raise(SIGINT);
  std::_Exit(128 + SIGINT);  // Where the signal is blocked.
}

}  // namespace heaptap::cli
