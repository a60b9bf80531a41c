// SPDX-License-Identifier: Apache-2.0
// Is killed before any constructor runs.
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

static void die(void) { syscall(SYS_kill, getpid(), SIGKILL); }

__attribute__((section(".preinit_array"), used)) static void (*g_first)(void) = die;

int main(void) { return 0; }
