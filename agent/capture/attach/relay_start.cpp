// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/attach/relay_start.h"

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <new>

#include "agent/capture/system/environment.h"
#include "agent/capture/system/kernel.h"
#include "agent/capture/system/loaded_objects.h"
#include "agent/capture/system/short_text.h"

namespace heaptap::capture {
namespace {

constexpr std::size_t kStackBytes = 16 * 1024;
// The child shares our memory and we wait until it has left it (as vfork does), so nothing is copied; and its
// end sends no signal.
constexpr long kQuietly = CLONE_VM | CLONE_VFORK;

/// All that the two processes need: they cannot allocate, and their stacks are their own.
struct Plan {
  alignas(16) unsigned char firstStack[kStackBytes];
  alignas(16) unsigned char secondStack[kStackBytes];
  ShortText<PATH_MAX> program;
  const char* arguments[8];
  volatile bool executed;
  const char** environment;  ///< Behind this.
};

std::size_t countOf(char* const* variables) {
  std::size_t count = 0;
  while (variables != nullptr && variables[count] != nullptr) ++count;
  return count;
}

// What steers the target's loader is not meant for the relay: it would be recorded, or get the target's
// libraries.
void copyEnvironment(Plan& plan, char* const* variables, std::size_t most) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < most && variables[i] != nullptr; ++i)
    if (std::strncmp(variables[i], "LD_", 3) != 0) plan.environment[kept++] = variables[i];
  plan.environment[kept] = nullptr;
}

bool findProgram(ShortText<PATH_MAX>& program) {
  if (const char* named = environmentVariable("HEAPTAP_RELAY_PROGRAM")) {
    program.append(named);
    return program.whole();
  }
  LoadedObject self;
  if (!findLoadedObject(reinterpret_cast<std::uintptr_t>(&startRelay), self)) return false;
  program.append(self.path);
  // PREFIX/lib/heaptap/libheaptap.so.1, in a build folder as after the installation.
  if (!program.cutAtLast('/')) return false;
  program.append("/../../bin/heaptap-relay");
  return program.whole();
}

bool openStandardStreams() {
  const long null = arch::systemCall(SYS_openat, AT_FDCWD, kernel::asWord("/dev/null"), O_RDWR);
  if (null < 0) return false;
  for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream)
    if (null != stream) arch::systemCall(SYS_dup3, null, stream, 0);
  return true;
}

void resetSignals() {
  // The kernel's sigaction and sigset (rt_sigaction(2)), not libc's. exec resets handlers, but not SIG_IGN.
  const unsigned long byDefault[4] = {};
  const unsigned long none = 0;
  for (int signal = 1; signal <= 64; ++signal)
    arch::systemCall(SYS_rt_sigaction, signal, kernel::asWord(byDefault), 0, sizeof(none));
  arch::systemCall(SYS_rt_sigprocmask, SIG_SETMASK, kernel::asWord(&none), 0, sizeof(none));
}

int becomeRelay(void* argument) {
  Plan& plan = *static_cast<Plan*>(argument);
  arch::systemCall(SYS_setsid);
  if (!openStandardStreams()) return 1;
  if (arch::systemCall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0) != 0) return 1;
  resetSignals();
  plan.executed = true;
  arch::systemCall(SYS_execve, kernel::asWord(plan.program.text()), kernel::asWord(plan.arguments),
                   kernel::asWord(plan.environment));
  plan.executed = false;
  return 1;
}

int orphanTheRelay(void* argument) {
  Plan& plan = *static_cast<Plan*>(argument);
  return arch::cloneProcess(kQuietly, plan.secondStack + kStackBytes, becomeRelay, &plan) > 0 ? 0 : 1;
}

// The kernel hands orphans to init or to a subreaper, as ordinary children (exit.c, reparent_leader).
bool adoptsOrphans() {
  int subreaper = 0;
  arch::systemCall(SYS_prctl, PR_GET_CHILD_SUBREAPER, kernel::asWord(&subreaper));
  return kernel::processId() == 1 || subreaper != 0;
}

// No handler of the target may run on the memory that is shared meanwhile.
void runPlan(Plan& plan) {
  const unsigned long all = ~0UL;
  unsigned long before = 0;
  arch::systemCall(SYS_rt_sigprocmask, SIG_BLOCK, kernel::asWord(&all), kernel::asWord(&before), sizeof(all));
  const long first = arch::cloneProcess(kQuietly, plan.firstStack + kStackBytes, orphanTheRelay, &plan);
  if (first > 0) arch::systemCall(SYS_wait4, first, 0, __WALL, 0);
  arch::systemCall(SYS_rt_sigprocmask, SIG_SETMASK, kernel::asWord(&before), 0, sizeof(before));
}

}  // namespace

Obstacle startRelay(const char* socketPath, const char* collector) {
  if (adoptsOrphans()) return Obstacle::AdoptsOrphans;
  char* const* const variables = environment();
  const std::size_t count = countOf(variables);
  const std::size_t bytes = sizeof(Plan) + (count + 1) * sizeof(const char*);
  void* memory = kernel::map(bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
  if (memory == nullptr) return Obstacle::NoMemory;
  Plan& plan = *new (memory) Plan;
  plan.environment = reinterpret_cast<const char**>(&plan + 1);
  Obstacle outcome = Obstacle::NoRelayProgram;
  if (findProgram(plan.program)) {
    const char* const arguments[] = {plan.program.text(), "--on-demand", "--socket", socketPath,
                                     "--collector",       collector,     nullptr};
    std::memcpy(plan.arguments, arguments, sizeof(arguments));
    copyEnvironment(plan, variables, count);
    runPlan(plan);
    if (plan.executed) outcome = Obstacle::None;
  }
  kernel::unmap(memory, bytes);
  return outcome;
}

}  // namespace heaptap::capture
