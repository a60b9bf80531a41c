// SPDX-License-Identifier: Apache-2.0
// Stacks that are not the thread's own: a handler on a signal stack, and a fiber.
#include <signal.h>
#include <stdlib.h>
#include <ucontext.h>

#include "sink.h"

namespace {

ucontext_t g_main;
ucontext_t g_fiber;
char g_fiberStack[256 * 1024];
char g_signalStack[256 * 1024];

void handleSignal(int) { use(malloc(1001)); }

void runFiber() { use(malloc(2002)); }

void raiseOnSignalStack() {
  stack_t stack{};
  stack.ss_sp = g_signalStack;
  stack.ss_size = sizeof g_signalStack;
  sigaltstack(&stack, nullptr);
  struct sigaction action {};
  action.sa_handler = handleSignal;
  action.sa_flags = SA_ONSTACK;
  sigaction(SIGUSR1, &action, nullptr);
  raise(SIGUSR1);
}

void enterFiber() {
  getcontext(&g_fiber);
  g_fiber.uc_stack.ss_sp = g_fiberStack;
  g_fiber.uc_stack.ss_size = sizeof g_fiberStack;
  g_fiber.uc_link = &g_main;
  makecontext(&g_fiber, runFiber, 0);
  swapcontext(&g_main, &g_fiber);
}

}  // namespace

int main() {
  raiseOnSignalStack();
  enterFiber();
}
